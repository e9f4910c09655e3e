/** When a Pod uses its claims. Source: pkg/controller/resourceclaim/controller.go (v1.36). */
import { isScheduled, isTerminal } from '../../../kubernetes/pods.ts'
import { canBeReserved, isReservedFor } from '../../../kubernetes/resource-claims.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ResourceClaim } from '../../../kubernetes/types/resource.ts'
import type { CreatedClaims } from './created-claims.ts'
import type { GonePods } from './gone-pods.ts'
import type { ClaimUsers } from './users.ts'

export interface Memory {
  readonly created: CreatedClaims
  readonly gone: GonePods
  readonly users: ClaimUsers
}

/** Nothing of it runs or ever will. Source: isPodDone, podNeedsClaims. */
export const isDone = (pod: Pod): boolean =>
  isTerminal(pod) || (pod.metadata.deletionTimestamp !== undefined && !isScheduled(pod))

/** A Pod that was bound without the scheduler's DynamicResources has to be put in by somebody. */
export const mayReserve = (pod: Pod, claim: ResourceClaim): boolean =>
  claim.status?.allocation !== undefined && !isReservedFor(claim, pod) && canBeReserved(claim)
