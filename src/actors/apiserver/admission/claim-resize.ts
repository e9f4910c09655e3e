import { compareQuantities } from '../../../kubernetes/quantity.ts'
import { forbidden } from '../../../kubernetes/status.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { AdmissionPlugin } from './admission.ts'

const CLASS_BETA = 'volume.beta.kubernetes.io/storage-class'

/**
 * A claim grows only when it is bound and its class lets it.
 * Source: plugin/pkg/admission/storage/persistentvolume/resize/admission.go (v1.36).
 */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  applies: (operation, kind, subresource) =>
    operation === 'UPDATE' && kind === 'PersistentVolumeClaim' && subresource === '',

  validate(object, { resource, name, old }, { view }) {
    const claim = object as PersistentVolumeClaim
    const before = old as PersistentVolumeClaim
    if (compareQuantities(sizeOf(claim), sizeOf(before)) <= 0) return undefined
    if (before.status?.phase !== 'Bound') {
      return { refusal: forbidden(resource, name, 'Only bound persistent volume claims can be expanded') }
    }
    const className = claim.metadata.annotations?.[CLASS_BETA] ?? claim.spec?.storageClassName ?? ''
    if (view.get('StorageClass', undefined, className)?.allowVolumeExpansion === true) return undefined
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
    return { refusal: forbidden(resource, name, why) }
  },
}

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec?.resources?.requests?.['storage'] ?? '0'
