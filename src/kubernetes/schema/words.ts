/** How types and values are called: by people, and by Go's JSON decoder, whose words the API shows. */
import { definition, type FieldType, type Scalar } from './reader.ts'

/** Types in words for people. */
export const NAMES: Readonly<Record<Scalar, string>> = {
  s: 'string',
  i: 'integer',
  l: 'integer',
  n: 'number',
  b: 'boolean',
  y: 'base64 string',
  t: 'time',
  u: 'time',
  q: 'quantity',
  x: 'integer or string',
  o: 'object',
  j: 'any value',
}
/** Types as Go names them. */
export const GO_NAMES: Readonly<Record<Scalar, string>> = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  n: 'float64',
  b: 'bool',
  y: '[]uint8',
  t: 'string',
  u: 'string',
  q: 'string',
  x: 'int32',
  o: 'map[string]interface {}',
  j: 'interface {}',
}

/** What was found, in words for people. */
export function typeName(json: unknown): string {
  if (json === null) return 'null'
  if (Array.isArray(json)) return 'list'
  if (typeof json === 'number') return Number.isInteger(json) ? 'integer' : 'number'
  return typeof json
}

/** What was found, in the words of Go's decoder. */
export function goValue(json: unknown): string {
  if (Array.isArray(json)) return 'array'
  return typeof json === 'boolean' ? 'bool' : typeof json
}

/** A type as Go writes it: `map[string]v1.Probe`. */
export function goType(type: FieldType): string {
  switch (type.form) {
    case 'scalar':
      return type.scalar === 'q' ? 'resource.Quantity' : GO_NAMES[type.scalar]
    case 'ref':
      return definition(type.name)?.goName ?? type.name
    case 'list':
      return `[]${goType(type.of)}`
    case 'map':
      return `map[string]${goType(type.of)}`
  }
}

/** Go's zero of a plain scalar; undefined where there is none in JSON. */
export function zeroOf(scalar: Scalar): unknown {
  switch (scalar) {
    case 's':
      return ''
    case 'i':
    case 'l':
    case 'n':
      return 0
    case 'b':
      return false
    default:
      return undefined
  }
}
