import { defineController, type Wake } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { isConditionTrue } from '../../../kubernetes/conditions.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolume, PersistentVolumeClaim, VolumeAttachment } from '../../../kubernetes/types/storage.ts'
import type { Change, View } from '../../../kubernetes/view.ts'
import { claimOfVolume } from '../../../kubernetes/volumes.ts'
import { attach } from './attach.ts'
import { detach } from './detach.ts'
import { showAttached } from './node-status.ts'
import type { AttachDetachWorld, Memory } from './world.ts'
import { attachmentsOf, usersOf } from './users.ts'

/**
 * Attaches each volume to the nodes whose Pods use it, and detaches it from the others.
 *
 * A key is a volume's name, or `node/<name>` for what a node's status says is attached to it.
 * Abridged: upstream's loop looks at everything every 100 ms; here a volume is looked at when something about it changes.
 * Only volumes of CSI drivers are attached; volumes that a Pod names itself, without a claim, are not.
 * Source: pkg/controller/volume/attachdetach/{attach_detach_controller.go,reconciler/reconciler.go} (v1.36).
 */
export const attachDetachController = defineController<Memory>({
  name: 'persistentvolume-attach-detach-controller',
  account: 'attachdetach-controller',
  component: 'attachdetach-controller',
  kinds: ['Pod', 'Node', 'PersistentVolumeClaim', 'PersistentVolume', 'VolumeAttachment', 'CSIDriver'],
  workers: 1,
  memory: () => ({ detachSince: new Map() }),
  // Upstream notes what it attaches in a memory ahead of its informers: cache/actual_state_of_world.go. Without this a disk
  // may be attached to a second node before the first attachment is in view.
  readsOwnWrites: true,

  wakes: (change, { view }) => {
    switch (change.kind) {
      case 'Pod':
        return podChanged(change as Change<Pod>, view)
      case 'PersistentVolumeClaim':
        return claimChanged(change as Change<PersistentVolumeClaim>)
      case 'PersistentVolume':
        return (change as Change<PersistentVolume>).after?.spec.csi === undefined ? [] : [change.name]
      case 'VolumeAttachment':
        return attachmentChanged(change as Change<VolumeAttachment>)
      case 'Node':
        return nodeChanged(change as Change<Node>, view)
      default:
        return []
    }
  },

  *reconcile(key, world): Sync {
    if (key.startsWith('node/')) {
      const failure = yield* showAttached(key.slice('node/'.length), world)
      return failure === undefined ? undefined : { retry: failure }
    }
    return yield* settle(key, world)
  },
})

/** What is no longer used is detached first. Source: reconciler.go, reconcile. */
function* settle(name: string, world: AttachDetachWorld): Sync {
  const users = usersOf(name, world.view)
  const attachments = attachmentsOf(name, world.view)
  const detached = yield* detach(attachments, users, world)
  if (detached !== undefined && 'retry' in detached) return detached
  const volume = world.view.get('PersistentVolume', undefined, name)
  const failure = volume === undefined ? undefined : yield* attach(volume, attachments, users, world)
  return failure === undefined ? detached : { retry: failure }
}

function* podChanged({ before, after }: Change<Pod>, view: View): Generator<Wake> {
  const pod = after ?? before
  if (pod?.spec.volumes === undefined || (pod.spec.nodeName ?? '') === '') return
  for (const volume of pod.spec.volumes) {
    const name = claimOfVolume(pod, volume)
    const claim = name === undefined ? undefined : view.get('PersistentVolumeClaim', pod.metadata.namespace, name)
    if (claim?.spec.volumeName !== undefined) yield claim.spec.volumeName
  }
}

function* claimChanged({ after }: Change<PersistentVolumeClaim>): Generator<Wake> {
  const volume = after?.spec.volumeName ?? ''
  if (volume !== '') yield volume
}

function* attachmentChanged({ before, after }: Change<VolumeAttachment>): Generator<Wake> {
  const spec = (after ?? before)?.spec
  if (spec === undefined) return
  yield `node/${spec.nodeName}`
  const volume = spec.source.persistentVolumeName ?? ''
  if (volume !== '') yield volume
}

/** A node that has gone, or come back, may let go of its volumes. */
function* nodeChanged({ before, after, name }: Change<Node>, view: View): Generator<Wake> {
  const isReady = (node: Node | undefined): boolean => isConditionTrue(node?.status?.conditions, 'Ready')
  if (before !== undefined && after !== undefined && isReady(before) === isReady(after)) {
    if (before.spec.taints === after.spec.taints) return
  }
  for (const { spec } of view.list('VolumeAttachment')) {
    if (spec.nodeName === name && spec.source.persistentVolumeName !== undefined) yield spec.source.persistentVolumeName
  }
}
