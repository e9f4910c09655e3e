import { defineInstaller, type Manifest } from '../../engine/client/installer.ts'
import type { Controller } from '../../engine/client/controller.ts'
import type { CSIDriverShape } from './csi-driver.ts'

/** Makes what a driver's manifests hold: its CSIDriver and a StorageClass. */
export const csiInstaller = (shape: CSIDriverShape): Controller =>
  defineInstaller({ name: 'csi-installer', kinds: ['CSIDriver', 'StorageClass'], manifests: manifests(shape) })

const manifests = ({ driver, storageClass, binding, attach }: CSIDriverShape): readonly Manifest[] => {
  const apiVersion = 'storage.k8s.io/v1'
  const spec = { attachRequired: attach, podInfoOnMount: false, volumeLifecycleModes: ['Persistent'] }
  const own = {
    kind: 'CSIDriver' as const,
    object: { apiVersion, kind: 'CSIDriver', metadata: { name: driver }, spec },
  }
  if (storageClass === '') return [own]
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const parts = { provisioner: driver, reclaimPolicy: 'Delete', volumeBindingMode: binding, allowVolumeExpansion: true }
  const object = { apiVersion, kind: 'StorageClass', metadata: { name: storageClass, annotations }, ...parts }
  return [own, { kind: 'StorageClass', object }]
}
