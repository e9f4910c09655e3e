import { row, type KindRow } from './row.ts'

export const STORAGE_ROWS: readonly KindRow[] = [
  row('CSIDriver', { group: 'storage.k8s.io', clusterScoped: true }),
  row('CSINode', { group: 'storage.k8s.io', clusterScoped: true }),
  row('CSIStorageCapacity', { group: 'storage.k8s.io', resource: 'csistoragecapacities' }),
  row('StorageClass', { group: 'storage.k8s.io', resource: 'storageclasses', shortNames: ['sc'], clusterScoped: true }),
  row('VolumeAttachment', { group: 'storage.k8s.io', clusterScoped: true, subresources: ['status'] }),
]
