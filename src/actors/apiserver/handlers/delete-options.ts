import { badRequest, invalid, isStatus, type Status } from '../../../kubernetes/status.ts'
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'
import type { Preconditions } from '../registry/delete-options.ts'
import type { Request, RequestOptions } from '../request.ts'

/** The body of a DELETE as it came. */
interface GivenDeleteOptions {
  readonly kind?: string
  readonly apiVersion?: string
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: Preconditions
  readonly dryRun?: readonly string[]
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil']
const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

/**
 * A DELETE with its body read: what it says counts, and of what the query says only the selection.
 * Source: apiserver/pkg/endpoints/handlers/delete.go, DeleteResource (v1.36).
 */
export const withDeleteOptions = (request: Request): Request | Status => {
  const { row, body, options, warnings } = request
  const read = body === undefined ? options : deleteOptionsOf(body, options)
  if (isStatus(read)) return read
  if (row.kind === 'Job' && read.propagationPolicy === undefined) warnings.add(PODS_STAY)
  return body === undefined ? request : { ...request, body: undefined, options: read }
}

/** Source: pkg/registry/batch/job/storage/storage.go, Delete (v1.36). */
const PODS_STAY =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

/** Options as a body gives them, over the selection that `options` makes. */
export const deleteOptionsOf = (body: unknown, options: RequestOptions): RequestOptions | Status => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return badRequest("couldn't get version/kind; json parse error: unexpected end of JSON input")
  }
  const given: GivenDeleteOptions = body
  const { kind = 'DeleteOptions', apiVersion = 'v1' } = given
  if (kind !== 'DeleteOptions') {
    return badRequest(`no kind ${JSON.stringify(kind)} is registered for version "${apiVersion}" in scheme "${SCHEME}"`)
  }
  const problem = deleteOptionsProblem(given)
  if (problem !== undefined) return problem
  const { gracePeriodSeconds, preconditions, dryRun = [] } = given
  return {
    ...options,
    gracePeriodSeconds,
    preconditions,
    propagationPolicy: policyOf(given),
    dryRun: options.dryRun === true || dryRun.includes('All'),
  }
}

/** Source: apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateDeleteOptions (v1.36). */
const deleteOptionsProblem = (given: GivenDeleteOptions): Status | undefined => {
  const { propagationPolicy: policy, orphanDependents, dryRun = [] } = given
  const errors = new FieldErrors()
  if (policy !== undefined && orphanDependents !== undefined) {
    errors.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')
  }
  if (policy !== undefined && (policy === 'nil' || !POLICIES.includes(policy))) {
    errors.unsupported('propagationPolicy', policy, POLICIES)
  }
  if (dryRun.some((stage) => stage !== 'All')) errors.unsupported('dryRun', dryRun, ['All'])
  return errors.list.length === 0
    ? undefined
    : invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors.list)
}

/** Source: registry/generic/registry/store.go, shouldOrphanDependents: the older field says Orphan or not. */
const policyOf = ({ propagationPolicy, orphanDependents }: GivenDeleteOptions): RequestOptions['propagationPolicy'] => {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background'
  return propagationPolicy as RequestOptions['propagationPolicy']
}
