import {
  csiDriverStrategy,
  csiNodeStrategy,
  csiStorageCapacityStrategy,
  storageClassStrategy,
  volumeAttachmentStrategy,
  volumeAttributesClassStrategy,
} from '../strategy/storage.ts'
import { row, type KindRow } from './row.ts'

const group = 'storage.k8s.io'

export const STORAGE_ROWS: readonly KindRow[] = [
  row('CSIDriver', { group, clusterScoped: true, strategy: csiDriverStrategy }),
  row('CSINode', { group, clusterScoped: true, strategy: csiNodeStrategy }),
  row('CSIStorageCapacity', { group, resource: 'csistoragecapacities', strategy: csiStorageCapacityStrategy }),
  row('StorageClass', {
    group,
    resource: 'storageclasses',
    shortNames: ['sc'],
    clusterScoped: true,
    strategy: storageClassStrategy,
  }),
  row('VolumeAttachment', {
    group,
    clusterScoped: true,
    subresources: ['status'],
    strategy: volumeAttachmentStrategy,
  }),
  row('VolumeAttributesClass', {
    group,
    resource: 'volumeattributesclasses',
    shortNames: ['vac'],
    clusterScoped: true,
    strategy: volumeAttributesClassStrategy,
  }),
]
