import { call, type Sync, type SyncResult } from '../../../engine/client/sync.ts'
import type { Micros } from '../../../events/envelope.ts'
import { minutes } from '../../../events/time.ts'
import { isConditionTrue } from '../../../kubernetes/conditions.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { VolumeAttachment } from '../../../kubernetes/types/storage.ts'
import { hideAttached } from './node-status.ts'
import type { AttachDetachWorld } from './world.ts'

/** Source: pkg/controller/volume/attachdetach/attach_detach_controller.go, ReconcilerMaxWaitForUnmountDuration (v1.36). */
const MAX_WAIT_FOR_UNMOUNT: Micros = minutes(6)

/**
 * Lets go of what no Pod uses: at once where the node has unmounted it, else after six minutes.
 * Abridged: kubelets do not report volumesInUse. A node that is ready has unmounted what its Pods have left; one that is
 * not has unmounted nothing.
 * Source: reconciler.go, reconcile; DisableForceDetachOnUnmountTimeout is off (v1.36).
 */
export function* detach(
  attachments: readonly VolumeAttachment[],
  users: ReadonlyMap<string, readonly Pod[]>,
  world: AttachDetachWorld,
): Sync<SyncResult> {
  const { detachSince } = world.memory
  let wait: Micros | undefined
  for (const { metadata, spec } of attachments) {
    const { name, deletionTimestamp } = metadata
    if (users.has(spec.nodeName)) {
      detachSince.delete(name)
      continue
    }
    if (deletionTimestamp !== undefined) continue
    const since = detachSince.get(name) ?? world.monotonic
    detachSince.set(name, since)
    const left = since + MAX_WAIT_FOR_UNMOUNT - world.monotonic
    if (left > 0 && !isUnmounted(world.view.get('Node', undefined, spec.nodeName))) {
      wait = wait === undefined ? left : Math.min(wait, left)
      continue
    }
    const hidden = yield* hideAttached(spec.nodeName, name, world)
    if (hidden !== undefined) return { retry: hidden }
    const answer = yield* call({ verb: 'delete', kind: 'VolumeAttachment', name })
    if (!answer.ok && answer.code !== 404) return { retry: answer.message }
    detachSince.delete(name)
  }
  return wait === undefined ? undefined : { after: wait }
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

const isUnmounted = (node: Node | undefined): boolean =>
  node === undefined ||
  isConditionTrue(node.status?.conditions, 'Ready') ||
  node.spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true
