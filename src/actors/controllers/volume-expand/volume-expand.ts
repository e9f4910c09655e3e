import { defineController } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { value } from '../../../kubernetes/quantity.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { claimSize } from '../../../kubernetes/volume-matching.ts'

/** Bytes that a claim has. */
const presentSize = ({ status }: PersistentVolumeClaim): number => value(status?.capacity?.['storage'] ?? '0')

/**
 * Notices claims that want to be larger than their volumes. All volumes that can grow are CSI's, whose resizer does it.
 * Source: pkg/controller/volume/expand/expand_controller.go, syncHandler (v1.36).
 */
export const volumeExpandController = defineController({
  name: 'persistentvolume-expander-controller',
  account: 'expand-controller',
  component: 'volume_expand',
  kinds: ['PersistentVolumeClaim', 'PersistentVolume'],
  workers: 1,
  memory: () => undefined,

  wakes: (change) => {
    const { kind, namespace, name, before, after } = change as Change<PersistentVolumeClaim>
    if (kind !== 'PersistentVolumeClaim' || before === undefined || after === undefined) return []
    return claimSize(after) > claimSize(before) ? [keyFor(namespace, name)] : []
  },

  *reconcile(key, world): Sync {
    yield* []
    const { namespace, name } = splitKey(key)
    const claim = world.view.get('PersistentVolumeClaim', namespace, name)
    if (claim?.status?.phase !== 'Bound' || claimSize(claim) <= presentSize(claim)) return
    const volume = world.view.get('PersistentVolume', undefined, claim.spec.volumeName ?? '')
    if (volume === undefined || volume.spec.claimRef?.uid !== claim.metadata.uid) return
    const message = 'waiting for an external controller to expand this PVC'
    world.event('PersistentVolumeClaim', claim, 'Normal', 'ExternalExpanding', message)
  },
})
