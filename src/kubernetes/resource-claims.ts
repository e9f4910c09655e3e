/**
 * Which ResourceClaims a Pod has, and whether it may use them.
 *
 * Source: staging/src/k8s.io/dynamic-resource-allocation/resourceclaim/claim.go (v1.36).
 */
import { isControlledBy } from './owners.ts'
import type { Pod, PodResourceClaim } from './types/pod.ts'
import type { ResourceClaim } from './types/resource.ts'

/** Keeps a claim while devices are allocated for it. Source: api/resource/v1/types.go, Finalizer. */
export const DELETE_PROTECTION = 'resource.kubernetes.io/delete-protection'

/** Most users of one claim. Source: api/resource/v1/types.go, ResourceClaimReservedForMaxSize. */
const RESERVED_FOR_MAX = 256

/** A claim's name; `made`: from a template, so that it must be the Pod's own. */
export interface NamedClaim {
  readonly name: string
  readonly made: boolean
}

/** The claim that a Pod names; 'none' where none is needed; 'missing' where it was not made yet. */
export function claimOf(pod: Pod, { name, resourceClaimName }: PodResourceClaim): NamedClaim | 'none' | 'missing' {
  if (resourceClaimName !== undefined) return { name: resourceClaimName, made: false }
  const status = pod.status?.resourceClaimStatuses?.find((one) => one.name === name)
  if (status === undefined) return 'missing'
  return status.resourceClaimName === undefined ? 'none' : { name: status.resourceClaimName, made: true }
}

/** Upstream's words for a claim that was not made yet. */
export const notMadeYet = ({ metadata }: Pod): string =>
  `pod "${metadata.namespace ?? ''}/${metadata.name}": ResourceClaim not created yet`

/** Names of all claims that a Pod is known to have. */
export const claimNamesOf = (pod: Pod): readonly string[] => {
  const names: string[] = []
  for (const reference of pod.spec.resourceClaims ?? []) {
    const claim = claimOf(pod, reference)
    if (typeof claim === 'object') names.push(claim.name)
  }
  const extended = pod.status?.extendedResourceClaimStatus?.resourceClaimName
  return extended === undefined ? names : [...names, extended]
}

/** Why a claim is not the one that was made for a Pod; undefined if it is. Source: claim.go, IsForPod. */
export function foreignResourceClaim(pod: Pod, claim: ResourceClaim): string | undefined {
  const { namespace = '', name } = pod.metadata
  if (claim.metadata.namespace === pod.metadata.namespace && isControlledBy(claim, pod)) return undefined
  const other = `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`
  return `ResourceClaim ${other} was not created for pod ${namespace}/${name} (pod is not owner)`
}

export const isReservedFor = ({ status }: ResourceClaim, { metadata }: Pod): boolean =>
  status?.reservedFor?.some(({ uid }) => uid === metadata.uid) ?? false

export const canBeReserved = ({ status }: ResourceClaim): boolean =>
  (status?.reservedFor?.length ?? 0) < RESERVED_FOR_MAX

/** A Pod as a user of claims. */
export const consumerOf = ({
  metadata,
}: Pod): { readonly resource: string; readonly name: string; readonly uid: string } => ({
  resource: 'pods',
  name: metadata.name,
  uid: metadata.uid,
})
