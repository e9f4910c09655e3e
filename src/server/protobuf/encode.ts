/** Kubernetes' protobuf encoding, written: what messages.ts reads. */
import { isObject, type JsonObject } from '../../kubernetes/patch/json.ts'
import {
  definition,
  definitionOf,
  type Definition,
  type FieldType,
  type Scalar,
} from '../../kubernetes/schema/reader.ts'
import { isMetadataOnly, isWrapped, LIST_META, numbersOf, OBJECT_META, PREFIX, subschemaIn } from './messages.ts'
import { BackwardWriter } from './backward-writer.ts'

/**
 * An object in its envelope; undefined where not all that is in it has a number, as nothing of custom resources has: that is
 * told in JSON. With `partly`, what has no number is left out.
 */
export const encodeEnvelope = (object: unknown, partly = false): Buffer | undefined => {
  if (!isObject(object)) return undefined
  const { apiVersion = '', kind = '' } = object
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
  const encoder = new Encoder(partly)
  const { writer } = encoder
  writer.text(4, '')
  writer.text(3, '')
  writer.message(2, () => encoder.object(object, apiVersion, kind))
  writer.message(1, () => {
    writer.text(2, kind)
    writer.text(1, apiVersion)
  })
  return encoder.lost ? undefined : writer.done(PREFIX)
}

/**
 * A frame of a watch: its length in four bytes, then a WatchEvent, whose object stands in an envelope of its own.
 * Source: apimachinery/pkg/util/framer/framer.go, lengthDelimitedFrameWriter; meta/v1/generated.proto, WatchEvent (v1.36).
 * Abridged: of the three structures of v1.36 whose fields' numbers are not known here (image volumes' status, resources claimed
 * by a node's Pods, shards of a list) nothing is told in a watch; other answers are then in JSON.
 */
export const encodeWatchEvent = (type: string, object: unknown): Buffer => {
  const raw = encodeEnvelope(object, true) ?? Buffer.alloc(0)
  const writer = new BackwardWriter(raw.length + WATCH_EVENT_BYTES)
  writer.message(2, () => writer.bytes(1, raw))
  writer.text(1, type)
  const event = writer.done()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(event.length)
  return Buffer.concat([length, event])
}

/** More than a WatchEvent has beside its object. */
const WATCH_EVENT_BYTES = 64

/** A field of a message, with what is known of it. */
interface FieldPlan {
  readonly name: string
  readonly number: number
  readonly type: FieldType
}

/** Of an embedded message, whose fields belong to the object around it. */
interface EmbeddedPlan {
  readonly number: number
  readonly plan: Plan
}

interface Plan {
  /** From the last to the first. */
  readonly fields: readonly (FieldPlan | EmbeddedPlan)[]
  /** All fields that have a number, those of embedded messages too. */
  readonly names: ReadonlySet<string>
}

const plans = new Map<string, Plan | undefined>()

/** `structure` says what the fields are; of an embedded message it is that of the object around it. */
const planOf = (message: string, structure: Definition): Plan | undefined => {
  const key = `${message} ${structure.name}`
  if (plans.has(key)) return plans.get(key)
  const numbers = numbersOf(message)
  const names = new Set<string>()
  const fields: (FieldPlan | EmbeddedPlan)[] = []
  for (const [number, { name, embedded }] of numbers ?? []) {
    if (embedded) {
      const plan = planOf(name, definition(name) ?? structure)
      if (plan === undefined) continue
      fields.push({ number, plan })
      for (const inner of plan.names) names.add(inner)
      continue
    }
    const type = structure.fields.get(name)?.type
    if (type === undefined) continue
    fields.push({ name, number, type: isWrapped(message, name) ? { form: 'list', of: type } : type })
    names.add(name)
  }
  const plan = numbers === undefined ? undefined : { fields: fields.toSorted((a, b) => b.number - a.number), names }
  plans.set(key, plan)
  return plan
}

class Encoder {
  readonly writer = new BackwardWriter()
  /** Something in the object has no number. */
  lost = false
  private readonly partly: boolean

  constructor(partly: boolean) {
    this.partly = partly
  }

  object(object: JsonObject, apiVersion: string, kind: string): void {
    if (isMetadataOnly(apiVersion, kind)) return this.metadataOnly(object)
    const structure = definitionOf(apiVersion, kind) ?? definition(`meta/v1.${kind}`)
    if (structure !== undefined) return this.structure(object, structure, true)
    const item = kind.endsWith('List') ? definitionOf(apiVersion, kind.slice(0, -'List'.length)) : undefined
    if (item === undefined) this.lose()
    else this.list(object, (one) => this.structure(one, item, true))
  }

  /** One, or a list of them. */
  private metadataOnly(object: JsonObject): void {
    if ('items' in object) return this.list(object, (one) => this.metadataOnly(one))
    this.writer.message(1, () => this.named((object['metadata'] ?? {}) as JsonObject, OBJECT_META))
  }

  private list(list: JsonObject, write: (item: JsonObject) => void): void {
    const { metadata, items } = list
    for (const one of ((items ?? []) as readonly JsonObject[]).toReversed()) this.writer.message(2, () => write(one))
    this.writer.message(1, () => this.named((metadata ?? {}) as JsonObject, LIST_META))
  }

  private named(object: JsonObject, name: string): void {
    const structure = definition(name)
    if (structure === undefined) this.lose()
    else this.structure(object, structure)
  }

  /** `isKind`: the envelope tells what it is. */
  private structure(object: JsonObject, structure: Definition, isKind = false): void {
    const plan = planOf(structure.name, structure)
    if (plan === undefined) return this.lose()
    for (const name of Object.keys(object)) {
      const value = object[name]
      if (value === undefined || value === null || plan.names.has(name)) continue
      if (!isKind || (name !== 'apiVersion' && name !== 'kind')) this.lose()
    }
    this.fields(object, plan, structure)
  }

  private lose(): void {
    if (!this.partly) this.lost = true
  }

  private fields(object: JsonObject, { fields }: Plan, structure: Definition): void {
    const { writer } = this
    for (const field of fields) {
      if ('plan' in field) {
        writer.message(field.number, () => this.fields(object, field.plan, structure))
        continue
      }
      const { name, number, type } = field
      const value = object[name]
      if (value === undefined || value === null) continue
      const schemas = subschemaIn(structure, name)
      if (schemas !== undefined) this.subschemas(number, value, structure, schemas)
      else this.value(number, type, type.form === 'list' && !Array.isArray(value) ? [value] : value)
    }
  }

  private value(number: number, type: FieldType, value: unknown): void {
    switch (type.form) {
      case 'list': {
        const items = value as readonly unknown[]
        for (let i = items.length - 1; i >= 0; i--) this.item(number, type.of, items[i])
        return
      }
      case 'map': {
        const map = value as JsonObject
        for (const key of Object.keys(map).toReversed()) {
          this.writer.message(number, () => {
            this.item(2, type.of, map[key])
            this.writer.text(1, key)
          })
        }
        return
      }
      default:
        this.item(number, type, value)
    }
  }

  /** A value within a list or a map, where a list is a message with the items as its first field. */
  private item(number: number, type: FieldType, value: unknown): void {
    switch (type.form) {
      case 'scalar':
        return this.scalar(number, type.scalar, value)
      case 'ref':
        return this.writer.message(number, () => this.named(value as JsonObject, type.name))
      default:
        return this.writer.message(number, () => this.value(1, type, value))
    }
  }

  private scalar(number: number, scalar: Scalar, value: unknown): void {
    const { writer } = this
    switch (scalar) {
      case 's':
        return writer.text(number, String(value))
      case 'i':
      case 'l':
        return writer.varint(number, Math.trunc(Number(value)))
      case 'b':
        return writer.varint(number, value === true ? 1 : 0)
      case 'n':
        return writer.double(number, Number(value))
      case 'y':
        return writer.bytes(number, Buffer.from(String(value), 'base64'))
      case 't':
      case 'u':
        return writer.message(number, () => this.time(String(value)))
      case 'q':
        return writer.message(number, () => writer.text(1, String(value)))
      case 'x':
        return writer.message(number, () => this.intOrString(value))
      case 'o':
      case 'j':
        return writer.message(number, () => writer.text(1, JSON.stringify(value)))
    }
  }

  private time(text: string): void {
    const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
    if (fraction !== '') this.writer.varint(2, Number(fraction.padEnd(9, '0').slice(0, 9)))
    this.writer.varint(1, Math.floor(Date.parse(text) / 1000))
  }

  private intOrString(value: unknown): void {
    const { writer } = this
    if (typeof value === 'string') writer.text(3, value)
    else writer.varint(2, Math.trunc(Number(value)))
    writer.varint(1, typeof value === 'string' ? 1 : 0)
  }

  /** Where a schema, several, a yes or no, or names may stand. Source: apiextensions/v1/generated.proto (v1.36). */
  private subschemas(number: number, value: unknown, schema: Definition, as: 'list' | 'bool' | 'map'): void {
    const { writer } = this
    const one = (at: number, of: unknown): void => writer.message(at, () => this.structure(of as JsonObject, schema))
    switch (as) {
      case 'list':
        return writer.message(number, () => {
          if (!Array.isArray(value)) one(1, value)
          else for (const item of value.toReversed()) one(2, item)
        })
      case 'bool':
        return writer.message(number, () => {
          if (isObject(value)) one(2, value)
          writer.varint(1, value === false ? 0 : 1)
        })
      case 'map':
        for (const [key, needed] of Object.entries(value as JsonObject).toReversed()) {
          writer.message(number, () => {
            writer.message(2, () => {
              if (!Array.isArray(needed)) one(1, needed)
              else for (const name of needed.toReversed()) writer.text(2, String(name))
            })
            writer.text(1, key)
          })
        }
    }
  }
}
