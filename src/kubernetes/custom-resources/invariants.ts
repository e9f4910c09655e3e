/** What must hold of lists and embedded objects beyond their schema. */
import { canonicalJson } from '../hash.ts'
import { FieldErrors } from '../validation/field-error.ts'
import { pathSegmentName, validateMetadata } from '../validation/metadata.ts'
import { isJsonObject, memberSchema, type JsonObject, type Schema } from './schema.ts'

/**
 * Sets have no item twice, maps no key, and embedded objects have metadata as others do.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go, schema/objectmeta/validation.go (v1.36).
 */
export function validateInvariants(value: unknown, schema: Schema, errors: FieldErrors): void {
  validateEmbedded(value, schema, '', errors)
  validateLists(value, schema, '', errors)
}

function validateLists(value: unknown, schema: Schema, at: string, errors: FieldErrors): void {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type']
    if (type === 'set') uniqueBy(value, (item) => item, at, errors)
    if (type === 'map') uniqueBy(value, (item) => keysOf(item, schema), at, errors)
    const { items } = schema
    if (items === undefined) return
    for (const [i, item] of (value as readonly unknown[]).entries()) validateLists(item, items, `${at}[${i}]`, errors)
  } else eachMember(value, schema, at, (member, inside, path) => validateLists(member, inside, path, errors))
}

function uniqueBy(
  items: readonly unknown[],
  identity: (item: unknown) => unknown,
  at: string,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  for (const [i, item] of items.entries()) {
    const own = identity(item)
    const text = canonicalJson(own)
    if (seen.has(text)) errors.duplicate(`${at}[${i}]`, own)
    seen.add(text)
  }
}

const keysOf = (item: unknown, schema: Schema): JsonObject => {
  const object = isJsonObject(item) ? item : {}
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).filter((key) => object[key] !== undefined)
  return Object.fromEntries(keys.map((key) => [key, object[key]]))
}

function validateEmbedded(value: unknown, schema: Schema, at: string, errors: FieldErrors): void {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return
    for (const [i, item] of (value as readonly unknown[]).entries())
      validateEmbedded(item, items, `${at}[${i}]`, errors)
    return
  }
  if (at !== '' && schema['x-kubernetes-embedded-resource'] === true && isJsonObject(value)) {
    const { metadata } = value
    if (isJsonObject(metadata)) validateEmbeddedMetadata(metadata, `${at}.metadata`, errors)
  }
  eachMember(value, schema, at, (member, inside, path) => validateEmbedded(member, inside, path, errors))
}

/** Names and namespaces may be missing: who reads the embedded object may give them. */
function validateEmbeddedMetadata(metadata: JsonObject, at: string, errors: FieldErrors): void {
  const own = new FieldErrors()
  const namespaced = metadata['namespace'] !== undefined
  validateMetadata(metadata, { namespaced, name: pathSegmentName, checkFinalizerNames: false }, own)
  for (const error of own.list) {
    if (error.type !== 'Required value') errors.list.push({ ...error, field: error.field.replace(/^metadata/, at) })
  }
}

function eachMember(
  value: unknown,
  schema: Schema,
  at: string,
  visit: (member: unknown, schema: Schema, at: string) => void,
): void {
  if (!isJsonObject(value)) return
  for (const name of Object.keys(value)) {
    const inside = memberSchema(schema, name)
    if (inside !== undefined) visit(value[name], inside, at === '' ? name : `${at}.${name}`)
  }
}
