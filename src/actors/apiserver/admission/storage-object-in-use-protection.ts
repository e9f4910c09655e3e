import type { Kind } from '../../../kubernetes/kinds.ts'
import type { AdmissionPlugin } from './admission.ts'

const FINALIZERS: ReadonlyMap<Kind, string> = new Map<Kind, string>([
  ['PersistentVolume', 'kubernetes.io/pv-protection'],
  ['PersistentVolumeClaim', 'kubernetes.io/pvc-protection'],
  ['VolumeAttributesClass', 'kubernetes.io/vac-protection'],
])

/**
 * Volumes and claims outlive a delete while something uses them.
 * Source: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go (v1.36).
 */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  applies: (operation, kind, subresource) => operation === 'CREATE' && subresource === '' && FINALIZERS.has(kind),

  admit(object, { kind }) {
    const finalizer = FINALIZERS.get(kind)
    const present = object.metadata.finalizers ?? []
    if (finalizer === undefined || present.includes(finalizer)) return { object }
    return { object: { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } } }
  },
}
