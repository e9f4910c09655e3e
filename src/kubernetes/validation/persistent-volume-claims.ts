/**
 * PersistentVolumeClaims.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimSpec and ValidatePersistentVolumeClaimUpdate
 * (v1.36).
 */
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../types/storage.ts'
import type { Draft } from '../draft.ts'
import { amountOf, compareQuantities, formatQuantity } from '../quantity.ts'
import { isDNS1123Subdomain } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { internalDiff } from './internal/value.ts'
import { validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateAccessModes, VOLUME_MODES } from './persistent-volumes.ts'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
const SPEC_IS_IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

export function validatePersistentVolumeClaim(claim: Draft<PersistentVolumeClaim>, errors: FieldErrors): void {
  validateMetadata(claim.metadata, { namespaced: true, name: subdomainName }, errors)
  validatePersistentVolumeClaimSpec(claim.spec ?? {}, 'spec', errors)
}

export function validatePersistentVolumeClaimSpec(
  spec: Draft<PersistentVolumeClaimSpec>,
  at: string,
  errors: FieldErrors,
): void {
  const { accessModes = [], storageClassName = '', volumeAttributesClassName = '', volumeMode } = spec
  validateLabelSelector(spec.selector, `${at}.selector`, errors)
  if (accessModes.length === 0) errors.required(`${at}.accessModes`, 'at least 1 access mode is required')
  validateAccessModes(accessModes, `${at}.accessModes`, errors)
  const storage = spec.resources?.requests?.['storage']
  if (storage === undefined) errors.required(`${at}.resources[storage]`)
  else if (amountOf(storage).nanos <= 0n) {
    errors.invalid(`${at}.resources[storage]`, formatQuantity(amountOf(storage)), 'must be greater than zero')
  }
  if (storageClassName !== '') {
    errors.invalids(`${at}.storageClassName`, storageClassName, isDNS1123Subdomain(storageClassName))
  }
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.unsupported(`${at}.volumeMode`, volumeMode, VOLUME_MODES)
  }
  validateSource(spec.dataSource, `${at}.dataSource`, errors)
  validateSource(spec.dataSourceRef, `${at}.dataSourceRef`, errors)
  if (spec.dataSourceRef?.namespace !== undefined && spec.dataSourceRef.namespace !== '') {
    if (spec.dataSource !== undefined) {
      const words = 'may not be specified when dataSourceRef.namespace is specified'
      errors.invalid(`${at}.dataSource`, spec.dataSource, words)
    }
  } else if (spec.dataSource !== undefined && spec.dataSourceRef !== undefined) {
    if (!isSame(spec.dataSource, spec.dataSourceRef)) errors.invalid(at, '', 'must match dataSourceRef')
  }
  if (volumeAttributesClassName !== '') {
    const problems = isDNS1123Subdomain(volumeAttributesClassName)
    errors.invalids(`${at}.volumeAttributesClassName`, volumeAttributesClassName, problems)
  }
}

function validateSource(source: Draft<PersistentVolumeClaimSpec>['dataSource'], at: string, errors: FieldErrors): void {
  if (source === undefined) return
  const { name = '', kind = '', apiGroup = '' } = source
  if (name === '') errors.required(`${at}.name`)
  if (kind === '') errors.required(`${at}.kind`)
  if (apiGroup === '') {
    if (kind !== 'PersistentVolumeClaim') {
      errors.invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    }
  } else errors.invalids(`${at}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup))
}

/** A claim that is bound may grow; one that is not yet bound may be given its volume and its class, once. */
export function validatePersistentVolumeClaimUpdate(
  next: Draft<PersistentVolumeClaim>,
  before: Draft<PersistentVolumeClaim>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validatePersistentVolumeClaim(next, errors)
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  const kept = comparable(before, old, spec.volumeName)
  const wanted = comparable(next, old)
  if (!isSame(wanted, kept)) {
    errors.forbidden('spec', `${SPEC_IS_IMMUTABLE}\n${internalDiff('core/v1.PersistentVolumeClaimSpec', kept, wanted)}`)
  }
  const size = spec.resources?.requests?.['storage'] ?? '0'
  const reached = before.status?.capacity?.['storage'] ?? '0'
  if (compareQuantities(size, old.resources?.requests?.['storage'] ?? '0') < 0) {
    if (compareQuantities(size, reached) <= 0) {
      errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')
    }
  }
  validateImmutable(spec.volumeMode, old.volumeMode, 'volumeMode', errors)
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    errors.forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')
  }
}

/** A spec with what may change replaced by what it was. */
function comparable(
  claim: Draft<PersistentVolumeClaim>,
  old: Draft<PersistentVolumeClaimSpec>,
  volumeName: string | undefined = claim.spec?.volumeName,
): Draft<PersistentVolumeClaimSpec> {
  const spec = claim.spec ?? {}
  const wasBound = (old.volumeName ?? '') !== ''
  const isBound = claim.status?.phase === 'Bound'
  const mayHaveClass =
    old.storageClassName === undefined && claim.metadata?.annotations?.[CLASS_ANNOTATION] === undefined
  const requests = isBound
    ? { ...spec.resources?.requests, storage: old.resources?.requests?.['storage'] ?? '0' }
    : spec.resources?.requests
  return {
    ...spec,
    ...(wasBound ? {} : { volumeName }),
    ...(mayHaveClass ? { storageClassName: undefined } : {}),
    ...(requests === undefined ? {} : { resources: { ...spec.resources, requests } }),
    volumeAttributesClassName: isBound ? old.volumeAttributesClassName : spec.volumeAttributesClassName,
  }
}

export function validatePersistentVolumeClaimStatusUpdate(
  next: Draft<PersistentVolumeClaim>,
  before: Draft<PersistentVolumeClaim>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const { accessModes = [], capacity } = next.status ?? {}
  if (accessModes.length === 0 && next.status?.phase === 'Bound' && before.status?.phase !== 'Bound') return
  for (const [name, text] of Object.entries(capacity ?? {})) {
    const amount = amountOf(text ?? '0')
    if (amount.nanos < 0n) {
      errors.invalid(`capacity[${name}]`, formatQuantity(amount), 'must be a valid resource quantity')
    }
  }
}
