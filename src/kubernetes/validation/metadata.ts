/**
 * Metadata of every kind.
 *
 * Source: apimachinery/pkg/api/validation/objectmeta.go; pkg/apis/core/validation/validation.go (v1.36).
 */
import type { ObjectMeta, OwnerReference } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { byteLength, isDNS1035Label, isDNS1123Label, isDNS1123Subdomain, isLabelKey } from '../syntax.ts'
import { IMMUTABLE, goQuote, type FieldErrors } from './field-error.ts'
import { validateLabels } from './labels.ts'

/** What a kind's names may look like. */
export type NameRule = (name: string) => readonly string[]

export const subdomainName: NameRule = isDNS1123Subdomain
export const labelName: NameRule = isDNS1123Label
export const label1035Name: NameRule = isDNS1035Label
/** As roles have it: anything that can stand in a path. Source: apimachinery/pkg/api/validation/path/name.go. */
export const pathSegmentName: NameRule = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((mark) => name.includes(mark)).map((mark) => `may not contain '${mark}'`)
}

/** The base of a generated name may end in a hyphen. Source: apimachinery/pkg/api/validation/generic.go, maskTrailingDash. */
const maskTrailingDash = (base: string): string =>
  base.length > 1 && base.endsWith('-') ? `${base.slice(0, -2)}a` : base

const ANNOTATIONS_MAX_BYTES = 256 * 1024
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

export interface MetadataRules {
  readonly namespaced: boolean
  readonly name: NameRule
  /** Whether finalizers without a domain must be well-known ones; so for every built-in kind. */
  readonly checkFinalizerNames?: false
}

export function validateMetadata(meta: Draft<ObjectMeta> | undefined, rules: MetadataRules, errors: FieldErrors): void {
  const { name = '', namespace = '', generateName = '', generation, labels } = meta ?? {}
  if (generateName !== '') {
    errors.invalids('metadata.generateName', generateName, rules.name(maskTrailingDash(generateName)))
  }
  if (name === '') errors.required('metadata.name', 'name or generateName is required')
  else errors.invalids('metadata.name', name, rules.name(name))

  if (!rules.namespaced) {
    if (namespace !== '') errors.forbidden('metadata.namespace', 'not allowed on this type')
  } else if (namespace === '') errors.required('metadata.namespace')
  else errors.invalids('metadata.namespace', namespace, isDNS1123Label(namespace))

  errors.nonnegative('metadata.generation', generation)
  validateLabels(labels, 'metadata.labels', errors)
  validateAnnotations(meta?.annotations, 'metadata.annotations', errors)
  validateOwnerReferences(meta?.ownerReferences, errors)
  validateFinalizers(meta?.finalizers, errors)
  if (rules.checkFinalizerNames === false) return
  for (const [i, finalizer] of (meta?.finalizers ?? []).entries()) {
    validateFinalizerName(finalizer, `metadata.finalizers[${i}]`, errors)
  }
}

export function validateAnnotations(
  annotations: Draft<ObjectMeta['annotations']>,
  at: string,
  errors: FieldErrors,
): void {
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.invalids(at, key, isLabelKey(key.toLowerCase()))
    size += byteLength(key) + byteLength(value ?? '')
  }
  if (size > ANNOTATIONS_MAX_BYTES) errors.tooLong(at, ANNOTATIONS_MAX_BYTES)
}

function validateOwnerReferences(owners: readonly Draft<OwnerReference>[] | undefined, errors: FieldErrors): void {
  const at = 'metadata.ownerReferences'
  let first: string | undefined
  for (const { apiVersion = '', kind = '', name = '', uid = '', controller } of owners ?? []) {
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
    if (version === '') errors.invalid(`${at}.apiVersion`, apiVersion, 'version must not be empty')
    if (kind === '') errors.invalid(`${at}.kind`, kind, 'must not be empty')
    if (name === '') errors.invalid(`${at}.name`, name, 'must not be empty')
    if (uid === '') errors.invalid(`${at}.uid`, uid, 'must not be empty')
    if (apiVersion === 'v1' && kind === 'Event') {
      errors.invalid(at, owners, '/v1, Kind=Event is disallowed from being an owner')
    }
    if (controller !== true) continue
    const current = `${kind}/${name}`
    if (first !== undefined) {
      const words = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${current}`
      errors.invalid(at, owners, words)
    }
    first ??= current
  }
}

function validateFinalizers(finalizers: readonly string[] | undefined, errors: FieldErrors): void {
  const at = 'metadata.finalizers'
  for (const finalizer of finalizers ?? []) errors.invalids(at, finalizer, isLabelKey(finalizer))
  if (finalizers?.includes('orphan') === true && finalizers.includes('foregroundDeletion')) {
    errors.invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')
  }
}

/** Only the well-known ones do without a domain. Source: core/validation.go, validateKubeFinalizerName. */
export function validateFinalizerName(finalizer: string, at: string, errors: FieldErrors): void {
  if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
    errors.invalid(at, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')
  }
}

/** What may not change, once written. Source: objectmeta.go, ValidateObjectMetaAccessorUpdate. */
const IMMUTABLE_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

export function validateMetadataUpdate(
  next: Draft<ObjectMeta> | undefined,
  before: Draft<ObjectMeta> | undefined,
  errors: FieldErrors,
): void {
  if (before?.deletionTimestamp !== undefined) {
    const added = (next?.finalizers ?? []).filter((finalizer) => before.finalizers?.includes(finalizer) !== true)
    if (added.length > 0) {
      const list = `[]string{${[...added].sort().map(goQuote).join(', ')}}`
      const words = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
      errors.forbidden('metadata.finalizers', words)
    }
  }
  if ((next?.resourceVersion ?? '') === '') {
    errors.invalid('metadata.resourceVersion', '', 'must be specified for an update')
  }
  if ((next?.generation ?? 0) < (before?.generation ?? 0)) {
    errors.invalid('metadata.generation', next?.generation ?? 0, 'must not be decremented')
  }
  for (const field of IMMUTABLE_FIELDS) {
    if (next?.[field] !== before?.[field]) errors.invalid(`metadata.${field}`, next?.[field], IMMUTABLE)
  }
  validateLabels(next?.labels, 'metadata.labels', errors)
  validateAnnotations(next?.annotations, 'metadata.annotations', errors)
  validateOwnerReferences(next?.ownerReferences, errors)
}
