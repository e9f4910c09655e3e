import { parseLabelSelector } from '../../../kubernetes/label-query.ts'
import { badRequest, invalid, type Status } from '../../../kubernetes/status.ts'
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'
import type { User } from '../authn.ts'
import { toPath, toResource, type Access, type Decision } from '../authz.ts'
import type { Authorizer } from '../authz/authorizer.ts'

/** Source: api/authorization/v1/types.go (v1.36). */
export interface ResourceAttributes {
  readonly namespace?: string
  readonly verb?: string
  readonly group?: string
  readonly version?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  readonly fieldSelector?: SelectorAttributes
  readonly labelSelector?: SelectorAttributes
}

interface SelectorAttributes {
  readonly rawSelector?: string
  readonly requirements?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

export interface AccessReviewSpec {
  readonly resourceAttributes?: ResourceAttributes
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
  readonly user?: string
  readonly groups?: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export type AccessReviewKind = 'SelfSubjectAccessReview' | 'SubjectAccessReview' | 'LocalSubjectAccessReview'

/** Kinds in Statuses of access reviews are empty: upstream builds them without. */
const NAMELESS = { group: 'authorization.k8s.io', kind: '' }

/** What is wrong with an access review. Source: pkg/apis/authorization/validation/validation.go (v1.36). */
export function accessReviewProblem(
  kind: AccessReviewKind,
  spec: AccessReviewSpec,
  namespace: string | undefined,
): Status | undefined {
  const { resourceAttributes, nonResourceAttributes, user = '', groups = [] } = spec
  const errors = new FieldErrors()
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    errors.invalid(
      'spec.nonResourceAttributes',
      shown(nonResourceAttributes),
      'cannot be specified in combination with resourceAttributes',
    )
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    errors.invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    )
  }
  if (kind !== 'SelfSubjectAccessReview' && user === '' && groups.length === 0) {
    errors.invalid('spec.user', user, 'at least one of user or group must be specified')
  }
  if (kind === 'LocalSubjectAccessReview') {
    if (nonResourceAttributes !== undefined) {
      errors.list.length = 0
      errors.invalid('spec.nonResourceAttributes', shown(nonResourceAttributes), 'disallowed on this kind of request')
    }
    if (resourceAttributes !== undefined && (resourceAttributes.namespace ?? '') !== (namespace ?? '')) {
      errors.invalid(
        'spec.resourceAttributes.namespace',
        resourceAttributes.namespace ?? '',
        'must match metadata.namespace',
      )
    }
  }
  const label = resourceAttributes?.labelSelector?.rawSelector
  if (label !== undefined && 'left' in parseLabelSelector(label)) return badRequest(`unable to parse ${label}`)
  return errors.list.length === 0 ? undefined : invalid(NAMELESS, '', errors.list)
}

const shown = ({ path = '', verb = '' }: NonNullable<AccessReviewSpec['nonResourceAttributes']>): object => ({
  Path: path,
  Verb: verb,
})

const accessOfSpec = ({ resourceAttributes, nonResourceAttributes }: AccessReviewSpec): Access => {
  if (resourceAttributes === undefined)
    return toPath(nonResourceAttributes?.verb ?? '', nonResourceAttributes?.path ?? '')
  const { verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = resourceAttributes
  const nodeName = resourceAttributes.fieldSelector?.requirements?.find(
    ({ key, operator, values = [] }) => key === 'spec.nodeName' && operator === 'In' && values.length === 1,
  )?.values?.[0]
  return { ...toResource(verb, group, resource, namespace, name), subresource, nodeName }
}

/** Status of an access review. */
export function reviewAccess(
  asking: User,
  kind: AccessReviewKind,
  spec: AccessReviewSpec,
  authorizer: Authorizer,
): object {
  const { user = '', groups = [], uid, extra } = spec
  const subject: User =
    kind === 'SelfSubjectAccessReview'
      ? asking
      : { name: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) }
  const { allowed, reason }: Decision = authorizer.decide(subject, accessOfSpec(spec))
  return reason === '' ? { allowed } : { allowed, reason }
}
