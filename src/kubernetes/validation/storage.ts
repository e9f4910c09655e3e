/**
 * Classes of storage, and what drivers register.
 *
 * Source: pkg/apis/storage/validation/validation.go (v1.36).
 */
import type {
  CSIDriver,
  CSINode,
  CSINodeDriver,
  CSIStorageCapacity,
  StorageClass,
  TopologySelectorTerm,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../types/storage.ts'
import type { Labels } from '../types/meta.ts'
import type { Draft } from '../draft.ts'
import { amountOf, formatQuantity } from '../quantity.ts'
import { byteLength, isDNS1123Subdomain, isLabelKey } from '../syntax.ts'
import { IMMUTABLE, NOT_NEGATIVE, Shown, type FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { validateLabelName, validateLabelSelector } from './labels.ts'
import { pathSegmentName, subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateDriverName } from './persistent-volumes.ts'

const CLUSTER_SCOPED = { namespaced: false, name: subdomainName }
const MAX_PARAMETERS = 512
const PARAMETERS_MAX_BYTES = 256 * 1024
const NODE_ID_MAX_BYTES = 256
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral']
const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const TOKEN_MIN_SECONDS = 600
const TOKEN_MAX_SECONDS = 0x1_0000_0000
const UPDATE_PERIOD_MIN_SECONDS = 10

export function validateStorageClass(storageClass: Draft<StorageClass>, errors: FieldErrors): void {
  validateMetadata(storageClass.metadata, CLUSTER_SCOPED, errors)
  validateProvisioner(storageClass.provisioner ?? '', 'provisioner', errors)
  validateParameters(storageClass.parameters, errors)
  const { reclaimPolicy, volumeBindingMode } = storageClass
  if (reclaimPolicy !== undefined) {
    const policies = ['Delete', 'Retain']
    if (!policies.includes(reclaimPolicy)) errors.unsupported('reclaimPolicy', reclaimPolicy, policies)
  }
  if (volumeBindingMode === undefined) errors.required('volumeBindingMode')
  else errors.oneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'])
  validateTopologies(storageClass.allowedTopologies, errors)
}

function validateProvisioner(name: string, at: string, errors: FieldErrors): void {
  if (name === '') errors.required(at)
  else errors.invalids(at, name, isLabelKey(name.toLowerCase()))
}

function validateParameters(parameters: Draft<Labels> | undefined, errors: FieldErrors): void {
  const entries = Object.entries(parameters ?? {})
  if (entries.length > MAX_PARAMETERS) errors.tooLong('parameters', MAX_PARAMETERS)
  let size = 0
  for (const [key, value] of entries) {
    if (key === '') errors.invalid('parameters', key, 'field can not be empty.')
    size += byteLength(key) + byteLength(value ?? '')
  }
  if (size > PARAMETERS_MAX_BYTES) errors.tooLong('parameters', PARAMETERS_MAX_BYTES)
}

function validateTopologies(terms: readonly Draft<TopologySelectorTerm>[] | undefined, errors: FieldErrors): void {
  for (const [i, { matchLabelExpressions = [] }] of (terms ?? []).entries()) {
    const at = `allowedTopologies[${i}].matchLabelExpressions`
    const keys = new Set<string>()
    for (const [j, { key = '', values = [] }] of matchLabelExpressions.entries()) {
      if (values.length === 0) errors.required(`${at}[${j}].values`)
      for (const [k, value] of values.entries()) {
        if (values.indexOf(value) < k) errors.duplicate(`${at}[${j}].values[${k}]`, value)
      }
      validateLabelName(key, `${at}[${j}].key`, errors)
      if (keys.has(key)) errors.duplicate(`${at}[${j}].key`, key)
      keys.add(key)
    }
    const firstAlike = (terms ?? []).findIndex((other) => isSame(other.matchLabelExpressions, matchLabelExpressions))
    if (firstAlike < i) errors.duplicate(at, '')
  }
}

/** Only whether volumes may grow, and where they may be, changes. */
export function validateStorageClassUpdate(
  next: Draft<StorageClass>,
  before: Draft<StorageClass>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateImmutable(next.parameters, before.parameters, 'parameters', errors)
  validateImmutable(next.provisioner, before.provisioner, 'provisioner', errors)
  validateImmutable(next.reclaimPolicy, before.reclaimPolicy, 'reclaimPolicy', errors)
  validateImmutable(next.volumeBindingMode, before.volumeBindingMode, 'volumeBindingMode', errors)
}

export function validateVolumeAttributesClass(one: Draft<VolumeAttributesClass>, errors: FieldErrors): void {
  validateMetadata(one.metadata, CLUSTER_SCOPED, errors)
  validateProvisioner(one.driverName ?? '', 'driverName', errors)
  if (Object.keys(one.parameters ?? {}).length === 0) {
    errors.required('parameters', 'must contain at least one key/value pair')
  } else validateParameters(one.parameters, errors)
}

export function validateVolumeAttributesClassUpdate(
  next: Draft<VolumeAttributesClass>,
  before: Draft<VolumeAttributesClass>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateImmutable(next.driverName, before.driverName, 'driverName', errors)
  validateImmutable(next.parameters, before.parameters, 'parameters', errors)
}

export function validateCSINode(node: Draft<CSINode>, errors: FieldErrors): void {
  validateMetadata(node.metadata, CLUSTER_SCOPED, errors)
  const names = new Set<string>()
  for (const [i, driver] of (node.spec?.drivers ?? []).entries()) {
    const at = `spec.drivers[${i}]`
    const { name = '', nodeID = '' } = driver
    validateDriverName(name, `${at}.name`, errors)
    if (nodeID === '') errors.required(`${at}.nodeID`)
    if (byteLength(nodeID) > NODE_ID_MAX_BYTES) {
      errors.invalid(`${at}.nodeID`, nodeID, `must be ${NODE_ID_MAX_BYTES} characters or less`)
    }
    errors.nonnegative(`${at}.allocatable.count`, driver.allocatable?.count)
    if (names.has(name)) errors.duplicate(`${at}.name`, name)
    names.add(name)
    validateTopologyKeys(driver.topologyKeys ?? [], `${at}.topologyKeys`, errors)
  }
}

function validateTopologyKeys(keys: readonly string[], at: string, errors: FieldErrors): void {
  for (const [i, key] of keys.entries()) {
    if (key === '') errors.required(at)
    if (keys.indexOf(key) < i) errors.duplicate(at, key)
    errors.invalids(at, keys, isLabelKey(key))
  }
}

/** A driver that is registered changes only in how many volumes it can attach. */
export function validateCSINodeUpdate(next: Draft<CSINode>, before: Draft<CSINode>, errors: FieldErrors): void {
  validateCSINode(next, errors)
  const uncounted = (driver: Draft<CSINodeDriver>): Draft<CSINodeDriver> => ({ ...driver, allocatable: undefined })
  for (const old of before.spec?.drivers ?? []) {
    const driver = next.spec?.drivers?.find(({ name }) => name === old.name)
    if (driver === undefined || isSame(uncounted(driver), uncounted(old))) continue
    const count = driver.allocatable?.count
    const shown = {
      Name: driver.name ?? '',
      NodeID: driver.nodeID ?? '',
      TopologyKeys: driver.topologyKeys ?? null,
      Allocatable: driver.allocatable === undefined ? null : { Count: count ?? null },
    }
    errors.invalid('CSINodeDriver', new Shown(JSON.stringify(shown)), IMMUTABLE)
  }
}

export function validateCSIDriver(driver: Draft<CSIDriver>, errors: FieldErrors): void {
  const found = errors.list.length
  validateDriverName(driver.metadata?.name ?? '', 'name', errors)
  validateCSIDriverSpec(driver.spec ?? {}, errors)
  // The kind looks at its name only; the rest of its metadata has the checks that every kind has, after its own.
  if (errors.list.length === found)
    validateMetadata(driver.metadata, { namespaced: false, name: pathSegmentName }, errors)
}

function validateCSIDriverSpec(spec: Draft<CSIDriver['spec']>, errors: FieldErrors): void {
  if (spec.attachRequired === undefined) errors.required('spec.attachedRequired')
  if (spec.podInfoOnMount === undefined) errors.required('spec.podInfoOnMount')
  if (spec.storageCapacity === undefined) errors.required('spec.storageCapacity')
  const { fsGroupPolicy, tokenRequests = [], nodeAllocatableUpdatePeriodSeconds: period } = spec
  if (fsGroupPolicy === undefined) errors.required('spec.fsGroupPolicy')
  else if (!FS_GROUP_POLICIES.includes(fsGroupPolicy)) {
    errors.unsupported('spec.fsGroupPolicy', fsGroupPolicy, FS_GROUP_POLICIES)
  }
  const audiences = new Set<string>()
  for (const [i, { audience = '', expirationSeconds: seconds }] of tokenRequests.entries()) {
    const at = `spec.tokenRequests[${i}]`
    if (audiences.has(audience)) errors.duplicate(`${at}.audience`, audience)
    audiences.add(audience)
    if (seconds === undefined) continue
    if (seconds < TOKEN_MIN_SECONDS) {
      errors.invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')
    }
    if (seconds > TOKEN_MAX_SECONDS) {
      errors.invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')
    }
  }
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!LIFECYCLE_MODES.includes(mode)) errors.unsupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES)
  }
  if (spec.seLinuxMount === undefined) errors.required('spec.seLinuxMount', '')
  if (period !== undefined && period < UPDATE_PERIOD_MIN_SECONDS) {
    const words = `must be greater than or equal to ${UPDATE_PERIOD_MIN_SECONDS} seconds`
    errors.invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, words)
  }
}

export function validateCSIDriverUpdate(next: Draft<CSIDriver>, before: Draft<CSIDriver>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  validateImmutable(spec.attachRequired, old.attachRequired, 'spec.attachedRequired', errors)
  validateImmutable(spec.fsGroupPolicy, old.fsGroupPolicy, 'spec.fsGroupPolicy', errors)
  validateImmutable(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes', errors)
  validateCSIDriverSpec(spec, errors)
}

export function validateCSIStorageCapacity(capacity: Draft<CSIStorageCapacity>, errors: FieldErrors): void {
  validateMetadata(capacity.metadata, { namespaced: true, name: subdomainName }, errors)
  validateLabelSelector(capacity.nodeTopology, 'nodeTopology', errors)
  const { storageClassName = '' } = capacity
  errors.invalids('storageClassName', storageClassName, isDNS1123Subdomain(storageClassName))
  for (const field of ['capacity', 'maximumVolumeSize'] as const) {
    const amount = amountOf(capacity[field] ?? '0')
    if (amount.nanos < 0n) errors.invalid(field, formatQuantity(amount), NOT_NEGATIVE)
  }
}

export function validateCSIStorageCapacityUpdate(
  next: Draft<CSIStorageCapacity>,
  before: Draft<CSIStorageCapacity>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateImmutable(next.nodeTopology, before.nodeTopology, 'nodeTopology', errors)
  validateImmutable(next.storageClassName, before.storageClassName, 'storageClassName', errors)
}

export function validateVolumeAttachment(attachment: Draft<VolumeAttachment>, errors: FieldErrors): void {
  validateMetadata(attachment.metadata, CLUSTER_SCOPED, errors)
  const { attacher = '', nodeName = '', source = {} } = attachment.spec ?? {}
  validateDriverName(attacher, 'spec.attacher', errors)
  const { persistentVolumeName, inlineVolumeSpec } = source
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (persistentVolumeName === undefined && inlineVolumeSpec === undefined) errors.required('spec.source', one)
  else if (persistentVolumeName !== undefined && inlineVolumeSpec !== undefined) errors.forbidden('spec.source', one)
  else if (persistentVolumeName === '') errors.required('spec.source.persistentVolumeName')
  errors.invalids('spec.nodeName', nodeName, isDNS1123Subdomain(nodeName))
}

export function validateVolumeAttachmentUpdate(
  next: Draft<VolumeAttachment>,
  before: Draft<VolumeAttachment>,
  errors: FieldErrors,
): void {
  validateVolumeAttachment(next, errors)
  if (isSame(next.spec, before.spec)) return
  const { attacher = '', nodeName = '', source } = next.spec ?? {}
  const shown = {
    Attacher: attacher,
    Source: { PersistentVolumeName: source?.persistentVolumeName ?? null, InlineVolumeSpec: null },
    NodeName: nodeName,
  }
  errors.invalid('spec', new Shown(JSON.stringify(shown)), IMMUTABLE)
}
