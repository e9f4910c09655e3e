/**
 * ConfigMaps, Secrets and ServiceAccounts.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateConfigMap and ValidateSecret (v1.36).
 */
import type { ConfigMap, Secret, ServiceAccount } from '../types/core.ts'
import type { Draft } from '../draft.ts'
import { fromBase64 } from '../base64.ts'
import { goJsonProblem } from '../go-json.ts'
import { sameJson } from '../hash.ts'
import { goKind, isObject } from '../patch/json.ts'
import { byteLength, isConfigMapKey } from '../syntax.ts'
import { IMMUTABLE, type FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const RULES = { namespaced: true, name: subdomainName }
const MAX_BYTES = 1024 * 1024
const FROZEN = 'field is immutable when `immutable` is set'

export function validateConfigMap(configMap: Draft<ConfigMap>, errors: FieldErrors): void {
  validateMetadata(configMap.metadata, RULES, errors)
  const { data = {}, binaryData = {} } = configMap
  let size = 0
  for (const [key, text] of Object.entries(data)) {
    errors.invalids(`data[${key}]`, key, isConfigMapKey(key))
    if (binaryData[key] !== undefined) errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')
    size += byteLength(text ?? '')
  }
  for (const [key, base64] of Object.entries(binaryData)) {
    errors.invalids(`binaryData[${key}]`, key, isConfigMapKey(key))
    size += decodedLength(base64 ?? '')
  }
  // Upstream names no field for the whole.
  if (size > MAX_BYTES) errors.tooLong('[]', MAX_BYTES)
}

const decodedLength = (base64: string): number => (base64.length / 4) * 3 - (/=*$/.exec(base64)?.[0].length ?? 0)

export function validateConfigMapUpdate(next: Draft<ConfigMap>, before: Draft<ConfigMap>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if (before.immutable === true) {
    if (next.immutable !== true) errors.forbidden('immutable', FROZEN)
    if (!sameJson(next.data ?? {}, before.data ?? {})) errors.forbidden('data', FROZEN)
    if (!sameJson(next.binaryData ?? {}, before.binaryData ?? {})) errors.forbidden('binaryData', FROZEN)
  }
  validateConfigMap(next, errors)
}

/** Keys that a type of Secret must have; one of them suffices where `any` is set. */
const REQUIRED_KEYS: ReadonlyMap<string, { readonly keys: readonly string[]; readonly any?: true }> = new Map([
  ['kubernetes.io/dockercfg', { keys: ['.dockercfg'] }],
  ['kubernetes.io/dockerconfigjson', { keys: ['.dockerconfigjson'] }],
  ['kubernetes.io/basic-auth', { keys: ['username', 'password'], any: true }],
  ['kubernetes.io/ssh-auth', { keys: ['ssh-privatekey'] }],
  ['kubernetes.io/tls', { keys: ['tls.crt', 'tls.key'] }],
])
const JSON_KEYS: ReadonlySet<string> = new Set(['.dockercfg', '.dockerconfigjson'])
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'

export function validateSecret(secret: Draft<Secret>, errors: FieldErrors): void {
  validateMetadata(secret.metadata, RULES, errors)
  const { data = {}, type = '' } = secret
  let size = 0
  for (const [key, base64] of Object.entries(data)) {
    errors.invalids(`data[${key}]`, key, isConfigMapKey(key))
    size += decodedLength(base64 ?? '')
  }
  if (size > MAX_BYTES) errors.tooLong('data', MAX_BYTES)
  if (type === 'kubernetes.io/service-account-token') {
    if ((secret.metadata?.annotations?.[ACCOUNT_NAME] ?? '') === '') {
      errors.required(`metadata.annotations[${ACCOUNT_NAME}]`)
    }
    return
  }
  const rule = REQUIRED_KEYS.get(type)
  if (rule === undefined) return
  if (rule.any === true && rule.keys.some((key) => data[key] !== undefined)) return
  for (const key of rule.keys) {
    if (data[key] === undefined) errors.required(`data[${key}]`)
    else if (JSON_KEYS.has(key)) validateJson(data[key], `data[${key}]`, errors)
  }
}

/** What Go cannot unmarshal into a map is told in its words. */
function validateJson(base64: string, at: string, errors: FieldErrors): void {
  const problem = objectProblem(fromBase64(base64))
  if (problem !== undefined) errors.invalid(at, '<secret contents redacted>', problem)
}

const objectProblem = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || isObject(value)) return undefined
    return `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`
  } catch {
    return goJsonProblem(text)
  }
}

export function validateSecretUpdate(next: Draft<Secret>, before: Draft<Secret>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if (next.type !== before.type) errors.invalid('type', next.type ?? '', IMMUTABLE)
  if (before.immutable === true) {
    if (next.immutable !== true) errors.forbidden('immutable', FROZEN)
    if (!sameJson(next.data ?? {}, before.data ?? {})) errors.forbidden('data', FROZEN)
  }
  validateSecret(next, errors)
}

export function validateServiceAccount(account: Draft<ServiceAccount>, errors: FieldErrors): void {
  validateMetadata(account.metadata, RULES, errors)
}

export function validateServiceAccountUpdate(
  next: Draft<ServiceAccount>,
  before: Draft<ServiceAccount>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateServiceAccount(next, errors)
}
