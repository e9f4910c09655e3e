/**
 * Whether the schema of a definition can be used.
 *
 * Source: apiextensions/validation/validation.go, validateCustomResourceDefinitionValidation and
 * ValidateCustomResourceDefinitionOpenAPISchema (v1.36).
 */
import { FieldErrors, type FieldError } from '../validation/field-error.ts'
import { checkListAndMapTypes } from './definition-lists.ts'
import { checkRuleForms, checkRules, type RulePlace } from './definition-rules.ts'
import { structureErrors } from './definition-structure.ts'
import { defaultErrors } from './rules.ts'
import { isJsonObject, type Schema } from './schema.ts'
import { NO_FIELD, schemaErrors } from './validate.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

type Loose = Schema & { readonly $ref?: string }

export function validateDefinitionSchema(schema: Schema, at: string, errors: FieldErrors): void {
  const before = errors.list.length
  errors.list.push(...structureErrors(schema, at))
  const defaults = new FieldErrors()
  if (errors.list.length === before) checkDefaults(schema, { at, isRoot: true, uncorrelatable: undefined }, defaults)
  errors.list.push(...defaults.list)
  const isUsable = errors.list.length === before
  const rules = new FieldErrors()
  check(schema, { at, isRoot: true, uncorrelatable: undefined }, errors, rules)
  // Where the structure does not hold, nobody looks at rules.
  if (isUsable) errors.list.push(...rules.list)
}

/** Source: pkg/apiserver/schema/defaulting/validation.go, ValidateDefaults. */
function checkDefaults(schema: Schema, place: RulePlace, errors: FieldErrors): void {
  const own = schema.default
  if (own !== undefined && (schema.type ?? '') !== '') {
    const found = schemaErrors(own, schema, undefined)
    const broken = found.length > 0 || !isCompiled(schema, place) ? found : defaultErrors(own, schema)
    for (const error of broken) errors.list.push(ofDefault(error, place.at))
  }
  for (const [member, where] of membersOf(schema, place)) checkDefaults(member, where, errors)
}

/** Rules that cannot be compiled are told of where they stand, not where a default is held against them. */
function isCompiled(schema: Schema, place: RulePlace): boolean {
  const rules = new FieldErrors()
  check(schema, place, new FieldErrors(), rules)
  return rules.list.length === 0
}

/** A fault of a default, where the definition has it. */
const ofDefault = (error: FieldError, at: string): FieldError => {
  const { field } = error
  const inside = field === NO_FIELD || field === '' ? '' : field.startsWith('[') ? field : `.${field}`
  return { ...error, field: `${at}.default${inside}` }
}

/** @param rules What is wrong with rules; they are compiled only where the schema below them has no fault. */
function check(schema: Loose, place: RulePlace, errors: FieldErrors, rules: FieldErrors): void {
  const before = errors.list.length
  checkOwn(schema, place.at, errors)
  for (const [member, where] of membersOf(schema, place)) check(member, where, errors, rules)
  if (errors.list.length === before) checkRules(schema, place, rules)
}

function checkOwn(schema: Loose, at: string, errors: FieldErrors): void {
  const { type = '', uniqueItems, properties = {}, additionalProperties, $ref: reference = '' } = schema
  if (reference !== '') errors.forbidden(`${at}.$ref`, '$ref is not supported')
  if (uniqueItems === true) {
    const words = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.forbidden(`${at}.uniqueItems`, words)
  }
  if (type !== '' && !TYPES.includes(type)) errors.unsupported(`${at}.type`, type, TYPES)
  const isOpen = additionalProperties === undefined || additionalProperties === true
  if (!isOpen && Object.keys(properties).length > 0) {
    errors.forbidden(`${at}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.invalid(`${at}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')
  }
  checkListAndMapTypes(schema, at, errors)
  checkRuleForms(schema, at, errors)
}

/** What stands in a schema, in the order in which it is looked at. Items are told apart over time only by keys, members only one by one. */
function membersOf(schema: Schema, { at, uncorrelatable }: RulePlace): readonly (readonly [Schema, RulePlace])[] {
  const { additionalProperties, properties = {}, items } = schema
  const inMap = uncorrelatable ?? (schema['x-kubernetes-map-type'] === 'atomic' ? at : undefined)
  const inList = uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : at)
  const members: [Schema, RulePlace][] = []
  const add = (member: Schema, where: string, within: string | undefined): void => {
    members.push([member, { at: `${at}.${where}`, isRoot: false, uncorrelatable: within }])
  }
  // Upstream does not tell rules in additionalProperties of an atomic map from others.
  if (isJsonObject(additionalProperties)) add(additionalProperties, 'additionalProperties', uncorrelatable)
  for (const name of Object.keys(properties).sort()) {
    const property = properties[name]
    if (isJsonObject(property)) add(property, `properties[${name}]`, inMap)
  }
  if (items !== undefined) add(items, 'items', inList)
  return members
}
