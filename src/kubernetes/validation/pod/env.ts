/**
 * A container's environment.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateEnv and ValidateEnvFrom (v1.36).
 */
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  KeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../../types/container.ts'
import type { Draft } from '../../draft.ts'
import { isConfigMapKey, isDNS1123Subdomain, isEnvVarName, isLabelKey } from '../../syntax.ts'
import { type FieldErrors } from '../field-error.ts'

/** What the downward API can show as a variable, sorted. */
export const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** What it can show as a file, sorted. */
export const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
/** Fields that have a name for the downward API at all. Source: pkg/apis/core/pods/helpers.go. */
const CONVERTIBLE: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
])
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

export function validateEnv(env: readonly Draft<EnvVar>[] | undefined, at: string, errors: FieldErrors): void {
  for (const [i, { name = '', value = '', valueFrom }] of (env ?? []).entries()) {
    const here = `${at}[${i}]`
    if (name === '') errors.required(`${here}.name`)
    else errors.invalids(`${here}.name`, name, isEnvVarName(name))
    if (valueFrom !== undefined) validateValueFrom(valueFrom, value, `${here}.valueFrom`, errors)
  }
}

function validateValueFrom(source: Draft<EnvVarSource>, value: string, at: string, errors: FieldErrors): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  if (fieldRef !== undefined) validateFieldRef(fieldRef, ENV_FIELDS, `${at}.fieldRef`, errors)
  if (resourceFieldRef !== undefined) validateResourceRef(resourceFieldRef, false, `${at}.resourceFieldRef`, errors)
  if (configMapKeyRef !== undefined) validateKeyRef(configMapKeyRef, `${at}.configMapKeyRef`, errors)
  if (secretKeyRef !== undefined) validateKeyRef(secretKeyRef, `${at}.secretKeyRef`, errors)
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef]
  const count = sources.filter((given) => given !== undefined).length
  if (count === 0) {
    const names = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    errors.invalid(at, '', `must specify one of: ${names}`)
  } else if (value !== '') errors.invalid(at, '', 'may not be specified when `value` is not empty')
  else if (count > 1) errors.invalid(at, '', 'may not have more than one field specified at a time')
}

export function validateFieldRef(
  { apiVersion = '', fieldPath = '' }: Draft<ObjectFieldSelector>,
  supported: readonly string[],
  at: string,
  errors: FieldErrors,
): void {
  if (apiVersion === '') return errors.required(`${at}.apiVersion`)
  if (fieldPath === '') return errors.required(`${at}.fieldPath`)
  const [, path = fieldPath, key] = /^(.*)\['(.*)'\]$/.exec(fieldPath) ?? []
  if (key !== undefined) {
    if (path === 'metadata.annotations') errors.invalids(at, key, isLabelKey(key.toLowerCase()))
    else if (path === 'metadata.labels') errors.invalids(at, key, isLabelKey(key))
    else errors.invalid(at, path, 'does not support subscript')
    return
  }
  if (!CONVERTIBLE.has(path)) {
    const words = `error converting fieldPath: field label not supported: ${fieldPath}`
    return errors.invalid(`${at}.fieldPath`, fieldPath, words)
  }
  if (!supported.includes(path)) errors.unsupported(`${at}.fieldPath`, fieldPath, supported)
}

export function validateResourceRef(
  { containerName = '', resource = '' }: Draft<ResourceFieldSelector>,
  inVolume: boolean,
  at: string,
  errors: FieldErrors,
): void {
  const isHugePages = /^(limits|requests)\.hugepages-/.test(resource)
  if (inVolume && containerName === '') errors.required(`${at}.containerName`)
  else if (resource === '') errors.required(`${at}.resource`)
  else if (!RESOURCES.includes(resource) && !isHugePages) errors.unsupported(`${at}.resource`, resource, RESOURCES)
}

function validateKeyRef({ name = '', key = '' }: Draft<KeySelector>, at: string, errors: FieldErrors): void {
  errors.invalids(`${at}.name`, name, isDNS1123Subdomain(name))
  if (key === '') errors.required(`${at}.key`)
  else errors.invalids(`${at}.key`, key, isConfigMapKey(key))
}

export function validateEnvFrom(
  sources: readonly Draft<EnvFromSource>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, { prefix = '', configMapRef, secretRef }] of (sources ?? []).entries()) {
    if (prefix !== '') errors.invalids(`${at}[${i}].prefix`, prefix, isEnvVarName(prefix))
    for (const [field, given] of Object.entries({ configMapRef, secretRef })) {
      if (given === undefined) continue
      const { name = '' } = given
      if (name === '') errors.required(`${at}[${i}].${field}.name`)
      else errors.invalids(`${at}[${i}].${field}.name`, name, isDNS1123Subdomain(name))
    }
    if (configMapRef === undefined && secretRef === undefined) {
      errors.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.invalid(at, '', 'may not have more than one field specified at a time')
    }
  }
}
