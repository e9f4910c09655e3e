/**
 * Whether a schema is a structural one: what there is stands outside of what is only a condition.
 *
 * Source: apiextensions-apiserver/pkg/apiserver/schema/validation.go, ValidateStructural (v1.36).
 * Abridged: that conditions speak of no field that is not there is not looked at.
 */
import { sameJson } from '../hash.ts'
import { compileRegex } from '../regex.ts'
import { FieldErrors, formatFieldError, type FieldError } from '../validation/field-error.ts'
import { isJsonObject, type Schema } from './schema.ts'

type Level = 'root' | 'item' | 'field'

const NO_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** In the order of their texts. */
export function structureErrors(schema: Schema, at: string): readonly FieldError[] {
  const errors = new FieldErrors()
  check(schema, 'root', at, errors)
  const key = formatFieldError
  return errors.list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

const keepsUnknown = (schema: Schema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true
const isIntOrString = (schema: Schema): boolean => schema['x-kubernetes-int-or-string'] === true
const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true

function check(schema: Schema, level: Level, at: string, errors: FieldErrors): void {
  const { type = '', items, properties = {}, additionalProperties } = schema
  if (type === 'array' && items === undefined) errors.required(`${at}.items`, 'must be specified')
  if (items !== undefined) check(items, 'item', `${at}.items`, errors)
  for (const [name, property] of Object.entries(properties)) {
    check(property, 'field', `${at}.properties[${name}]`, errors)
  }
  if (isJsonObject(additionalProperties)) check(additionalProperties, 'field', `${at}.additionalProperties`, errors)
  if (level === 'root' && additionalProperties !== undefined) {
    errors.forbidden(`${at}.additionalProperties`, 'must not be used at the root')
  }
  checkExtensions(schema, at, errors)
  const [first] = schema.allOf ?? []
  checkConditions(schema, isEitherType(schema), first !== undefined && isEitherType(first), at, errors)
  if (isEmbedded(schema) && type !== 'object') {
    const words = 'must be object if x-kubernetes-embedded-resource is true'
    if (type === '') errors.required(`${at}.type`, words)
    else errors.invalid(`${at}.type`, type, words)
  } else if (type === '' && !isIntOrString(schema) && !keepsUnknown(schema)) {
    errors.required(`${at}.type`, NO_TYPE[level])
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    errors.invalid(`${at}.type`, type, 'must be object at the root')
  }
  checkMeta(schema, level, at, errors)
}

function checkExtensions(schema: Schema, at: string, errors: FieldErrors): void {
  const words = 'must be false if x-kubernetes-int-or-string is true'
  if (isIntOrString(schema) && keepsUnknown(schema)) {
    errors.invalid(`${at}.x-kubernetes-preserve-unknown-fields`, true, words)
  }
  if (isIntOrString(schema) && isEmbedded(schema)) {
    errors.invalid(`${at}.x-kubernetes-embedded-resource`, true, words)
  }
  if (!isEmbedded(schema)) return
  if (schema.additionalProperties !== undefined) {
    errors.forbidden(`${at}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')
  }
  if (!keepsUnknown(schema) && Object.keys(schema.properties ?? {}).length === 0) {
    const missing =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.required(`${at}.properties`, missing)
  }
}

const RENAMABLE: ReadonlySet<string> = new Set(['name', 'generateName'])

/** Of what every object has only its name can be restricted. */
function checkMeta(schema: Schema, level: Level, at: string, errors: FieldErrors): void {
  if (level !== 'root' && !isEmbedded(schema)) return
  const { kind, apiVersion, metadata } = schema.properties ?? {}
  for (const [name, property] of Object.entries({ kind, apiVersion })) {
    if (property !== undefined && property.type !== 'string') {
      errors.invalid(`${at}.properties[${name}].type`, property.type ?? '', 'must be string')
    }
  }
  if (metadata === undefined) return
  if (metadata.type !== 'object') {
    errors.invalid(`${at}.properties[metadata].type`, metadata.type ?? '', 'must be object')
  }
  if (level === 'root' && Object.keys(metadata.properties ?? {}).some((name) => !RENAMABLE.has(name))) {
    const words = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.forbidden(`${at}.properties[metadata]`, words)
  }
}

const EITHER = [{ type: 'integer' }, { type: 'string' }]
const isEitherType = ({ anyOf }: Schema): boolean => sameJson(anyOf, EITHER)

/** @param anyMayBeTyped The one exception: numbers or texts are told apart by conditions. */
function checkConditions(
  { anyOf = [], allOf = [], oneOf = [], not, pattern }: Schema,
  anyMayBeTyped: boolean,
  firstOfAllMayBeTyped: boolean,
  at: string,
  errors: FieldErrors,
): void {
  if (!anyMayBeTyped) for (const [i, one] of anyOf.entries()) checkCondition(one, false, `${at}.anyOf[${i}]`, errors)
  for (const [i, one] of allOf.entries()) {
    checkCondition(one, firstOfAllMayBeTyped && i === 0, `${at}.allOf[${i}]`, errors)
  }
  for (const [i, one] of oneOf.entries()) checkCondition(one, false, `${at}.oneOf[${i}]`, errors)
  if (not !== undefined) checkCondition(not, false, `${at}.not`, errors)
  if (pattern !== undefined) checkPattern(pattern, `${at}.pattern`, errors)
}

/** What says what there is may not stand in a condition. */
function checkCondition(condition: Schema, anyMayBeTyped: boolean, at: string, errors: FieldErrors): void {
  checkConditions(condition, anyMayBeTyped, false, at, errors)
  const { items, properties = {}, additionalProperties, type = '' } = condition
  if (items !== undefined) checkCondition(items, false, `${at}.items`, errors)
  for (const [name, property] of Object.entries(properties)) {
    checkCondition(property, false, `${at}.properties[${name}]`, errors)
  }
  const forbid = (field: string, words: string, isGiven: boolean): void => {
    if (isGiven) errors.forbidden(`${at}.${field}`, `${words} to be structural`)
  }
  forbid('type', 'must be empty', type !== '')
  forbid('additionalProperties', 'must be undefined', additionalProperties !== undefined)
  forbid('default', 'must be undefined', condition.default !== undefined)
  forbid('nullable', 'must be false', condition.nullable === true)
  forbid('x-kubernetes-preserve-unknown-fields', 'must be false', keepsUnknown(condition))
  forbid('x-kubernetes-embedded-resource', 'must be false', isEmbedded(condition))
  forbid('x-kubernetes-int-or-string', 'must be false', isIntOrString(condition))
  forbid('x-kubernetes-list-map-keys', 'must be empty', (condition['x-kubernetes-list-map-keys'] ?? []).length > 0)
  forbid('x-kubernetes-list-type', 'must be undefined', condition['x-kubernetes-list-type'] !== undefined)
  forbid('x-kubernetes-map-type', 'must be undefined', condition['x-kubernetes-map-type'] !== undefined)
  forbid('x-kubernetes-validations', 'must be empty', (condition['x-kubernetes-validations'] ?? []).length > 0)
  if (properties['metadata'] !== undefined) {
    errors.forbidden(`${at}.properties[metadata]`, 'must not be specified in a nested context')
  }
}

function checkPattern(pattern: string, at: string, errors: FieldErrors): void {
  const compiled = compileRegex(pattern)
  if (typeof compiled !== 'string') return
  errors.invalid(at, pattern, `must be a valid regular expression, but isn't: ${compiled}`)
}
