import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ResourceClaim } from '../../../kubernetes/types/resource.ts'
import { Action, type EventHint } from '../framework/events.ts'
import { isSamePod } from './same-pod.ts'

/** Claims of the Pod by name. */
const namesClaim = (pod: Pod, claim: ResourceClaim): boolean =>
  pod.metadata.namespace === claim.metadata.namespace &&
  ((pod.spec.resourceClaims ?? []).some(({ resourceClaimName }) => resourceClaimName === claim.metadata.name) ||
    (pod.status?.resourceClaimStatuses ?? []).some(
      ({ resourceClaimName }) => resourceClaimName === claim.metadata.name,
    ))

/** Events that may free or bring devices. Source: plugins/dynamicresources/dynamicresources.go, EventsToRegister (v1.36). */
export const dynamicResourcesHints: readonly EventHint[] = [
  { resource: 'Node', actions: Action.add | Action.updateNodeLabel | Action.updateNodeTaint },
  {
    resource: 'ResourceClaim',
    actions: Action.add | Action.delete | Action.updateOther,
    worthTrying: (pod, { before, after }) => {
      const [was, is] = [before as ResourceClaim | undefined, after as ResourceClaim | undefined]
      // Its devices are free again: any Pod that waits for devices may have them.
      if (was?.status?.allocation !== undefined && is?.status?.allocation === undefined) return true
      return is !== undefined && namesClaim(pod, is)
    },
  },
  { resource: 'Pod', actions: Action.updatePodClaims, worthTrying: isSamePod },
  { resource: 'DeviceClass', actions: Action.add | Action.updateOther },
  { resource: 'ResourceSlice', actions: Action.add | Action.updateOther },
]
