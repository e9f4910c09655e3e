import { defineController } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { protect } from '../shared/protection.ts'

const FINALIZER = 'kubernetes.io/pv-protection'

/**
 * A volume that is to be deleted stays while it is bound.
 * Source: pkg/controller/volume/pvprotection/pv_protection_controller.go (v1.36).
 */
export const pvProtectionController = defineController({
  name: 'persistentvolume-protection-controller',
  account: 'pv-protection-controller',
  kinds: ['PersistentVolume'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ name, after }) => (after === undefined ? [] : [name]),

  *reconcile(name, world): Sync {
    const volume = world.view.get('PersistentVolume', undefined, name)
    if (volume === undefined) return
    const failure = yield* protect('PersistentVolume', volume, FINALIZER, () => volume.status?.phase === 'Bound')
    return failure === undefined ? undefined : { retry: failure }
  },
})
