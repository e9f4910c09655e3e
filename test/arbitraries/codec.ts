import { either } from 'fp-ts'
import fc from 'fast-check'
import type * as t from 'io-ts'

/** The shapes of codec that the catalogue uses. */
type Shape =
  | t.InterfaceType<t.Props>
  | t.PartialType<t.Props>
  | t.IntersectionType<t.Mixed[]>
  | t.UnionType<t.Mixed[]>
  | t.ExactType<t.HasProps>
  | t.ReadonlyType<t.Mixed>
  | t.RefinementType<t.Mixed>
  | t.ArrayType<t.Mixed>
  | t.ReadonlyArrayType<t.Mixed>
  | t.TupleType<t.Mixed[]>
  | t.DictionaryType<t.Mixed, t.Mixed>
  | t.AnyDictionaryType
  | t.LiteralType<string | number | boolean>
  | t.KeyofType<Record<string, unknown>>
  | t.StringType
  | t.NumberType
  | t.BooleanType
  | t.NullType
  | t.UndefinedType
  | t.UnknownType

const KNOWN_TAGS = new Set([
  'InterfaceType',
  'PartialType',
  'IntersectionType',
  'UnionType',
  'ExactType',
  'ReadonlyType',
  'RefinementType',
  'ArrayType',
  'ReadonlyArrayType',
  'TupleType',
  'DictionaryType',
  'AnyDictionaryType',
  'LiteralType',
  'KeyofType',
  'StringType',
  'NumberType',
  'BooleanType',
  'NullType',
  'UndefinedType',
  'UnknownType',
])

/** Integers, as everything in the log: floats print differently between Node versions. */
const integers = fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.maxSafeInteger())

/** Text with everything that JSON has to escape, lone surrogates too. */
export const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', '\n', '\ud800', '\u2028', '","data":'),
)

/**
 * Names of members that JSON writes as they are. JSON.parse of Node 24 takes `{"\u0000":1,"\u0002":2}` for what it read before
 * when that was `{"\u0000":1,"\\":1}`: names that begin with an escape are mixed up.
 */
const isPlain = (key: string): boolean => JSON.stringify(key) === `"${key}"`
export const keys = texts.filter(isPlain)

/** Any JSON value without floats. */
export const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    integers,
    texts,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

const records = fc.dictionary(keys, json, { maxKeys: 4, noNullPrototype: true })

const fields = (props: t.Props, required: boolean): fc.Arbitrary<Record<string, unknown>> => {
  const arbitraries = Object.fromEntries(Object.entries(props).map(([key, codec]) => [key, arbitraryOf(codec)]))
  return required ? fc.record(arbitraries) : fc.record(arbitraries, { requiredKeys: [] })
}

/** What a codec of our own may read, tried in this order. */
const candidates: readonly fc.Arbitrary<unknown>[] = [
  fc.record({ apiVersion: texts, kind: texts, metadata: fc.record({ name: texts, labels: records }), spec: json }),
  integers,
  texts,
  fc.constant([]),
  fc.tuple(integers, integers),
  fc.tuple(integers, integers, integers),
]

/** A codec that does not say what it is made of: values that it reads, as it reads them. */
const readBy = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  const readable = (value: unknown): boolean => either.isRight(codec.decode(value))
  const candidate = candidates.find((one) => fc.sample(one, { seed: 1, numRuns: 20 }).every(readable))
  if (candidate === undefined) {
    throw new Error(`no arbitrary for the codec ${codec.name}: add what it reads to test/arbitraries/codec.ts`)
  }
  return candidate.map((value) => {
    const decoded = codec.decode(value)
    if (either.isLeft(decoded)) throw new Error(`${codec.name} reads most candidates, but not ${JSON.stringify(value)}`)
    return decoded.right as unknown
  })
}

const isShape = (codec: t.Mixed): codec is Shape & t.Mixed => '_tag' in codec && KNOWN_TAGS.has(String(codec._tag))

/** Values as actors hold them that a codec describes; JSON can hold them, or what the row's `encode` makes of them. */
export const arbitraryOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (!isShape(codec)) return readBy(codec)
  const shape: Shape = codec
  switch (shape._tag) {
    case 'InterfaceType':
      return fields(shape.props, true)
    case 'PartialType':
      return fields(shape.props, false)
    case 'IntersectionType':
      return fc.tuple(...shape.types.map(arbitraryOf)).map((parts) => Object.assign({}, ...parts) as unknown)
    case 'UnionType':
      return fc.oneof(...shape.types.map(arbitraryOf))
    case 'ExactType':
    case 'ReadonlyType':
      return arbitraryOf(shape.type)
    case 'RefinementType':
      return arbitraryOf(shape.type).filter((value) => codec.is(value))
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return fc.array(arbitraryOf(shape.type), { maxLength: 4 })
    case 'TupleType':
      return fc.tuple(...shape.types.map(arbitraryOf))
    case 'DictionaryType':
      return fc.dictionary(arbitraryOf(shape.domain).map(String).filter(isPlain), arbitraryOf(shape.codomain), {
        maxKeys: 4,
        noNullPrototype: true,
      })
    case 'AnyDictionaryType':
      return records
    case 'LiteralType':
      return fc.constant(shape.value)
    case 'KeyofType':
      return fc.constantFrom(...Object.keys(shape.keys))
    case 'StringType':
      return texts
    case 'NumberType':
      return integers
    case 'BooleanType':
      return fc.boolean()
    case 'NullType':
      return fc.constant(null)
    case 'UndefinedType':
      return fc.constant(undefined)
    case 'UnknownType':
      return json
  }
}
