/**
 * Warnings of volumes, claims and drivers.
 *
 * Source: pkg/api/persistentvolume/util.go, pkg/api/persistentvolumeclaim/util.go, pkg/registry/storage/csidriver (v1.36).
 */
import type { Draft } from '../draft.ts'
import { amountOf } from '../quantity.ts'
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim } from '../types/storage.ts'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
const OLD_CLASS = `metadata.annotations[${CLASS_ANNOTATION}]: deprecated since v1.8; use "storageClassName" attribute instead`
const RECYCLE =
  'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
const TOKENS =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'

export const persistentVolumeWarnings = ({ metadata, spec }: Draft<PersistentVolume>): readonly string[] => [
  ...(metadata?.annotations?.[CLASS_ANNOTATION] === undefined ? [] : [OLD_CLASS]),
  ...(spec?.persistentVolumeReclaimPolicy === 'Recycle' ? [RECYCLE] : []),
]

export const persistentVolumeClaimWarnings = ({ metadata, spec }: Draft<PersistentVolumeClaim>): readonly string[] => [
  ...(metadata?.annotations?.[CLASS_ANNOTATION] === undefined ? [] : [OLD_CLASS]),
  ...fractionalBytes(spec?.resources?.requests?.['storage'], 'spec.resources.requests[storage]'),
  ...fractionalBytes(spec?.resources?.limits?.['storage'], 'spec.resources.limits[storage]'),
]

const fractionalBytes = (text: string | undefined, at: string): readonly string[] =>
  text === undefined || amountOf(text).nanos % 1_000_000_000n === 0n
    ? []
    : [`${at}: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`]

export const csiDriverWarnings = ({ spec }: Draft<CSIDriver>): readonly string[] =>
  (spec?.tokenRequests ?? []).length === 0 || spec?.serviceAccountTokenInSecrets !== undefined ? [] : [TOKENS]
