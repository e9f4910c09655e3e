import { defineController, type Controller, type World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import { minutes, seconds } from '../../events/time.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { PersistentVolume, VolumeAttachment } from '../../kubernetes/types/storage.ts'
import { callBackend } from './backend.ts'
import type { CSIDriverShape } from './csi-driver.ts'

/**
 * Attaches what VolumeAttachments of its driver ask for, and detaches those that are to be deleted.
 * Source: kubernetes-csi/external-attacher v4, pkg/controller/csi_handler.go, SyncNewOrUpdatedVolumeAttachment.
 */
export const externalAttacher = (shape: CSIDriverShape): Controller => {
  const finalizer = `external-attacher/${shape.driver.replace(/[./]/g, '-')}`
  return defineController({
    name: 'csi-attacher',
    kinds: ['VolumeAttachment', 'PersistentVolume'],
    workers: 10,
    memory: () => undefined,
    queue: { base: seconds(1), max: minutes(5) },
    wakes: (change) => {
      if (change.kind === 'VolumeAttachment') return change.after === undefined ? [] : [`attachment/${change.name}`]
      // A volume that waits for us to let go of it.
      const isLeaving = change.after?.metadata.deletionTimestamp !== undefined
      return isLeaving && change.after?.metadata.finalizers?.includes(finalizer) === true
        ? [`volume/${change.name}`]
        : []
    },

    *reconcile(key, world): Sync {
      const slash = key.indexOf('/')
      const name = key.slice(slash + 1)
      if (key.startsWith('volume/')) return yield* letGo(name, finalizer, world)
      const attachment = world.view.get('VolumeAttachment', undefined, name)
      if (attachment === undefined || attachment.spec.attacher !== shape.driver) return
      if (attachment.metadata.deletionTimestamp !== undefined) return yield* detach(attachment, finalizer, shape, world)
      if (attachment.status?.attached !== true) return yield* attach(attachment, finalizer, shape, world)
    },
  })
}

function* attach(attachment: VolumeAttachment, finalizer: string, shape: CSIDriverShape, world: World): Sync {
  const { name } = attachment.metadata
  const volume = world.view.get('PersistentVolume', undefined, attachment.spec.source.persistentVolumeName ?? '')
  if (volume === undefined || volume.metadata.deletionTimestamp !== undefined)
    return { retry: 'PersistentVolume is gone' }
  if (volume.metadata.finalizers?.includes(finalizer) !== true) {
    const body = withFinalizer(volume, finalizer)
    const answer = yield* call({ verb: 'update', kind: 'PersistentVolume', name: volume.metadata.name, body })
    if (!answer.ok) return { retry: answer.message }
  }
  let own = attachment
  if (attachment.metadata.finalizers?.includes(finalizer) !== true) {
    const body = withFinalizer(attachment, finalizer)
    const answer = yield* call({ verb: 'update', kind: 'VolumeAttachment', name, body })
    if (!answer.ok) return { retry: answer.message }
    own = answer.object ?? body
  }
  const problem = yield* callBackend(shape, shape.attaching, world.random)
  const status =
    problem === undefined
      ? { attached: true }
      : { attached: false, attachError: { time: rfc3339(world.now), message: problem } }
  const body = { ...own, status }
  const answer = yield* call({ verb: 'update', kind: 'VolumeAttachment', name, subresource: 'status', body })
  if (!answer.ok) return { retry: answer.message }
  if (problem !== undefined) return { retry: problem }
}

function* detach(attachment: VolumeAttachment, finalizer: string, shape: CSIDriverShape, world: World): Sync {
  const { name, finalizers = [] } = attachment.metadata
  if (!finalizers.includes(finalizer)) return
  const problem = yield* callBackend(shape, shape.attaching, world.random)
  if (problem !== undefined) return { retry: problem }
  const body = withoutFinalizer({ ...attachment, status: { attached: false } }, finalizer)
  const answer = yield* call({ verb: 'update', kind: 'VolumeAttachment', name, body })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

/** A volume goes once nothing is attached of it. Source: csi_handler.go, SyncNewOrUpdatedPersistentVolume. */
function* letGo(name: string, finalizer: string, world: World): Sync {
  const volume = world.view.get('PersistentVolume', undefined, name)
  if (volume?.metadata.deletionTimestamp === undefined) return
  const isHeld = world.view.list('VolumeAttachment').some(({ spec }) => spec.source.persistentVolumeName === name)
  if (isHeld) return { retry: 'the volume is still attached' }
  const body = withoutFinalizer(volume, finalizer)
  const answer = yield* call({ verb: 'update', kind: 'PersistentVolume', name, body })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

const withFinalizer = <O extends VolumeAttachment | PersistentVolume>(object: O, finalizer: string): O => ({
  ...object,
  metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] },
})

const withoutFinalizer = <O extends VolumeAttachment | PersistentVolume>(object: O, finalizer: string): O => ({
  ...object,
  metadata: {
    ...object.metadata,
    finalizers: (object.metadata.finalizers ?? []).filter((one) => one !== finalizer),
  },
})
