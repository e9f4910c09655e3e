/** Kubernetes' protobuf encoding, written: what messages.ts reads. */
import { isObject, type JsonObject } from '../../kubernetes/patch/json.ts'
import {
  definition,
  definitionOf,
  type Definition,
  type FieldType,
  type Scalar,
} from '../../kubernetes/schema/reader.ts'
import { numbersOf, PREFIX } from './messages.ts'
import { MessageWriter } from './message-writer.ts'

/**
 * An object in its envelope; undefined where the numbers of its fields are not known, as those of custom resources.
 * Abridged: fields that came after v1.34 have no numbers here and are left out.
 */
export const encodeEnvelope = (object: unknown): Buffer | undefined => {
  if (!isObject(object)) return undefined
  const { apiVersion = '', kind = '' } = object
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
  const raw = encodeObject(object, apiVersion, kind)
  if (raw === undefined) return undefined
  const typeMeta = new MessageWriter().text(1, apiVersion).text(2, kind)
  const unknown = new MessageWriter().bytes(1, typeMeta.done()).bytes(2, raw).text(3, '').text(4, '')
  return Buffer.concat([PREFIX, unknown.done()])
}

const encodeObject = (object: JsonObject, apiVersion: string, kind: string): Buffer | undefined => {
  const structure = definitionOf(apiVersion, kind) ?? definition(`meta/v1.${kind}`)
  if (structure !== undefined) {
    return numbersOf(structure.name) === undefined ? undefined : encodeMessage(object, structure.name, structure)
  }
  const item = kind.endsWith('List') ? definitionOf(apiVersion, kind.slice(0, -'List'.length)) : undefined
  const meta = definition(LIST_META)
  if (item === undefined || meta === undefined || numbersOf(item.name) === undefined) return undefined
  const { metadata, items } = object
  const writer = new MessageWriter().bytes(1, encodeMessage((metadata ?? {}) as JsonObject, LIST_META, meta))
  for (const one of (items ?? []) as readonly JsonObject[]) writer.bytes(2, encodeMessage(one, item.name, item))
  return writer.done()
}

const LIST_META = 'meta/v1.ListMeta'

/** `structure` says what the fields are; of an embedded message it is that of the object around it. */
const encodeMessage = (object: JsonObject, message: string, structure: Definition): Buffer => {
  const writer = new MessageWriter()
  for (const [number, { name, embedded }] of numbersOf(message) ?? []) {
    if (embedded) {
      writer.bytes(number, encodeMessage(object, name, definition(name) ?? structure))
      continue
    }
    const value = object[name]
    const type = structure.fields.get(name)?.type
    if (type === undefined || value === undefined || value === null) continue
    if (WRAPPED.has(`${message} ${name}`)) encodeValue(writer, number, { form: 'list', of: type }, [value])
    else encodeValue(writer, number, type, value)
  }
  return writer.done()
}

/** Lists that are a message of their own. Source: meta/v1/generated.proto, Verbs. */
const WRAPPED: ReadonlySet<string> = new Set(['meta/v1.APIResource verbs'])

const encodeValue = (writer: MessageWriter, number: number, type: FieldType, value: unknown): void => {
  switch (type.form) {
    case 'list':
      for (const one of value as readonly unknown[]) encodeItem(writer, number, type.of, one)
      return
    case 'map':
      for (const [key, one] of Object.entries(value as JsonObject)) {
        const entry = new MessageWriter().text(1, key)
        encodeItem(entry, 2, type.of, one)
        writer.bytes(number, entry.done())
      }
      return
    default:
      encodeItem(writer, number, type, value)
  }
}

/** A value within a list or a map, where a list is a message with the items as its first field. */
const encodeItem = (writer: MessageWriter, number: number, type: FieldType, value: unknown): void => {
  switch (type.form) {
    case 'scalar':
      return encodeScalar(writer, number, type.scalar, value)
    case 'ref': {
      const structure = definition(type.name)
      if (structure !== undefined) writer.bytes(number, encodeMessage(value as JsonObject, type.name, structure))
      return
    }
    default: {
      const inner = new MessageWriter()
      encodeValue(inner, 1, type, value)
      writer.bytes(number, inner.done())
    }
  }
}

const encodeScalar = (writer: MessageWriter, number: number, scalar: Scalar, value: unknown): void => {
  switch (scalar) {
    case 's':
      writer.text(number, String(value))
      return
    case 'i':
    case 'l':
      writer.varint(number, BigInt(Math.trunc(Number(value))))
      return
    case 'b':
      writer.varint(number, value === true ? 1n : 0n)
      return
    case 'n':
      writer.double(number, Number(value))
      return
    case 'y':
      writer.bytes(number, Buffer.from(String(value), 'base64'))
      return
    case 't':
    case 'u':
      writer.bytes(number, timeMessage(String(value)))
      return
    case 'q':
      writer.bytes(number, new MessageWriter().text(1, String(value)).done())
      return
    case 'x':
      writer.bytes(number, intOrString(value))
      return
    case 'o':
    case 'j':
      writer.bytes(number, new MessageWriter().text(1, JSON.stringify(value)).done())
  }
}

const timeMessage = (text: string): Buffer => {
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? ''
  const writer = new MessageWriter().varint(1, BigInt(Math.floor(Date.parse(text) / 1000)))
  return fraction === '' ? writer.done() : writer.varint(2, BigInt(fraction.padEnd(9, '0').slice(0, 9))).done()
}

const intOrString = (value: unknown): Buffer =>
  typeof value === 'string'
    ? new MessageWriter().varint(1, 1n).text(3, value).done()
    : new MessageWriter()
        .varint(1, 0n)
        .varint(2, BigInt(Math.trunc(Number(value))))
        .done()
