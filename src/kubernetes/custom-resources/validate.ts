/**
 * Whether a value is as its schema says, in upstream's words.
 *
 * Source: k8s.io/kube-openapi/pkg/validation/validate; apiextensions-apiserver/pkg/apiserver/validation/validation.go (v1.36).
 */
import { sameJson } from '../hash.ts'
import { compileRegex } from '../regex.ts'
import { FieldErrors, type FieldError } from '../validation/field-error.ts'
import { hasFormat } from './formats.ts'
import { isJsonObject, memberSchema, type JsonObject, type Schema } from './schema.ts'

/** Where a value stands: in the object, and as messages name it. */
interface Place {
  readonly at: string
  readonly field: string
}

/** As Go shows the path of the whole. */
export const NO_FIELD = '<nil>'

/**
 * What is wrong with `value`. What is as it was in `old` may stay wrong.
 * @param prefix What fields begin with that messages leave out, as `status.` for the subresource.
 */
export function schemaErrors(value: unknown, schema: Schema, old: unknown, prefix = ''): readonly FieldError[] {
  const errors = new FieldErrors()
  validate(value, schema, { at: '', field: prefix }, old, errors)
  return errors.list
}

function validate(value: unknown, schema: Schema, place: Place, old: unknown, errors: FieldErrors): void {
  if (value === null && schema.nullable === true) return
  if (old !== undefined && sameJson(value, old)) return
  validateType(value, schema, place, errors)
  validateAlternatives(value, schema, place, errors)
  if (typeof value === 'string') validateText(value, schema, place, errors)
  else if (typeof value === 'number') validateNumber(value, schema, place, errors)
  else if (Array.isArray(value)) validateList(value, schema, place, old, errors)
  if (schema.enum !== undefined && !schema.enum.some((allowed) => sameJson(allowed, value))) {
    const words = schema.enum.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed)))
    errors.unsupported(place.field, value, words)
  }
  if (isJsonObject(value)) validateObject(value, schema, place, old, errors)
}

const say = ({ at, field }: Place, value: unknown, what: string, errors: FieldErrors): void =>
  errors.invalid(field, value, `${at} in body ${what}`)

function validateType(value: unknown, schema: Schema, place: Place, errors: FieldErrors): void {
  const allowed =
    schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema.type ? [schema.type] : []
  const actual = typeOf(value)
  if (allowed.length === 0 || allowed.includes(actual)) return
  if (allowed.includes('number') && actual === 'integer') return
  typeError(
    place,
    actual,
    `${place.at} in body must be of type ${allowed.join(',')}: ${JSON.stringify(actual)}`,
    errors,
  )
}

function typeError({ field }: Place, value: unknown, detail: string, errors: FieldErrors): void {
  errors.list.push({ type: 'Invalid value', field, badValue: value, detail, reason: 'FieldValueTypeInvalid' })
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function validateText(value: string, schema: Schema, place: Place, errors: FieldErrors): void {
  const length = [...value].length
  const { maxLength, minLength, pattern, format } = schema
  if (maxLength !== undefined && length > maxLength) errors.tooLong(place.field, maxLength)
  if (minLength !== undefined && length < minLength) {
    say(place, value, `should be at least ${minLength} chars long`, errors)
  }
  if (pattern !== undefined && !matches(value, pattern)) {
    say(place, value, `should match '${pattern}'`, errors)
  }
  if (format !== undefined && !hasFormat(value, format)) {
    typeError(place, value, `${place.at} in body must be of type ${format}: ${JSON.stringify(value)}`, errors)
  }
}

/** Definitions with what is no pattern are refused; where one is kept all the same, everything matches it. */
const matches = (value: string, pattern: string): boolean => {
  const compiled = compileRegex(pattern)
  return typeof compiled === 'string' || compiled.matcher(value).find()
}

function validateNumber(value: number, schema: Schema, place: Place, errors: FieldErrors): void {
  const { multipleOf, minimum, maximum } = schema
  if (schema.type === 'integer' && !Number.isInteger(value)) {
    errors.invalid(NO_FIELD, '', `Checked value must be of type integer (default format) in ${place.at}`)
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    say(place, value, `should be a multiple of ${multipleOf}`, errors)
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const than = schema.exclusiveMaximum === true ? 'less than' : 'less than or equal to'
    say(place, value, `should be ${than} ${maximum}`, errors)
  }
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const than = schema.exclusiveMinimum === true ? 'greater than' : 'greater than or equal to'
    say(place, value, `should be ${than} ${minimum}`, errors)
  }
}

function validateList(
  value: readonly unknown[],
  schema: Schema,
  place: Place,
  old: unknown,
  errors: FieldErrors,
): void {
  const { items, minItems, maxItems, uniqueItems } = schema
  if (items !== undefined) {
    for (const [i, item] of value.entries())
      validate(item, items, inList(place, i), correlated(old, schema, item), errors)
  }
  if (minItems !== undefined && value.length < minItems) {
    say(place, value.length, `should have at least ${minItems} items`, errors)
  }
  if (maxItems !== undefined && value.length > maxItems) errors.tooMany(place.field, value.length, maxItems)
  if (uniqueItems === true && value.some((item, i) => value.slice(0, i).some((other) => sameJson(other, item)))) {
    say(place, '', `shouldn't contain duplicates`, errors)
  }
}

const inList = ({ at, field }: Place, i: number): Place => ({ at: `${at}[${i}]`, field: `${field}[${i}]` })

/** The item of before that an item follows from: in lists that are maps, by their keys. */
export const correlated = (old: unknown, schema: Schema, item: unknown): unknown => {
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map' || !isJsonObject(item)) return undefined
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  return (old as readonly unknown[]).find(
    (other) => isJsonObject(other) && keys.every((key) => sameJson(other[key], item[key])),
  )
}

function validateObject(value: JsonObject, schema: Schema, place: Place, old: unknown, errors: FieldErrors): void {
  const names = Object.keys(value)
  const { minProperties, maxProperties, properties = {}, required = [] } = schema
  if (minProperties !== undefined && names.length < minProperties) {
    say(place, names.length, `should have at least ${minProperties} properties`, errors)
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    errors.tooMany(place.field, names.length, maxProperties)
  }
  const embedded = schema['x-kubernetes-embedded-resource'] === true ? ['apiVersion', 'kind'] : []
  for (const name of new Set([...required, ...embedded])) {
    if (!(name in value)) errors.required(inObject(place, name).field)
  }
  const before = isJsonObject(old) ? old : undefined
  for (const name of names) {
    const member = properties[name] ?? memberSchema(schema, name)
    if (member !== undefined) validate(value[name], member, inObject(place, name), before?.[name], errors)
  }
}

const inObject = ({ at, field }: Place, name: string): Place => ({
  at: at === '' ? name : `${at}.${name}`,
  field: field === '' || field.endsWith('.') ? `${field}${name}` : `${field}.${name}`,
})

/** Source: validate/schema_props.go. */
function validateAlternatives(value: unknown, schema: Schema, place: Place, errors: FieldErrors): void {
  const { anyOf, oneOf, allOf, not } = schema
  const tried = (alternative: Schema): readonly FieldError[] => {
    const own = new FieldErrors()
    validate(value, alternative, place, undefined, own)
    return own.list
  }
  const composite = (what: string): void => errors.invalid(NO_FIELD, '', `${JSON.stringify(place.at)} ${what}`)
  if (anyOf !== undefined && anyOf.length > 0) {
    const results = anyOf.map(tried)
    if (results.every((list) => list.length > 0)) {
      composite('must validate at least one schema (anyOf)')
      errors.list.push(...(results[0] ?? []))
    }
  }
  if (oneOf !== undefined && oneOf.length > 0) {
    const results = oneOf.map(tried)
    const valid = results.filter((list) => list.length === 0).length
    if (valid !== 1) {
      const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
      composite(`must validate one and only one schema (oneOf). ${found}`)
      if (valid === 0) errors.list.push(...(results[0] ?? []))
    }
  }
  if (allOf !== undefined && allOf.length > 0) {
    const results = allOf.map(tried)
    const failed = results.filter((list) => list.length > 0)
    for (const list of failed) errors.list.push(...list)
    if (failed.length > 0) {
      composite(`must validate all the schemas (allOf)${failed.length === allOf.length ? '. None validated' : ''}`)
    }
  }
  if (not !== undefined && tried(not).length === 0) composite('must not validate the schema (not)')
}
