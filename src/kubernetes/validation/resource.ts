/**
 * Claims for devices, and what drivers tell of devices.
 *
 * Source: pkg/apis/resource/validation/validation.go (v1.36).
 * Abridged: of a slice's devices only their names, taints and number are checked.
 */
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from '../types/resource.ts'
import type { Draft } from '../draft.ts'
import { byteLength, isDNS1123Label, isDNS1123Subdomain, isLabelKey } from '../syntax.ts'
import { shownDevices, validateDeviceClaim, validateNamed, validateSelectors } from './devices.ts'
import type { FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { validateLabels } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const MOST_DEVICES = 128
const MOST_RESERVED = 256
const POOL_NAME_MAX_BYTES = 253
const DRIVER_NAME_MAX_BYTES = 63
const CONFIGURATIONS_MOST = 32
const ONE_SELECTION = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

export function validateResourceClaim(claim: Draft<ResourceClaim>, errors: FieldErrors): void {
  validateMetadata(claim.metadata, { namespaced: true, name: subdomainName }, errors)
  validateDeviceClaim(claim.spec?.devices ?? {}, 'spec.devices', errors)
}

export function validateResourceClaimUpdate(
  next: Draft<ResourceClaim>,
  before: Draft<ResourceClaim>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if (!isSame(next.spec, before.spec)) {
    validateImmutable(next.spec, before.spec, 'spec', errors, shownDevices(next.spec?.devices ?? {}))
  }
}

export function validateResourceClaimStatusUpdate(
  next: Draft<ResourceClaim>,
  before: Draft<ResourceClaim>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const { reservedFor = [], allocation } = next.status ?? {}
  const old = before.status ?? {}
  const at = 'status.reservedFor'
  if (reservedFor.length > MOST_RESERVED) errors.tooMany(at, reservedFor.length, MOST_RESERVED)
  for (const [i, { resource = '', name = '', uid = '' }] of reservedFor.entries()) {
    if (resource === '') errors.required(`${at}[${i}].resource`)
    if (name === '') errors.required(`${at}[${i}].name`)
    if (uid === '') errors.required(`${at}[${i}].uid`)
    if (reservedFor.findIndex((other) => other.uid === uid) < i) errors.duplicate(`${at}[${i}].uid`, uid)
  }
  if (reservedFor.length > 0) {
    if (allocation === undefined) errors.forbidden(at, 'may not be specified when `allocated` is not set')
    const added = reservedFor.some(({ uid }) => old.reservedFor?.some((known) => known.uid === uid) !== true)
    if (added && next.metadata?.deletionTimestamp !== undefined) {
      const words = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'
      errors.forbidden(at, words)
    }
  }
  if (old.allocation !== undefined && allocation !== undefined) {
    validateImmutable(allocation, old.allocation, 'status.allocation', errors)
  }
}

export function validateResourceClaimTemplate(template: Draft<ResourceClaimTemplate>, errors: FieldErrors): void {
  validateMetadata(template.metadata, { namespaced: true, name: subdomainName }, errors)
  validateLabels(template.spec?.metadata?.labels, 'spec.labels', errors)
  validateDeviceClaim(template.spec?.spec?.devices ?? {}, 'spec.spec.devices', errors)
}

export function validateResourceClaimTemplateUpdate(
  next: Draft<ResourceClaimTemplate>,
  before: Draft<ResourceClaimTemplate>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateImmutable(next.spec, before.spec, 'spec', errors)
}

export function validateDeviceClass(deviceClass: Draft<DeviceClass>, errors: FieldErrors): void {
  validateMetadata(deviceClass.metadata, { namespaced: false, name: subdomainName }, errors)
  const { selectors, config = [], extendedResourceName } = deviceClass.spec ?? {}
  validateSelectors(selectors, 'spec.selectors', errors)
  if (config.length > CONFIGURATIONS_MOST) errors.tooMany('spec.config', config.length, CONFIGURATIONS_MOST)
  for (const [i, { opaque }] of config.entries()) {
    if (opaque === undefined) errors.required(`spec.config[${i}].opaque`)
    else validateDriver(opaque.driver ?? '', `spec.config[${i}].opaque.driver`, errors)
  }
  if (extendedResourceName !== undefined) {
    errors.invalids('spec.extendedResourceName', extendedResourceName, isLabelKey(extendedResourceName))
  }
}

export function validateDeviceClassUpdate(
  next: Draft<DeviceClass>,
  before: Draft<DeviceClass>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateDeviceClass(next, errors)
}

function validateDriver(name: string, at: string, errors: FieldErrors): void {
  if (name === '') return errors.required(at)
  if (byteLength(name) > DRIVER_NAME_MAX_BYTES) errors.tooLong(at, DRIVER_NAME_MAX_BYTES)
  errors.invalids(at, name, isDNS1123Subdomain(name))
}

export function validateResourceSlice(slice: Draft<ResourceSlice>, errors: FieldErrors): void {
  validateMetadata(slice.metadata, { namespaced: false, name: subdomainName }, errors)
  const { driver = '', pool = {}, devices = [] } = slice.spec ?? {}
  validateDriver(driver, 'spec.driver', errors)
  validatePool(pool, errors)
  validateSelection(slice.spec ?? {}, errors)
  validateNamed(devices, MOST_DEVICES, 'spec.devices', errors, ({ name = '', taints = [] }, at) => {
    errors.invalids(`${at}.name`, name, isDNS1123Label(name))
    for (const [i, { key = '', effect }] of taints.entries()) {
      if (key === '') errors.required(`${at}.taints[${i}].key`)
      else errors.invalids(`${at}.taints[${i}].key`, key, isLabelKey(key))
      errors.oneOf(`${at}.taints[${i}].effect`, effect, ['NoExecute', 'NoSchedule', 'None'])
    }
  })
}

function validatePool(pool: Draft<ResourceSlice['spec']['pool']>, errors: FieldErrors): void {
  const { name = '', generation = 0, resourceSliceCount = 0 } = pool
  if (name === '') errors.required('spec.pool.name')
  else {
    if (byteLength(name) > POOL_NAME_MAX_BYTES) errors.tooLong('spec.pool.name', POOL_NAME_MAX_BYTES)
    for (const part of name.split('/')) errors.invalids('spec.pool.name', part, isDNS1123Subdomain(part))
  }
  if (resourceSliceCount <= 0) {
    errors.invalid('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero')
  }
  if (generation < 0) errors.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero')
}

/** Devices are on one node, on some, on all, or each says where it is. */
function validateSelection(spec: Draft<ResourceSlice['spec']>, errors: FieldErrors): void {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec
  const given: string[] = []
  if (nodeName !== undefined) {
    given.push('nodeName')
    if (nodeName === '') errors.invalid('spec.nodeName', nodeName, 'must be either unset or set to a non-empty string')
    else errors.invalids('spec.nodeName', nodeName, isDNS1123Subdomain(nodeName))
  }
  if (nodeSelector !== undefined) given.push('nodeSelector')
  if (allNodes === true) given.push('allNodes')
  if (perDeviceNodeSelection === true) given.push('perDeviceNodeSelection')
  if (given.length === 0) errors.required('spec', ONE_SELECTION)
  else if (given.length > 1) errors.invalid('spec', `{${given.map((one) => `\`${one}\``).join(', ')}}`, ONE_SELECTION)
}

export function validateResourceSliceUpdate(
  next: Draft<ResourceSlice>,
  before: Draft<ResourceSlice>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateResourceSlice(next, errors)
  validateImmutable(next.spec?.driver, before.spec?.driver, 'spec.driver', errors)
  validateImmutable(next.spec?.pool?.name, before.spec?.pool?.name, 'spec.pool.name', errors)
  validateImmutable(next.spec?.nodeName, before.spec?.nodeName, 'spec.nodeName', errors)
}
