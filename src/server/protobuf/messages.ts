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
import { DISCOVERY_MESSAGES } from './discovery-messages.ts'
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
  for (const line of `${PROTOBUF_TABLE.trim()}${DISCOVERY_MESSAGES}`.trim().split('\n')) {
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
  const structure = definitionOf(apiVersion, kind) ?? definition(`meta/v1.${kind}`)
  if (structure === undefined) return { apiVersion, kind }
  return { apiVersion, kind, ...decodeMessage(raw, structure.name, structure) }
}

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
    if (type !== undefined) put(object, name, type, field)
  }
  return object
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

const textOf = (fields: readonly WireField[], number: number): string => Buffer.from(bytesOf(fields, number)).toString()
