import { defineController, type Wake } from '../../../engine/client/controller.ts'
import { keyFor } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import { BIND_COMPLETED } from '../../../kubernetes/volumes.ts'
import { syncBoundClaim } from './bound-claim.ts'
import type { Memory } from './resync.ts'
import { syncUnboundClaim } from './unbound-claim.ts'
import { syncVolume } from './volume.ts'

/**
 * Marries claims to volumes: finds a volume for each claim or has one made, keeps both sides of the bond, and does with a
 * volume that its claim has left what the volume says.
 *
 * A key says of which kind: `claim/default/data`, `volume/pv-1`. Both sides of a bond are written by themselves, the
 * volume's first; whatever a crash leaves half done is seen and completed by the next sync.
 * Upstream looks at all claims and volumes every 15 s; here only those come back, at the same times, that wait for something
 * that no event tells of.
 * Source: pkg/controller/volume/persistentvolume/pv_controller.go and pv_controller_base.go (v1.36).
 */
export const persistentVolumeBinder = defineController<Memory>({
  name: 'persistentvolume-binder-controller',
  account: 'persistent-volume-binder',
  component: 'persistentvolume-controller',
  kinds: ['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Pod', 'Node'],
  workers: 2,
  memory: () => ({}),
  // Upstream keeps its own writes in a cache of its own, ahead of its informers: pv_controller_base.go, storeObjectUpdate.
  readsOwnWrites: true,

  wakes: (change, { memory, monotonic }) => {
    memory.begun ??= monotonic
    if (change.kind === 'PersistentVolumeClaim') return claimChanged(change as Change<PersistentVolumeClaim>)
    return change.kind === 'PersistentVolume' ? volumeChanged(change as Change<PersistentVolume>) : []
  },

  *reconcile(key, world): Sync {
    const [what, ...rest] = key.split('/')
    if (what === 'volume') {
      const volume = world.view.get('PersistentVolume', undefined, rest.join('/'))
      return volume === undefined ? undefined : yield* syncVolume(volume, world)
    }
    const [namespace, name = ''] = rest
    const claim = world.view.get('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) return
    if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) return yield* syncUnboundClaim(claim, world)
    return yield* syncBoundClaim(claim, world)
  },
})

/** A claim that is gone frees its volume. Source: pv_controller_base.go, deleteClaim. */
function* claimChanged({ before, after, namespace, name }: Change<PersistentVolumeClaim>): Generator<Wake> {
  if (after !== undefined) yield `claim/${keyFor(namespace, name)}`
  if (after?.metadata.uid === before?.metadata.uid) return
  const volume = before?.spec.volumeName ?? ''
  if (volume !== '') yield `volume/${volume}`
}

/** A volume that is gone leaves its claim lost. Source: pv_controller_base.go, deleteVolume. */
function* volumeChanged({ before, after, name }: Change<PersistentVolume>): Generator<Wake> {
  if (after !== undefined) {
    yield `volume/${name}`
    return
  }
  const reference = before?.spec.claimRef
  if (reference?.name !== undefined) yield `claim/${keyFor(reference.namespace, reference.name)}`
}
