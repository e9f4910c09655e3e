import type { PersistentVolumeClaim, StorageClass } from '../../../kubernetes/types/storage.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { AdmissionPlugin } from './admission.ts'

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class'
const IS_DEFAULT_BETA = 'storageclass.beta.kubernetes.io/is-default-class'
const CLASS_BETA = 'volume.beta.kubernetes.io/storage-class'

/**
 * A claim that names no class gets the default one, if there is one. The empty name means none, and stays.
 * Source: plugin/pkg/admission/storage/storageclass/setdefault/admission.go; pkg/volume/util/storageclass.go (v1.36).
 */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  applies: (operation, kind, subresource) =>
    operation === 'CREATE' && kind === 'PersistentVolumeClaim' && subresource === '',

  admit(object, _attributes, { view }) {
    const claim = object as PersistentVolumeClaim
    const named = claim.spec?.storageClassName !== undefined || claim.metadata.annotations?.[CLASS_BETA] !== undefined
    const found = named ? undefined : newestDefault(view)
    if (found === undefined) return { object }
    const classed: PersistentVolumeClaim = { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } }
    return { object: classed }
  },
}

const isDefault = ({ metadata: { annotations } }: StorageClass): boolean =>
  annotations?.[IS_DEFAULT] === 'true' || annotations?.[IS_DEFAULT_BETA] === 'true'

/** Of several defaults the newest; of several of one second the first by name. */
const newestDefault = (view: View): StorageClass | undefined => {
  let newest: StorageClass | undefined
  for (const candidate of view.list('StorageClass')) {
    if (isDefault(candidate) && (newest === undefined || isBefore(candidate, newest))) newest = candidate
  }
  return newest
}

const isBefore = ({ metadata: a }: StorageClass, { metadata: b }: StorageClass): boolean =>
  a.creationTimestamp === b.creationTimestamp ? a.name < b.name : a.creationTimestamp > b.creationTimestamp
