import { consumerOf, DELETE_PROTECTION } from '../../../kubernetes/resource-claims.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { AllocationResult, ResourceClaim } from '../../../kubernetes/types/resource.ts'
import type { Json } from '../../../events/json.ts'
import type { ApiWrite } from '../framework/plugin.ts'

/**
 * Writes an allocation down and the Pod in as a user. Each write holds only for the version it was decided on.
 * Source: plugins/dynamicresources/dynamicresources.go, bindClaim (v1.36).
 */
export function claimWrites(
  pod: Pod,
  claim: ResourceClaim,
  allocation: AllocationResult | undefined,
): readonly ApiWrite[] {
  const { namespace, name, finalizers, resourceVersion } = claim.metadata
  const target = { verb: 'patch', patchType: 'merge', kind: 'ResourceClaim', namespace, name } as const
  const writes: ApiWrite[] = []
  const needsFinalizer = allocation !== undefined && finalizers?.includes(DELETE_PROTECTION) !== true
  if (needsFinalizer) {
    writes.push({
      ...target,
      body: { metadata: { resourceVersion, finalizers: [...(finalizers ?? []), DELETE_PROTECTION] } },
    })
  }
  const reservedFor = [...(claim.status?.reservedFor ?? []), consumerOf(pod)]
  const status: Json =
    allocation === undefined ? { reservedFor } : { reservedFor, allocation: allocationJson(allocation) }
  // The finalizer's write has moved the version on.
  const metadata = needsFinalizer ? {} : { resourceVersion }
  writes.push({ ...target, subresource: 'status', body: { metadata, status } })
  return writes
}

function allocationJson({ devices, nodeSelector }: AllocationResult): Json {
  const results = (devices?.results ?? []).map(({ request, driver, pool, device, adminAccess, tolerations }) => ({
    request,
    driver,
    pool,
    device,
    adminAccess,
    tolerations: tolerations?.map((toleration) => ({ ...toleration })),
  }))
  const terms = nodeSelector?.nodeSelectorTerms.map(({ matchExpressions, matchFields }) => ({
    matchExpressions: matchExpressions?.map((requirement) => ({ ...requirement })),
    matchFields: matchFields?.map((requirement) => ({ ...requirement })),
  }))
  return { devices: { results }, nodeSelector: terms === undefined ? undefined : { nodeSelectorTerms: terms } }
}
