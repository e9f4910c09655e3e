/**
 * Whether a schema is a structural one, as every definition's must be.
 *
 * Source: apiextensions/validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema;
 * pkg/apiserver/schema/{structural,validation}.go (v1.36). Abridged: of rules in CEL neither types nor costs are estimated.
 */
import { RE2JS } from 're2js'
import { compileProblem, type Expected } from '../cel/compile-check.ts'
import type { FieldErrors } from '../validation/field-error.ts'
import { shownInternally } from '../validation/internal/value.ts'
import { isJsonObject, type Schema } from './schema.ts'
import { schemaErrors } from './validate.ts'

const RULE: Expected = { variables: ['self', 'oldSelf'], type: 'bool' }
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
  check(schema, at, true, errors)
}

const RENAMABLE: ReadonlySet<string> = new Set(['name', 'generateName'])

const keepsUnknown = (schema: Schema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true

function check(schema: Loose, at: string, isRoot: boolean, errors: FieldErrors): void {
  const { type = '', items, properties = {}, pattern, uniqueItems, $ref: reference = '' } = schema
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
  for (const [i, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const problem = compileProblem(rule.rule.trim(), RULE)
    const words = problem?.startsWith('must evaluate') === true ? 'cel expression must evaluate to a bool' : problem
    if (words === undefined) continue
    const shown = shownInternally('apiextensions/v1.ValidationRule', rule)
    errors.invalid(`${at}.x-kubernetes-validations[${i}].rule`, shown, words)
  }
  if (schema.default !== undefined && type !== '') {
    for (const error of schemaErrors(schema.default, schema, undefined)) {
      errors.list.push({ ...error, field: `${at}.default${error.field === '' ? '' : `.${error.field}`}` })
    }
  }
  for (const name of Object.keys(properties).sort()) {
    const property = properties[name]
    if (isJsonObject(property)) check(property, `${at}.properties[${name}]`, false, errors)
  }
  if (isJsonObject(schema.additionalProperties)) {
    check(schema.additionalProperties, `${at}.additionalProperties`, false, errors)
  }
  if (items !== undefined) check(items, `${at}.items`, false, errors)
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
