import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { isControlledBy } from '../../../kubernetes/owners.ts'
import { isScheduled, isTerminal } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { claimOfVolume, isClaimOfPod } from '../../../kubernetes/volumes.ts'
import { protect } from '../shared/protection.ts'

const FINALIZER = 'kubernetes.io/pvc-protection'

/**
 * A claim that is to be deleted stays while a Pod uses it.
 * Abridged: only the view says who uses it; upstream asks the API server as well before it lets go.
 * Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go (v1.36).
 */
export const pvcProtectionController = defineController({
  name: 'persistentvolumeclaim-protection-controller',
  account: 'pvc-protection-controller',
  kinds: ['PersistentVolumeClaim', 'Pod'],
  workers: 1,
  memory: () => undefined,

  wakes: (change) => {
    if (change.kind === 'Pod') return podChanged(change as Change<Pod>)
    return change.after === undefined ? [] : [keyFor(change.namespace, change.name)]
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const claim = world.view.get('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) return
    const failure = yield* protect('PersistentVolumeClaim', claim, FINALIZER, () => isUsed(claim, world))
    return failure === undefined ? undefined : { retry: failure }
  },
})

/** A Pod that runs on cannot let go of a claim. Source: enqueuePVCs. */
function* podChanged({ before, after }: Change<Pod>): Generator<Wake> {
  if (after !== undefined && isScheduled(after) && !isTerminal(after) && !isShutDown(after)) return
  const pod = after ?? before
  for (const volume of pod?.spec.volumes ?? []) {
    const claim = pod === undefined ? undefined : claimOfVolume(pod, volume)
    if (claim !== undefined) yield keyFor(pod?.metadata.namespace, claim)
  }
}

/** Source: podUsesPVC: only a claim that was made for a Pod may go before it, since the Pod may wait for that. */
const isUsed = (claim: PersistentVolumeClaim, world: World): boolean =>
  world.view
    .list('Pod', claim.metadata.namespace)
    .some((pod) => isScheduled(pod) && isClaimOfPod(pod, claim) && !(isControlledBy(claim, pod) && isShutDown(pod)))

/** The kubelet has ended it and is about to delete it for good. Source: podIsShutDown. */
const isShutDown = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
