/** Volumes and what provides them, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import type { Labels } from '../types/meta.ts'
import type {
  AccessMode,
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../types/storage.ts'
import { age } from './age.ts'
import { nameOf, quantityText } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME, wide } from './table.ts'

export const persistentVolumes = printer<PersistentVolume>(
  [
    NAME,
    column('Capacity'),
    column('Access Modes'),
    column('Reclaim Policy'),
    column('Status'),
    column('Claim'),
    column('StorageClass'),
    column('VolumeAttributesClass'),
    column('Reason'),
    AGE,
    wide('VolumeMode'),
  ],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    quantityText(spec?.capacity?.['storage']),
    accessModes(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
    storageClass(metadata?.annotations, spec?.storageClassName),
    spec?.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    age({ metadata }, now),
    spec?.volumeMode ?? '<unset>',
  ],
)

export const persistentVolumeClaims = printer<PersistentVolumeClaim>(
  [
    NAME,
    column('Status'),
    column('Volume'),
    column('Capacity'),
    column('Access Modes'),
    column('StorageClass'),
    column('VolumeAttributesClass'),
    AGE,
    wide('VolumeMode'),
  ],
  ({ metadata, spec, status }, now) => {
    const volume = spec?.volumeName ?? ''
    return [
      nameOf({ metadata }),
      metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      volume,
      volume === '' ? '' : quantityText(status?.capacity?.['storage']),
      volume === '' ? '' : accessModes(status?.accessModes),
      storageClass(metadata?.annotations, spec?.storageClassName),
      spec?.volumeAttributesClassName ?? '<unset>',
      age({ metadata }, now),
      spec?.volumeMode ?? '<unset>',
    ]
  },
)

/** In this order, each once. Source: pkg/apis/core/helper/helpers.go, GetAccessModesAsString. */
const MODES: readonly (readonly [AccessMode, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

const accessModes = (modes: readonly AccessMode[] = []): string =>
  MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')

/** The annotation is from before the field, and wins. Source: helpers.go, GetPersistentVolumeClass. */
const storageClass = (annotations: Labels | undefined, field: string | undefined): string =>
  annotations?.['volume.beta.kubernetes.io/storage-class'] ?? field ?? ''

/** Of several default classes each is called so, though only the newest counts. */
export const storageClasses = printer<StorageClass>(
  [
    NAME,
    column('Provisioner'),
    column('ReclaimPolicy'),
    column('VolumeBindingMode'),
    column('AllowVolumeExpansion'),
    AGE,
  ],
  (storage, now) => [
    nameWithDefault(storage, DEFAULT_STORAGE_CLASS),
    storage.provisioner ?? '',
    storage.reclaimPolicy ?? 'Delete',
    storage.volumeBindingMode ?? 'Immediate',
    storage.allowVolumeExpansion ?? false,
    age(storage, now),
  ],
)

const DEFAULT_STORAGE_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]
const DEFAULT_ATTRIBUTES_CLASS = ['volumeattributesclass.alpha.kubernetes.io/is-default-class']

function nameWithDefault({ metadata }: Draft<ApiObject>, annotations: readonly string[]): string {
  const isDefault = annotations.some((annotation) => metadata?.annotations?.[annotation] === 'true')
  return isDefault ? `${nameOf({ metadata })} (default)` : nameOf({ metadata })
}

interface VolumeAttributesClass extends ApiObject {
  readonly driverName?: string
}

export const volumeAttributesClasses = printer<VolumeAttributesClass>(
  [NAME, column('DriverName'), AGE],
  (attributes, now) => [
    nameWithDefault(attributes, DEFAULT_ATTRIBUTES_CLASS),
    attributes.driverName ?? '',
    age(attributes, now),
  ],
)

export const volumeAttachments = printer<VolumeAttachment>(
  [NAME, column('Attacher', 'string', 'name'), column('PV'), column('Node'), column('Attached', 'boolean'), AGE],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    spec?.attacher ?? '',
    spec?.source?.persistentVolumeName ?? '',
    spec?.nodeName ?? '',
    status?.attached ?? false,
    age({ metadata }, now),
  ],
)

export const csiNodes = printer<CSINode>([NAME, column('Drivers', 'integer'), AGE], ({ metadata, spec }, now) => [
  nameOf({ metadata }),
  spec?.drivers?.length ?? 0,
  age({ metadata }, now),
])

/** The members that only a row reads. */
interface ShownCSIDriver extends CSIDriver {
  readonly spec: CSIDriver['spec'] & { readonly tokenRequests?: readonly { readonly audience?: string }[] }
}

export const csiDrivers = printer<ShownCSIDriver>(
  [
    NAME,
    column('AttachRequired', 'boolean'),
    column('PodInfoOnMount', 'boolean'),
    column('StorageCapacity', 'boolean'),
    column('TokenRequests'),
    column('RequiresRepublish', 'boolean'),
    column('Modes'),
    AGE,
  ],
  ({ metadata, spec }, now) => [
    nameOf({ metadata }),
    spec?.attachRequired ?? true,
    spec?.podInfoOnMount ?? false,
    spec?.storageCapacity ?? false,
    spec?.tokenRequests?.map(({ audience = '' }) => audience).join(',') ?? '<unset>',
    spec?.requiresRepublish ?? false,
    (spec?.volumeLifecycleModes ?? []).join(',') || '<none>',
    age({ metadata }, now),
  ],
)
