/** Volumes, claims and their classes. Source: pkg/registry/{core,storage}/<kind>/strategy.go (v1.36). */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../types/storage.ts'
import type { TypedLocalObjectReference } from '../types/meta.ts'
import type { Draft } from '../draft.ts'
import {
  defaultCSIDriver,
  defaultPersistentVolume,
  defaultPersistentVolumeClaim,
  defaultStorageClass,
} from '../defaulting/storage.ts'
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatusUpdate,
  validatePersistentVolumeClaimUpdate,
} from '../validation/persistent-volume-claims.ts'
import {
  validatePersistentVolume,
  validatePersistentVolumeStatusUpdate,
  validatePersistentVolumeUpdate,
} from '../validation/persistent-volumes.ts'
import {
  validateCSIDriver,
  validateCSIDriverUpdate,
  validateCSINode,
  validateCSINodeUpdate,
  validateCSIStorageCapacity,
  validateCSIStorageCapacityUpdate,
  validateStorageClass,
  validateStorageClassUpdate,
  validateVolumeAttachment,
  validateVolumeAttachmentUpdate,
  validateVolumeAttributesClass,
  validateVolumeAttributesClassUpdate,
} from '../validation/storage.ts'
import { csiDriverWarnings, persistentVolumeClaimWarnings, persistentVolumeWarnings } from '../warnings/storage.ts'
import { keepMetadata } from './keep-metadata.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

/** The time of the last change of phase is written along with the phase. */
export const persistentVolumeStrategy = defineStrategy<PersistentVolume>({
  defaults: defaultPersistentVolume,
  prepareForCreate: (volume, now) => resetStatus(volume, { phase: 'Pending', lastPhaseTransitionTime: now }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate(next, before, now) {
    const { status } = next
    const told = status?.lastPhaseTransitionTime
    const kept = keepSpec(next, before)
    const isMoved = status?.phase !== before.status?.phase
    const isTold = told !== undefined && told !== before.status?.lastPhaseTransitionTime
    if (!isMoved || isTold || now === undefined) return kept
    return { ...kept, status: { ...status, lastPhaseTransitionTime: now } }
  },
  warnings: persistentVolumeWarnings,
  check: validatePersistentVolume,
  checkUpdate: validatePersistentVolumeUpdate,
  checkStatusUpdate: validatePersistentVolumeStatusUpdate,
})

export const persistentVolumeClaimStrategy = defineStrategy<PersistentVolumeClaim>({
  defaults: defaultPersistentVolumeClaim,
  prepareForCreate: (claim) => resetStatus(withSources(claim, undefined), { phase: 'Pending' }),
  prepareForUpdate: (next, before) => keepStatus(withSources(next, before.spec), before),
  prepareForStatusUpdate: keepSpec,
  warnings: persistentVolumeClaimWarnings,
  check: validatePersistentVolumeClaim,
  checkUpdate: validatePersistentVolumeClaimUpdate,
  checkStatusUpdate: validatePersistentVolumeClaimStatusUpdate,
})

/**
 * `dataSource` may name claims and snapshots only, and is dropped if it does not; `dataSourceRef` may name anything. One is
 * written into the other. Source: pkg/api/persistentvolumeclaim/util.go, EnforceDataSourceBackwardsCompatibility.
 */
function withSources(
  claim: Draft<PersistentVolumeClaim>,
  old: PersistentVolumeClaimSpec | undefined,
): Draft<PersistentVolumeClaim> {
  const { spec } = claim
  if (spec?.dataSource === undefined && spec?.dataSourceRef === undefined) return claim
  const wasUsed = old?.dataSource !== undefined || old?.dataSourceRef !== undefined
  const { dataSource: given, dataSourceRef: givenRef, ...rest } = spec
  const dataSource = wasUsed || isClaimOrSnapshot(given) ? given : undefined
  const dataSourceRef: Draft<PersistentVolumeClaimSpec>['dataSourceRef'] = givenRef ?? dataSource
  const back = dataSource ?? ((dataSourceRef?.namespace ?? '') === '' ? dataSourceRef : undefined)
  return {
    ...claim,
    spec: {
      ...rest,
      ...(back === undefined ? {} : { dataSource: back }),
      ...(dataSourceRef === undefined ? {} : { dataSourceRef }),
    },
  }
}

function isClaimOrSnapshot(source: Draft<TypedLocalObjectReference> | undefined): boolean {
  const { kind, apiGroup = '' } = source ?? {}
  return (
    (kind === 'PersistentVolumeClaim' && apiGroup === '') ||
    (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')
  )
}

export const storageClassStrategy = defineStrategy<StorageClass>({
  defaults: defaultStorageClass,
  check: validateStorageClass,
  checkUpdate: validateStorageClassUpdate,
})

export const volumeAttributesClassStrategy = defineStrategy<VolumeAttributesClass>({
  check: validateVolumeAttributesClass,
  checkUpdate: validateVolumeAttributesClassUpdate,
})

export const csiNodeStrategy = defineStrategy<CSINode>({
  allowUnconditionalUpdate: false,
  check: validateCSINode,
  checkUpdate: validateCSINodeUpdate,
})

/** Its generation begins with its first change. */
export const csiDriverStrategy = defineStrategy<CSIDriver>({
  defaults: defaultCSIDriver,
  bumpsGeneration: specChanged,
  allowUnconditionalUpdate: false,
  warnings: csiDriverWarnings,
  check: validateCSIDriver,
  checkUpdate: validateCSIDriverUpdate,
})

export const csiStorageCapacityStrategy = defineStrategy<CSIStorageCapacity>({
  allowUnconditionalUpdate: false,
  check: validateCSIStorageCapacity,
  checkUpdate: validateCSIStorageCapacityUpdate,
})

export const volumeAttachmentStrategy = defineStrategy<VolumeAttachment>({
  prepareForCreate: (attachment) => resetStatus(attachment, { attached: false }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: (next, before) => keepSpec(keepMetadata(next, before), before),
  allowUnconditionalUpdate: false,
  check: validateVolumeAttachment,
  checkUpdate: validateVolumeAttachmentUpdate,
})
