/**
 * Whether a schema is a structural one, as every definition's must be.
 *
 * Source: apiextensions/validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema;
 * pkg/apiserver/schema/{structural,validation}.go (v1.36).
 */
import { RE2JS } from 're2js'
import { FieldErrors, type FieldError } from '../validation/field-error.ts'
import { checkRuleForms, checkRules } from './definition-rules.ts'
import { defaultErrors } from './rules.ts'
import { isJsonObject, type Schema } from './schema.ts'
import { NO_FIELD, schemaErrors } from './validate.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

type Loose = Schema & { readonly $ref?: string }

export function validateDefinitionSchema(schema: Schema, at: string, errors: FieldErrors): void {
  if (schema.type === undefined || schema.type === '') {
    if (!keepsUnknown(schema)) errors.required(`${at}.type`, 'must not be empty at the root')
  } else if (schema.type !== 'object') errors.invalid(`${at}.type`, schema.type, 'must be object at the root')
  if (schema.additionalProperties !== undefined)
    errors.forbidden(`${at}.additionalProperties`, 'must not be used at the root')
  const metadata = schema.properties?.['metadata']
  if (metadata !== undefined && Object.keys(metadata.properties ?? {}).some((name) => !RENAMABLE.has(name))) {
    const words = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.forbidden(`${at}.properties[metadata]`, words)
  }
  const rules = new FieldErrors()
  check(schema, { at, isRoot: true, uncorrelatable: undefined }, errors, rules)
  errors.list.push(...rules.list)
}

/** Where a schema stands in its definition. */
interface Place {
  readonly at: string
  readonly isRoot: boolean
  /** The part around it of whose values nobody can tell what they were. */
  readonly uncorrelatable: string | undefined
}

const RENAMABLE: ReadonlySet<string> = new Set(['name', 'generateName'])

const keepsUnknown = (schema: Schema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true

/** @param rules What is wrong with rules; they are compiled only where the schema below them has no fault. */
function check(schema: Loose, place: Place, errors: FieldErrors, rules: FieldErrors): void {
  const before = errors.list.length
  checkOwn(schema, place, errors)
  for (const [member, where] of membersOf(schema, place)) check(member, where, errors, rules)
  if (errors.list.length > before) return
  const known = rules.list.length
  checkRules(schema, place, rules)
  if (schema.default === undefined || rules.list.length > known) return
  for (const error of defaultErrors(schema.default, schema)) rules.list.push(ofDefault(error, place.at))
}

/** A fault of a default, where the definition has it. */
const ofDefault = (error: FieldError, at: string): FieldError => {
  const { field } = error
  const inside = field === NO_FIELD || field === '' ? '' : field.startsWith('[') ? field : `.${field}`
  return { ...error, field: `${at}.default${inside}` }
}

function checkOwn(schema: Loose, { at, isRoot }: Place, errors: FieldErrors): void {
  const { type = '', items, pattern, uniqueItems, $ref: reference = '' } = schema
  if (reference !== '') errors.forbidden(`${at}.$ref`, '$ref is not supported')
  if (uniqueItems === true) {
    const words = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.forbidden(`${at}.uniqueItems`, words)
  }
  const untyped = keepsUnknown(schema) || schema['x-kubernetes-int-or-string'] === true
  if (type === '' && !untyped && !isRoot) {
    errors.required(`${at}.type`, 'must not be empty for specified object fields')
  } else if (type !== '' && !TYPES.includes(type)) errors.unsupported(`${at}.type`, type, TYPES)
  if (type === 'array' && items === undefined) errors.required(`${at}.items`, 'must be specified')
  if (pattern !== undefined) checkPattern(pattern, `${at}.pattern`, errors)
  checkListType(schema, at, errors)
  checkRuleForms(schema, at, errors)
  if (schema.default === undefined || type === '') return
  for (const error of schemaErrors(schema.default, schema, undefined)) errors.list.push(ofDefault(error, at))
}

/** What stands in a schema, in the order in which it is looked at. Items are told apart over time only by keys, members only one by one. */
function membersOf(schema: Schema, { at, uncorrelatable }: Place): readonly (readonly [Schema, Place])[] {
  const { additionalProperties, properties = {}, items } = schema
  const inMap = uncorrelatable ?? (schema['x-kubernetes-map-type'] === 'atomic' ? at : undefined)
  const inList = uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : at)
  const members: [Schema, Place][] = []
  const add = (member: Schema, where: string, within: string | undefined): void => {
    members.push([member, { at: `${at}.${where}`, isRoot: false, uncorrelatable: within }])
  }
  if (isJsonObject(additionalProperties)) add(additionalProperties, 'additionalProperties', inMap)
  for (const name of Object.keys(properties).sort()) {
    const property = properties[name]
    if (isJsonObject(property)) add(property, `properties[${name}]`, inMap)
  }
  if (items !== undefined) add(items, 'items', inList)
  return members
}

function checkListType(schema: Schema, at: string, errors: FieldErrors): void {
  if (schema['x-kubernetes-list-type'] !== 'map') return
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (keys.length === 0) {
    errors.required(`${at}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')
  }
  const { properties = {}, required = [] } = schema.items ?? {}
  for (const key of keys) {
    if (required.includes(key) || properties[key]?.default !== undefined) continue
    const words = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
    errors.required(`${at}.items.properties[${key}].default`, words)
  }
}

function checkPattern(pattern: string, at: string, errors: FieldErrors): void {
  try {
    RE2JS.compile(pattern)
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown)
    errors.invalid(at, pattern, `must be a valid regular expression, but isn't: ${words}`)
  }
}
