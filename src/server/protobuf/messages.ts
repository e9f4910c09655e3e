/**
 * Kubernetes' protobuf encoding, read: the envelope and the objects in it.
 *
 * A line of table.ts is a message, `name field=number …`; `*message=number` is a message whose fields belong to the object
 * around it, as Go's embedded structures do. What a field is follows from the schema table.
 * Source: apimachinery/pkg/runtime/serializer/protobuf/protobuf.go; apimachinery/pkg/runtime/types.proto (v1.36).
 */
import {
  definition,
  definitionOf,
  type Definition,
  type FieldType,
  type Scalar,
} from '../../kubernetes/schema/reader.ts'
import { AGGREGATION_MESSAGES } from './aggregation-messages.ts'
import { PROTOBUF_TABLE } from './table.ts'
import { fieldsOf, WireProblem, type WireField } from './wire.ts'

/** What every message that holds an object begins with. */
export const PREFIX = Buffer.from('k8s\0')

interface Numbered {
  /** Of a field, or of the message that is embedded here. */
  readonly name: string
  readonly embedded: boolean
}

let messages: ReadonlyMap<string, ReadonlyMap<number, Numbered>> | undefined

const readTable = (): ReadonlyMap<string, ReadonlyMap<number, Numbered>> => {
  const table = new Map<string, ReadonlyMap<number, Numbered>>()
  for (const line of `${PROTOBUF_TABLE.trim()}${AGGREGATION_MESSAGES}`.trim().split('\n')) {
    const [name = '', ...fields] = line.split(' ')
    const numbers = new Map<number, Numbered>()
    for (const field of fields) {
      const [text = '', number] = field.split('=')
      numbers.set(Number(number), { name: text.replace(/^\*/, ''), embedded: text.startsWith('*') })
    }
    table.set(name, numbers)
  }
  return table
}

export const numbersOf = (message: string): ReadonlyMap<number, Numbered> | undefined =>
  (messages ??= readTable()).get(message)

export const isProtobuf = (body: Buffer): boolean => body.subarray(0, PREFIX.length).equals(PREFIX)

/** The object in an envelope. @throws WireProblem */
export const decodeEnvelope = (body: Buffer): Readonly<Record<string, unknown>> => {
  if (!isProtobuf(body)) throw new WireProblem('it does not begin with k8s\\0')
  const unknown = fieldsOf(body.subarray(PREFIX.length))
  const typeMeta = fieldsOf(bytesOf(unknown, 1))
  const apiVersion = textOf(typeMeta, 1)
  const kind = textOf(typeMeta, 2)
  const raw = bytesOf(unknown, 2)
  if (textOf(unknown, 4) === 'application/json')
    return JSON.parse(Buffer.from(raw).toString()) as Record<string, unknown>
  return { apiVersion, kind, ...decodeObject(raw, apiVersion, kind) }
}

const decodeObject = (raw: Uint8Array, apiVersion: string, kind: string): Readonly<Record<string, unknown>> => {
  if (isMetadataOnly(apiVersion, kind)) {
    const one = (bytes: Uint8Array) => ({ metadata: decodeNamed(bytesOf(fieldsOf(bytes), 1), OBJECT_META) })
    return kind.endsWith('List') ? decodeList(raw, one) : one(raw)
  }
  const structure = definitionOf(apiVersion, kind) ?? definition(`meta/v1.${kind}`)
  if (structure !== undefined) return decodeMessage(raw, structure.name, structure)
  const item = kind.endsWith('List') ? definitionOf(apiVersion, kind.slice(0, -'List'.length)) : undefined
  return item === undefined ? {} : decodeList(raw, (bytes) => decodeMessage(bytes, item.name, item))
}

const decodeList = (raw: Uint8Array, decodeItem: (bytes: Uint8Array) => unknown) => {
  const fields = fieldsOf(raw)
  const items = fields.filter(({ number }) => number === 2).map(({ bytes }) => decodeItem(bytes ?? EMPTY))
  return { metadata: decodeNamed(bytesOf(fields, 1), LIST_META), items }
}

const decodeNamed = (bytes: Uint8Array, name: string): Record<string, unknown> => {
  const structure = definition(name)
  return structure === undefined ? {} : decodeMessage(bytes, name, structure)
}

export const LIST_META = 'meta/v1.ListMeta'
export const OBJECT_META = 'meta/v1.ObjectMeta'

/** Objects without what they are about, one or a list of them. */
export const isMetadataOnly = (apiVersion: string, kind: string): boolean =>
  apiVersion.startsWith('meta.k8s.io/') && kind.startsWith('PartialObjectMetadata')

/** Lists that are a message of their own. Source: meta/v1/generated.proto, Verbs. */
export const isWrapped = (message: string, field: string): boolean =>
  message === 'meta/v1.APIResource' && field === 'verbs'

const SUBSCHEMAS: ReadonlyMap<string, 'list' | 'bool' | 'map'> = new Map([
  ['items', 'list'],
  ['additionalItems', 'bool'],
  ['additionalProperties', 'bool'],
  ['dependencies', 'map'],
])

/** What may stand in a member of a schema beside a schema: a list of them, a yes or no, or, in a map, a list of names. */
export const subschemaIn = ({ name }: Definition, field: string): 'list' | 'bool' | 'map' | undefined =>
  name === 'apiextensions/v1.JSONSchemaProps' ? SUBSCHEMAS.get(field) : undefined

/** `structure` says what the fields are; of an embedded message it is that of the object around it. */
const decodeMessage = (bytes: Uint8Array, message: string, structure: Definition): Record<string, unknown> => {
  const numbers = numbersOf(message)
  const object: Record<string, unknown> = {}
  if (numbers === undefined) return object
  for (const field of fieldsOf(bytes)) {
    const numbered = numbers.get(field.number)
    if (numbered === undefined) continue
    const { name, embedded } = numbered
    if (embedded) {
      Object.assign(object, decodeMessage(field.bytes ?? EMPTY, name, definition(name) ?? structure))
      continue
    }
    const type = structure.fields.get(name)?.type
    if (type === undefined) continue
    const schemas = subschemaIn(structure, name)
    if (schemas !== undefined) putSubschemas(object, name, field.bytes ?? EMPTY, structure, schemas)
    else if (isWrapped(message, name)) object[name] = fieldsOf(field.bytes ?? EMPTY).map(({ bytes }) => textIn(bytes))
    else put(object, name, type, field)
  }
  return object
}

const putSubschemas = (
  object: Record<string, unknown>,
  name: string,
  bytes: Uint8Array,
  schema: Definition,
  as: 'list' | 'bool' | 'map',
): void => {
  const fields = fieldsOf(bytes)
  const one = (of: Uint8Array): unknown => decodeMessage(of, schema.name, schema)
  switch (as) {
    case 'list': {
      const single = fields.find(({ number }) => number === 1)?.bytes
      object[name] = single === undefined ? fields.map((field) => one(field.bytes ?? EMPTY)) : one(single)
      return
    }
    case 'bool': {
      const inner = fields.find(({ number }) => number === 2)?.bytes
      object[name] = inner === undefined ? fields.some(({ value }) => value === 1n) : one(inner)
      return
    }
    case 'map': {
      const needed = fieldsOf(bytesOf(fields, 2))
      const inner = needed.find(({ number }) => number === 1)?.bytes
      const map = (object[name] ??= {}) as Record<string, unknown>
      map[textOf(fields, 1)] = inner === undefined ? needed.map((field) => textIn(field.bytes)) : one(inner)
    }
  }
}

const EMPTY = new Uint8Array()

const put = (object: Record<string, unknown>, name: string, type: FieldType, field: WireField): void => {
  switch (type.form) {
    case 'list': {
      const list = (object[name] ??= []) as unknown[]
      list.push(decodeValue(type.of, field))
      return
    }
    case 'map': {
      const entry = fieldsOf(field.bytes ?? EMPTY)
      const map = (object[name] ??= {}) as Record<string, unknown>
      map[textOf(entry, 1)] = decodeValue(
        type.of,
        entry.find(({ number }) => number === 2) ?? { number: 2, bytes: EMPTY },
      )
      return
    }
    default:
      object[name] = decodeValue(type, field)
  }
}

const decodeValue = (type: FieldType, field: WireField): unknown => {
  switch (type.form) {
    case 'scalar':
      return decodeScalar(type.scalar, field)
    case 'ref': {
      const structure = definition(type.name)
      return structure === undefined ? {} : decodeMessage(field.bytes ?? EMPTY, type.name, structure)
    }
    // A list within a map or a list is a message of its own, with the items as its first field.
    case 'list':
      return fieldsOf(field.bytes ?? EMPTY).map((item) => decodeValue(type.of, item))
    case 'map':
      return {}
  }
}

const decodeScalar = (scalar: Scalar, field: WireField): unknown => {
  const bytes = field.bytes ?? EMPTY
  switch (scalar) {
    case 's':
      return Buffer.from(bytes).toString()
    case 'i':
    case 'l':
      return Number(field.value ?? 0n)
    case 'n':
      return field.double ?? 0
    case 'b':
      return (field.value ?? 0n) !== 0n
    case 'y':
      return Buffer.from(bytes).toString('base64')
    case 't':
      return timeOf(fieldsOf(bytes), false)
    case 'u':
      return timeOf(fieldsOf(bytes), true)
    case 'q':
      return textOf(fieldsOf(bytes), 1)
    case 'x': {
      const parts = fieldsOf(bytes)
      const isText = parts.find(({ number }) => number === 1)?.value === 1n
      return isText ? textOf(parts, 3) : Number(parts.find(({ number }) => number === 2)?.value ?? 0n)
    }
    case 'o':
    case 'j': {
      const raw = Buffer.from(bytesOf(fieldsOf(bytes), 1)).toString()
      return raw === '' ? null : (JSON.parse(raw) as unknown)
    }
  }
}

/** Null for a zero time, as Go writes it in JSON. */
const timeOf = (fields: readonly WireField[], micro: boolean): string | null => {
  const seconds = fields.find(({ number }) => number === 1)?.value
  if (seconds === undefined) return null
  const nanos = Number(fields.find(({ number }) => number === 2)?.value ?? 0n)
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return micro ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${whole}Z`
}

const bytesOf = (fields: readonly WireField[], number: number): Uint8Array =>
  fields.find((field) => field.number === number)?.bytes ?? EMPTY

const textOf = (fields: readonly WireField[], number: number): string => textIn(bytesOf(fields, number))

const textIn = (bytes: Uint8Array = EMPTY): string => Buffer.from(bytes).toString()
