/**
 * What a schema's values are for expressions: their types, and the values themselves.
 *
 * Source: apiserver/pkg/cel/common/{schemas,values}.go, SchemaDeclType and UnstructuredToVal (v1.36).
 * Abridged: lists that are sets or have keys are equal to what they were in any order, and otherwise as other lists are.
 */
import type { Environment } from '@marcbachmann/cel-js'
import { bytesOfBase64 } from '../base64.ts'
import { createEnvironment } from '../cel/environment.ts'
import { parseDate, parseDuration, parseTimestamp } from '../cel/times.ts'
import { equal, toCel } from '../cel/values.ts'
import { celName } from './cel-names.ts'
import { isJsonObject, type JsonObject, type Schema } from './schema.ts'

const TEXT: Schema = { type: 'string' }
const OBJECT_META: Schema = { type: 'object', properties: { name: TEXT, generateName: TEXT } }

/** Every object has a kind, a version and a name; of its metadata no more can be seen. */
const withMeta = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, kind: TEXT, apiVersion: TEXT, metadata: OBJECT_META },
})

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true
const isIntOrString = (schema: Schema): boolean => schema['x-kubernetes-int-or-string'] === true

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  number: 'double',
  integer: 'int',
}
const FORMATS: Readonly<Record<string, string>> = {
  byte: 'bytes',
  duration: 'google.protobuf.Duration',
  date: 'google.protobuf.Timestamp',
  'date-time': 'google.protobuf.Timestamp',
}

/**
 * Where rules of a schema are typed: `self` is what it describes. Undefined for what expressions do not see.
 * @param words What the rules mention: of other fields it is enough that they are there.
 */
export function environmentOf(
  schema: Schema,
  isRoot: boolean,
  isOldOptional: boolean,
  words: ReadonlySet<string>,
): Environment | undefined {
  const environment = createEnvironment({ isOpen: false })
  const self = typeOfSchema(schema, isRoot || isEmbedded(schema), 'selfType', { environment, words })
  if (self === undefined) return undefined
  return environment
    .registerVariable('self', self)
    .registerVariable('oldSelf', isOldOptional ? `optional<${self}>` : self)
}

interface Declared {
  readonly environment: Environment
  readonly words: ReadonlySet<string>
}

/** @param name What the type is called in messages. */
function typeOfSchema(schema: Schema, isObject: boolean, name: string, declared: Declared): string | undefined {
  if (isIntOrString(schema)) return 'dyn'
  const { type = '', format = '', items, additionalProperties: rest } = schema
  const inside = (part: Schema | undefined, as: string): string | undefined =>
    part === undefined ? undefined : typeOfSchema(part, isEmbedded(part), `${name}.${as}`, declared)
  if (type === 'array') {
    const item = inside(items, 'idx')
    return item === undefined ? undefined : `list<${item}>`
  }
  if (type === 'object' && typeof rest === 'object') {
    const value = inside(rest, 'elem')
    return value === undefined ? undefined : `map<string, ${value}>`
  }
  if (type !== 'object') return type === 'string' ? (FORMATS[format] ?? 'string') : SCALARS[type]
  const fields: Record<string, string> = {}
  for (const [property, part] of Object.entries((isObject ? withMeta(schema) : schema).properties ?? {})) {
    const field = celName(property)
    if (field === undefined) continue
    const given = declared.words.has(field) ? inside(part, field) : 'dyn'
    if (given !== undefined) fields[field] = given
  }
  declared.environment.registerType(name, { fields }).registerOperator(`${name} == ${name}`, equal)
  return name
}

/** A value as its schema says. */
export function valueOfSchema(value: unknown, schema: Schema, isRoot: boolean): unknown {
  if (value === null || value === undefined) return null
  if (isIntOrString(schema)) return toCel(value)
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? toCel(value) : value.map((item) => valueOfSchema(item, items, isEmbedded(items)))
  }
  if (isJsonObject(value)) return objectOfSchema(value, isRoot ? withMeta(schema) : schema)
  if (schema.type === 'number') return value
  return typeof value === 'string' && schema.type === 'string' ? readText(value, schema.format) : toCel(value)
}

/** What the schema keeps but does not know counts when objects are compared. */
function objectOfSchema(object: JsonObject, { properties, additionalProperties: rest }: Schema): unknown {
  const members = Object.entries(object).filter(([, member]) => member !== undefined)
  const isMap = properties === undefined && typeof rest === 'object'
  return Object.fromEntries(
    members.map(([name, member]) => {
      const schema = isMap ? rest : properties?.[name]
      const field = isMap || schema === undefined ? name : (celName(name) ?? name)
      return [field, schema === undefined ? toCel(member) : valueOfSchema(member, schema, isEmbedded(schema))]
    }),
  )
}

/** A text that is not of its format stays one: the schema has refused it. */
function readText(text: string, format: string | undefined): unknown {
  switch (format) {
    case 'byte':
      return bytesOfBase64(text)
    case 'duration':
      return parseDuration(text.replaceAll(' ', ''), true) ?? text
    case 'date':
      return parseDate(text) ?? text
    case 'date-time':
      return parseTimestamp(text) ?? text
    default:
      return text
  }
}
