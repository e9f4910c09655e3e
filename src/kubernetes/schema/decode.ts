/**
 * From any JSON to an object of a kind: known fields with values of the right type, in the form that the API server keeps.
 *
 * That form is Go's: `null` and empty optional lists, maps and scalars are left out, structures that Go keeps by value are
 * there, required scalars have their zero. What does not fit is told with its place; nothing is thrown.
 * Source: sigs.k8s.io/json; apimachinery/pkg/runtime/serializer/json/json.go (v1.36).
 */
import { either } from 'fp-ts'
import { formatQuantity, parseQuantity, roundUpToMilli } from '../quantity.ts'
import { parseTime } from '../time.ts'
import { formatPath, type FieldPath } from './path.ts'
import { definition, type Definition, type Field, type FieldType, type Scalar } from './reader.ts'
import { GO_NAMES, goType, goValue, NAMES, typeName, zeroOf } from './words.ts'

export interface SchemaProblem {
  /** An unknown field is an error under strict validation only; the others always are. */
  readonly type: 'unknown field' | 'wrong type' | 'wrong value'
  readonly path: FieldPath
  /** `path` as text. */
  readonly field: string
  /** For people: `expected integer, found string`. */
  readonly message: string
  /** As the API server words it. */
  readonly serverMessage: string
}

export interface Decoded {
  readonly object: Readonly<Record<string, unknown>>
  /** In the document's order. */
  readonly problems: readonly SchemaProblem[]
}

type JsonObject = Readonly<Record<string, unknown>>

/** What a value must be to be taken, and the object as far as it could be. */
export function decodeObject(json: unknown, shape: Definition): Decoded {
  const decoder = new Decoder()
  const object = decoder.structure(json, shape)
  return { object, problems: decoder.problems }
}

const ABSENT = Symbol('absent')
class Decoder {
  readonly problems: SchemaProblem[] = []
  private readonly path: (string | number)[] = []
  /** `path` as Go's messages write it: without positions and without the keys of maps. */
  private readonly goPath: string[] = []
  /** The innermost structure, whose name Go's message begins with. */
  private holder = ''

  structure(json: unknown, shape: Definition): JsonObject {
    const object: Record<string, unknown> = {}
    if (json !== null && json !== undefined && !isObject(json)) {
      this.wrongType(json, 'object', shape.goName)
      return object
    }
    const outer = this.holder
    this.holder = shape.goName.slice(shape.goName.indexOf('.') + 1)
    const given = json ?? {}
    for (const name of Object.keys(given)) {
      const field = shape.fields.get(name)
      this.path.push(name)
      this.goPath.push(name)
      const member = given[name]
      if (field === undefined) this.unknownField()
      else if (isSubschema(shape, name) && isObject(member)) object[name] = this.subschema(member, shape)
      else this.member(object, field, member)
      this.path.pop()
      this.goPath.pop()
    }
    for (const field of shape.alwaysThere) if (!(field.name in object)) this.fillIn(object, field)
    this.holder = outer
    return object
  }

  /**
   * Go reads such a schema with a decoder of its own, which does not know where it stands and minds no unknown field.
   * Source: apiextensions/v1/marshal.go, UnmarshalJSON (v1.36).
   */
  private subschema(json: JsonObject, shape: Definition): JsonObject {
    const inner = new Decoder()
    const schema = inner.structure(json, shape)
    for (const { type, message, serverMessage } of inner.problems) {
      if (type !== 'unknown field') this.problem(type, message, serverMessage)
    }
    return schema
  }

  private member(object: Record<string, unknown>, field: Field, json: unknown): void {
    if (json === undefined || json === null) return
    const value = this.value(json, field.type)
    if (value === ABSENT || (!field.required && isLeftOut(value, field))) return
    object[field.name] = value
  }

  /** What Go would hold where nothing was given. */
  private fillIn(object: Record<string, unknown>, field: Field): void {
    const { type } = field
    if (field.always && type.form === 'ref') {
      const shape = definition(type.name)
      if (shape !== undefined) object[field.name] = this.structure(undefined, shape)
    } else if (field.required && type.form === 'scalar') {
      const zero = zeroOf(type.scalar)
      if (zero !== undefined) object[field.name] = zero
    }
  }

  private value(json: unknown, type: FieldType): unknown {
    switch (type.form) {
      case 'scalar':
        return this.scalar(json, type.scalar)
      case 'ref': {
        const shape = definition(type.name)
        if (shape === undefined) return json
        return isObject(json) ? this.structure(json, shape) : this.wrongType(json, 'object', shape.goName)
      }
      case 'list':
        return this.list(json, type)
      case 'map':
        return this.map(json, type)
    }
  }

  private list(json: unknown, type: FieldType & { form: 'list' }): unknown {
    if (!Array.isArray(json)) return this.wrongType(json, 'list', goType(type))
    const items: unknown[] = []
    for (let i = 0; i < json.length; i += 1) {
      this.path.push(i)
      const item = json[i] === null ? zeroValue(type.of) : this.value(json[i], type.of)
      if (item !== ABSENT) items.push(item)
      this.path.pop()
    }
    return items
  }

  private map(json: unknown, type: FieldType & { form: 'map' }): unknown {
    if (!isObject(json)) return this.wrongType(json, 'object', goType(type))
    const entries: Record<string, unknown> = {}
    for (const key of Object.keys(json)) {
      this.path.push(key)
      const given = json[key]
      let value = given === null ? zeroValue(type.of) : this.value(given, type.of)
      // A ResourceList keeps thousandths and canonical text. Source: core/v1/defaults.go, SetDefaults_ResourceList.
      if (type.of.form === 'scalar' && type.of.scalar === 'q' && typeof value === 'string')
        value = listedQuantity(value)
      if (value !== ABSENT) entries[key] = value
      this.path.pop()
    }
    return entries
  }

  private scalar(json: unknown, scalar: Scalar): unknown {
    switch (scalar) {
      case 's':
        return typeof json === 'string' ? json : this.wrongScalar(json, scalar)
      case 'b':
        return typeof json === 'boolean' ? json : this.wrongScalar(json, scalar)
      case 'n':
        return typeof json === 'number' ? json : this.wrongScalar(json, scalar)
      case 'i':
        return isInteger(json, -0x80000000, 0x7fffffff) ? json : this.wrongScalar(json, scalar)
      case 'l':
        return isInteger(json, -Number.MAX_VALUE, Number.MAX_VALUE) ? json : this.wrongScalar(json, scalar)
      case 'x':
        return typeof json === 'string' || isInteger(json, -0x80000000, 0x7fffffff)
          ? json
          : this.wrongScalar(json, scalar)
      case 'y':
        return typeof json === 'string' ? this.base64(json) : this.wrongScalar(json, scalar)
      case 't':
      case 'u':
        return typeof json === 'string' ? this.time(json, scalar) : this.wrongScalar(json, scalar)
      case 'q':
        return this.quantity(json)
      case 'o':
        return isObject(json) ? json : this.wrongScalar(json, scalar)
      case 'j':
        return json
    }
  }

  private quantity(json: unknown): unknown {
    const text = typeof json === 'number' ? String(json) : typeof json === 'string' ? json.trim() : undefined
    const amount = parseQuantity(text ?? '')
    if (text === undefined || either.isLeft(amount)) {
      const words = either.isLeft(amount) ? amount.left : ''
      return this.problem('wrong value', `${JSON.stringify(json)} is not a quantity: ${words}`, words)
    }
    // Only what could not be kept as an integer is rewritten. Source: quantity.go, ParseQuantity.
    return /\..*i$/.test(text) ? formatQuantity(amount.right) : text
  }

  private time(text: string, scalar: 't' | 'u'): unknown {
    if (text === '') return ABSENT
    if (parseTime(text) !== undefined) return text
    const layout = scalar === 't' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
    // Abridged: Go names the part of the layout that failed; here it is always the first.
    const words = `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as "2006"`
    return this.problem('wrong value', `${JSON.stringify(text)} is not an RFC 3339 time`, words)
  }

  private base64(text: string): unknown {
    const compact = text.replace(/[\r\n]/g, '')
    const bad = compact.search(/[^A-Za-z0-9+/=]/)
    const shape = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
    if (shape.test(compact)) return compact
    const at = bad >= 0 ? bad : compact.length - (compact.length % 4)
    return this.problem('wrong value', `is not base64 (at byte ${at})`, `illegal base64 data at input byte ${at}`)
  }

  private wrongScalar(json: unknown, scalar: Scalar): typeof ABSENT {
    return this.wrongType(json, NAMES[scalar], GO_NAMES[scalar])
  }

  private wrongType(json: unknown, expected: string, goName: string): typeof ABSENT {
    const found = typeName(json)
    const place = [this.holder, ...this.goPath].join('.')
    const value = typeof json === 'number' && /int/.test(goName) ? `number ${json}` : goValue(json)
    const server = `json: cannot unmarshal ${value} into Go struct field ${place} of type ${goName}`
    return this.problem('wrong type', `expected ${expected}, found ${found}`, server)
  }

  private unknownField(): void {
    this.problem('unknown field', 'unknown field', `unknown field ${JSON.stringify(formatPath(this.path))}`)
  }

  private problem(type: SchemaProblem['type'], message: string, serverMessage: string): typeof ABSENT {
    const path = [...this.path]
    this.problems.push({ type, path, field: formatPath(path), message, serverMessage })
    return ABSENT
  }
}

/** A schema where the table says `any`: a boolean or a list may stand there too. */
const SUBSCHEMAS: ReadonlySet<string> = new Set(['additionalItems', 'additionalProperties', 'items'])
const isSubschema = ({ name }: Definition, field: string): boolean =>
  name === 'apiextensions/v1.JSONSchemaProps' && SUBSCHEMAS.has(field)

const isObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
const isInteger = (json: unknown, low: number, high: number): boolean =>
  typeof json === 'number' && Number.isInteger(json) && json >= low && json <= high

/** Whether Go's `omitempty` leaves it out. */
function isLeftOut(value: unknown, field: Field): boolean {
  switch (field.type.form) {
    case 'list':
      return Array.isArray(value) && value.length === 0 && !field.keepsEmpty
    case 'map':
      return isObject(value) && Object.keys(value).length === 0
    case 'scalar':
      return !field.pointer && (value === '' || value === 0 || value === false)
    case 'ref':
      return false
  }
}

const zeroValue = (type: FieldType): unknown => (type.form === 'scalar' ? (zeroOf(type.scalar) ?? ABSENT) : ABSENT)

function listedQuantity(text: string): string {
  const amount = parseQuantity(text)
  return either.isLeft(amount) ? text : formatQuantity(roundUpToMilli(amount.right))
}
