/** Requests for certificates. Source: pkg/registry/certificates/certificates/strategy.go (v1.36). */
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../types/certificates.ts'
import type { Draft } from '../draft.ts'
import type { Time } from '../types/meta.ts'
import { validateApproval, validateSigningRequest, validateSigningRequestUpdate } from '../validation/certificates.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, type Asker } from './strategy.ts'
import type { SubresourceStrategy } from './subresources.ts'

type SigningRequest = Draft<CertificateSigningRequest>
type Condition = Draft<CertificateSigningRequestCondition>

/** The server writes down who asks: signers go by that. */
export const certificateSigningRequestStrategy = defineStrategy<CertificateSigningRequest>({
  defaults: withStates,
  prepareForCreate: (request, _now, asker) => resetStatus(askedBy(request, asker), {}),
  prepareForUpdate: (next, before) => keepStatus(keepSpec(next, before), before),
  prepareForStatusUpdate: (next, before, now) =>
    withTimes(keepConditions(keepSpec(next, before), before, ['Approved', 'Denied']), before, now),
  check: validateSigningRequest,
  checkUpdate: validateSigningRequestUpdate,
})

function askedBy(request: SigningRequest, asker: Asker | undefined): SigningRequest {
  const { username: _username, uid: _uid, groups: _groups, extra: _extra, ...rest } = request.spec ?? {}
  if (asker === undefined) return { ...request, spec: rest }
  const { name, uid, groups, extra } = asker
  return {
    ...request,
    spec: {
      ...rest,
      username: name,
      ...(uid === undefined ? {} : { uid }),
      groups,
      ...(extra === undefined ? {} : { extra }),
    },
  }
}

/** Source: pkg/apis/certificates/v1/defaults.go. */
function withStates(request: SigningRequest): SigningRequest {
  const conditions = request.status?.conditions
  if (conditions === undefined) return request
  const withState = (condition: Condition): Condition => ({ ...condition, status: condition.status ?? 'True' })
  return { ...request, status: { ...request.status, conditions: conditions.map(withState) } }
}

/** Conditions of some types that are missing are put back. Source: the same file, preserveConditionInstances. */
function keepConditions(next: SigningRequest, before: SigningRequest, types: readonly string[]): SigningRequest {
  const given = next.status?.conditions ?? []
  const missing = (before.status?.conditions ?? []).filter(
    ({ type = '' }) => types.includes(type) && !given.some((one) => one.type === type),
  )
  return missing.length === 0 ? next : { ...next, status: { ...next.status, conditions: [...given, ...missing] } }
}

/** Source: the same file, populateConditionTimestamps. */
function withTimes(next: SigningRequest, before: SigningRequest, now: Time | undefined): SigningRequest {
  const conditions = next.status?.conditions
  if (conditions === undefined || now === undefined) return next
  const timed = conditions.map((condition) => {
    const old = before.status?.conditions?.find(
      ({ type, status, lastTransitionTime }) =>
        type === condition.type && status === condition.status && lastTransitionTime !== undefined,
    )
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? old?.lastTransitionTime ?? now,
    }
  })
  return { ...next, status: { ...next.status, conditions: timed } }
}

/** The subresource `approval`: conditions only. */
export const approvalStrategy: SubresourceStrategy<CertificateSigningRequest> = {
  prepareForUpdate(next, before, now) {
    const { certificate: _given, ...status } = next.status ?? {}
    const issued = before.status?.certificate
    const kept = { ...status, ...(issued === undefined ? {} : { certificate: issued }) }
    return withTimes(keepConditions(keepSpec({ ...next, status: kept }, before), before, ['Failed']), before, now)
  },
  bumpsGeneration: () => false,
  checkUpdate: validateApproval,
}
