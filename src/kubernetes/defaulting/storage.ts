/** Defaults of volumes and claims and of what drivers register. Source: pkg/apis/{core,storage}/v1/defaults.go (v1.36). */
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types/storage.ts'
import type { PersistentVolumeSource } from '../types/volume.ts'
import type { Draft } from '../draft.ts'

export const defaultPersistentVolume = (volume: Draft<PersistentVolume>): Draft<PersistentVolume> => ({
  ...volume,
  spec: {
    ...volume.spec,
    ...defaultSource(volume.spec ?? {}),
    persistentVolumeReclaimPolicy: volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain',
    volumeMode: volume.spec?.volumeMode ?? 'Filesystem',
  },
  status: { ...volume.status, phase: volume.status?.phase ?? 'Pending' },
})

function defaultSource({
  hostPath,
  iscsi,
  rbd,
  scaleIO,
  azureDisk,
}: Draft<PersistentVolumeSource>): Draft<PersistentVolumeSource> {
  return {
    ...(hostPath === undefined ? {} : { hostPath: { ...hostPath, type: hostPath.type ?? '' } }),
    ...(iscsi === undefined ? {} : { iscsi: { iscsiInterface: 'default', ...iscsi } }),
    ...(rbd === undefined ? {} : { rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring', ...rbd } }),
    ...(scaleIO === undefined ? {} : { scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs', ...scaleIO } }),
    ...(azureDisk === undefined ? {} : { azureDisk: { ...AZURE_DISK, ...azureDisk } }),
  }
}

const AZURE_DISK = { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false } as const

export const defaultPersistentVolumeClaim = (claim: Draft<PersistentVolumeClaim>): Draft<PersistentVolumeClaim> => ({
  ...claim,
  spec: { ...claim.spec, volumeMode: claim.spec?.volumeMode ?? 'Filesystem' },
  status: { ...claim.status, phase: claim.status?.phase ?? 'Pending' },
})

export const defaultStorageClass = (storageClass: Draft<StorageClass>): Draft<StorageClass> => ({
  ...storageClass,
  reclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
  volumeBindingMode: storageClass.volumeBindingMode ?? 'Immediate',
})

export function defaultCSIDriver(driver: Draft<CSIDriver>): Draft<CSIDriver> {
  const modes = driver.spec?.volumeLifecycleModes ?? []
  return {
    ...driver,
    spec: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
      ...driver.spec,
      volumeLifecycleModes: modes.length > 0 ? modes : ['Persistent'],
    },
  }
}
