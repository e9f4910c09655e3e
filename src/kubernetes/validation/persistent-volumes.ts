/**
 * PersistentVolumes.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec and ValidatePersistentVolumeUpdate (v1.36).
 * Abridged: of sources other than hostPath, nfs, local and csi only the number is checked.
 */
import type { PersistentVolume, PersistentVolumeSpec } from '../types/storage.ts'
import type { Draft } from '../draft.ts'
import { amountOf, formatQuantity } from '../quantity.ts'
import { byteLength, isDNS1123Subdomain } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { internalDiff } from './internal/value.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateNodeSelectorTerm } from './pod/placement.ts'
import { validateHostPath, validateNfs, noBacksteps } from './pod/volumes.ts'

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const VOLUME_MODES = ['Block', 'Filesystem']
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain']
const DRIVER_NAME_MAX_BYTES = 63

/** In the order in which upstream looks; the second one found is the one too many. */
const SOURCES = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'hostPath',
  'nfs',
  'rbd',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'csi',
] as const

export function validatePersistentVolume(volume: Draft<PersistentVolume>, errors: FieldErrors): void {
  validateMetadata(volume.metadata, { namespaced: false, name: subdomainName }, errors)
  validatePersistentVolumeSpec(volume.spec ?? {}, 'spec', errors)
}

function validatePersistentVolumeSpec(spec: Draft<PersistentVolumeSpec>, at: string, errors: FieldErrors): void {
  const { accessModes = [], capacity, persistentVolumeReclaimPolicy: policy, volumeMode } = spec
  if (accessModes.length === 0) errors.required(`${at}.accessModes`)
  validateAccessModes(accessModes, `${at}.accessModes`, errors)
  validateCapacity(capacity, `${at}.capacity`, errors)
  if (policy !== undefined && !RECLAIM_POLICIES.includes(policy)) {
    errors.unsupported(`${at}.persistentVolumeReclaimPolicy`, policy, RECLAIM_POLICIES)
  }
  validateAffinity(spec.nodeAffinity, `${at}.nodeAffinity`, errors)
  validateSources(spec, at, errors)
  if (policy === 'Recycle' && /^\/+\.?$/.test(spec.hostPath?.path ?? '')) {
    errors.forbidden(`${at}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'")
  }
  const { storageClassName = '', volumeAttributesClassName } = spec
  if (storageClassName !== '') {
    errors.invalids(`${at}.storageClassName`, storageClassName, isDNS1123Subdomain(storageClassName))
  }
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.unsupported(`${at}.volumeMode`, volumeMode, VOLUME_MODES)
  }
  if (volumeAttributesClassName === undefined) return
  const here = `${at}.volumeAttributesClassName`
  if (volumeAttributesClassName === '') errors.required(here, 'an empty string is disallowed')
  else errors.invalids(here, volumeAttributesClassName, isDNS1123Subdomain(volumeAttributesClassName))
  if (spec.csi === undefined) errors.required(`${at}.csi`, 'has to be specified when using volumeAttributesClassName')
}

/** Each known, and ReadWriteOncePod alone. */
export function validateAccessModes(modes: readonly string[], at: string, errors: FieldErrors): void {
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) errors.unsupported(at, mode, ACCESS_MODES)
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod')) {
    errors.forbidden(at, 'may not use ReadWriteOncePod with other access modes')
  }
}

function validateCapacity(capacity: PersistentVolumeSpec['capacity'], at: string, errors: FieldErrors): void {
  const given = Object.entries(capacity ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  if (given.length === 0) errors.required(at)
  if (capacity?.['storage'] === undefined || given.length > 1) {
    errors.unsupported(at, capacity === undefined ? undefined : Object.fromEntries(given), ['storage'])
  }
  for (const [name, text] of given) {
    const amount = amountOf(text)
    if (amount.nanos < 0n) {
      errors.invalid(`${at}[${name}]`, formatQuantity(amount), 'must be a valid resource quantity')
    }
  }
}

function validateAffinity(affinity: Draft<PersistentVolumeSpec>['nodeAffinity'], at: string, errors: FieldErrors) {
  if (affinity === undefined) return
  if (affinity.required === undefined)
    return errors.required(`${at}.required`, 'must specify required node constraints')
  const terms = affinity.required.nodeSelectorTerms ?? []
  const here = `${at}.required.nodeSelectorTerms`
  if (terms.length === 0) errors.required(here, 'must have at least one node selector term')
  for (const [i, term] of terms.entries()) validateNodeSelectorTerm(term, true, `${here}[${i}]`, errors)
}

function validateSources(spec: Draft<PersistentVolumeSpec>, at: string, errors: FieldErrors): void {
  let found = false
  for (const source of SOURCES) {
    if (spec[source] === undefined) continue
    if (found) errors.forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')
    else validateSource(spec, source, at, errors)
    found = true
  }
  if (!found) errors.required(at, 'must specify a volume type')
}

function validateSource(
  spec: Draft<PersistentVolumeSpec>,
  source: (typeof SOURCES)[number],
  at: string,
  errors: FieldErrors,
): void {
  const here = `${at}.${source}`
  switch (source) {
    case 'hostPath':
      return validateHostPath(spec.hostPath?.path ?? '', spec.hostPath?.type, here, errors)
    case 'nfs':
      return validateNfs(spec.nfs ?? {}, here, errors)
    case 'local': {
      const { path = '' } = spec.local ?? {}
      if (path === '') errors.required(`${here}.path`)
      else noBacksteps(path, `${here}.path`, errors)
      if (spec.nodeAffinity === undefined) errors.required(`${at}.nodeAffinity`, 'Local volume requires node affinity')
      return
    }
    case 'csi':
      validateDriverName(spec.csi?.driver ?? '', `${here}.driver`, errors)
      if ((spec.csi?.volumeHandle ?? '') === '') errors.required(`${here}.volumeHandle`)
      return
    default:
  }
}

/** Source: core/validation.go, ValidateCSIDriverName. */
export function validateDriverName(name: string, at: string, errors: FieldErrors): void {
  if (name === '') errors.required(at)
  if (byteLength(name) > DRIVER_NAME_MAX_BYTES) errors.tooLong(at, DRIVER_NAME_MAX_BYTES)
  if (name !== '') errors.invalids(at, name, isDNS1123Subdomain(name.toLowerCase()))
}

export function validatePersistentVolumeUpdate(
  next: Draft<PersistentVolume>,
  before: Draft<PersistentVolume>,
  errors: FieldErrors,
): void {
  validatePersistentVolume(next, errors)
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  if (SOURCES.some((source) => !isSame(spec[source], old[source]))) {
    const changes = internalDiff('core/v1.PersistentVolumeSource', old, spec)
    errors.forbidden(
      'spec.persistentvolumesource',
      `spec.persistentvolumesource is immutable after creation\n${changes}`,
    )
  }
  validateImmutable(spec.volumeMode, old.volumeMode, 'volumeMode', errors)
  if (old.nodeAffinity !== undefined) validateImmutable(spec.nodeAffinity, old.nodeAffinity, 'nodeAffinity', errors)
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    errors.forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')
  }
}

export const validatePersistentVolumeStatusUpdate = (
  next: Draft<PersistentVolume>,
  before: Draft<PersistentVolume>,
  errors: FieldErrors,
): void => validateMetadataUpdate(next.metadata, before.metadata, errors)
