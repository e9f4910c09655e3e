/**
 * What server-side apply must know of a value's structure: made once per structure of the schema table, on first use.
 *
 * Source: structured-merge-diff/v6/schema/elements.go; kube-openapi/pkg/schemaconv, which makes it of OpenAPI.
 */
import { definition, type Definition, type Field, type FieldType, type Scalar } from '../schema/reader.ts'
import { zeroOf } from '../schema/words.ts'
import { fieldElement } from './path-element.ts'

export type ScalarType = 'string' | 'numeric' | 'boolean' | 'untyped'

export interface ListKey {
  readonly name: string
  /** The name as it stands in an element: `"name":`. */
  readonly label: string
  /** Stands for the key in items that lack it. */
  readonly defaultValue: unknown
}

export interface FieldNode {
  readonly name: string
  readonly element: string
  readonly type: TypeNode
  /**
   * What Go holds, and so writes, where nothing was given: `{}`, `''` or null; undefined for fields that it leaves out.
   * Only objects of Go's structures have it, not the JSON of an apply.
   */
  readonly zero: unknown
}

export type TypeNode =
  | { readonly form: 'scalar'; readonly scalar: ScalarType }
  /** Any JSON, changed as a whole. */
  | { readonly form: 'any' }
  /** Any JSON, whose objects are changed member by member. */
  | { readonly form: 'deduced' }
  | ListNode
  | MapNode

export interface ListNode {
  readonly form: 'list'
  /** Changed as a whole; else its items are told apart by `keys`, or by themselves where there are none. */
  readonly atomic: boolean
  readonly keys: readonly ListKey[]
  readonly of: TypeNode
}

export interface MapNode {
  readonly form: 'map'
  readonly atomic: boolean
  readonly fields: ReadonlyMap<string, FieldNode>
  /** Fields with a zero. */
  readonly zeros: readonly FieldNode[]
  /** Members beyond the fields; undefined where there may be none. */
  readonly of: TypeNode | undefined
}

export const ANY: TypeNode = { form: 'any' }
export const DEDUCED: TypeNode = { form: 'deduced' }
const NO_FIELDS: ReadonlyMap<string, FieldNode> = new Map()

export const scalarNode = (scalar: ScalarType): TypeNode => ({ form: 'scalar', scalar })

const SCALARS: Readonly<Record<Scalar, TypeNode>> = {
  s: { form: 'scalar', scalar: 'string' },
  y: { form: 'scalar', scalar: 'string' },
  t: { form: 'scalar', scalar: 'string' },
  u: { form: 'scalar', scalar: 'string' },
  i: { form: 'scalar', scalar: 'numeric' },
  l: { form: 'scalar', scalar: 'numeric' },
  n: { form: 'scalar', scalar: 'numeric' },
  b: { form: 'scalar', scalar: 'boolean' },
  q: { form: 'scalar', scalar: 'untyped' },
  x: { form: 'scalar', scalar: 'untyped' },
  o: ANY,
  j: ANY,
}

const nodes = new Map<string, TypeNode>()
const atomicNodes = new Map<string, TypeNode>()

/** The node of a structure. */
export function nodeOfDefinition(shape: Definition, atomic: boolean = shape.atomic): TypeNode {
  const cache = atomic ? atomicNodes : nodes
  const known = cache.get(shape.name)
  if (known !== undefined) return known
  const made = new StructNode(shape, atomic)
  cache.set(shape.name, made)
  return made
}

/** Structures contain themselves (schemas do), so fields are made when they are first asked for. */
class StructNode implements MapNode {
  readonly form = 'map'
  readonly atomic: boolean
  readonly of = undefined
  private readonly shape: Definition
  private made: ReadonlyMap<string, FieldNode> | undefined
  private madeZeros: readonly FieldNode[] | undefined

  constructor(shape: Definition, atomic: boolean) {
    this.shape = shape
    this.atomic = atomic
  }

  get fields(): ReadonlyMap<string, FieldNode> {
    this.made ??= new Map(
      [...this.shape.fields.values()].map((field): [string, FieldNode] => [field.name, fieldNode(this.shape, field)]),
    )
    return this.made
  }

  get zeros(): readonly FieldNode[] {
    this.madeZeros ??= [...this.fields.values()].filter(({ zero }) => zero !== undefined)
    return this.madeZeros
  }
}

const fieldNode = (shape: Definition, field: Field): FieldNode => ({
  name: field.name,
  element: fieldElement(field.name),
  type: nodeOfField(field),
  zero: zeroOfField(shape, field),
})

const EMPTY_STRUCTURE = Object.freeze({})

function zeroOfField({ name }: Definition, field: Field): unknown {
  const { type, always, required } = field
  if (always) return EMPTY_STRUCTURE
  if (type.form === 'scalar') {
    if (required || ALWAYS_WRITTEN.has(`${name}.${field.name}`)) return zeroOf(type.scalar) ?? null
    return (type.scalar === 't' || type.scalar === 'u') && isTimeByValue(name, field.name) ? null : undefined
  }
  // A structure that Go keeps by pointer it leaves out.
  return required && type.form !== 'ref' && !LEFT_OUT.has(`${name}.${field.name}`) ? null : undefined
}

/** Texts that Go writes even when they are empty. */
const ALWAYS_WRITTEN: ReadonlySet<string> = new Set([
  'core/v1.Event.reportingComponent',
  'core/v1.Event.reportingInstance',
])

/** Required lists that Go leaves out all the same when they are empty. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec.validationActions',
])

/** Times that Go keeps by value and writes as null. Those of ObjectMeta are left out when zero, others are pointers. */
const TIMES_BY_VALUE: ReadonlySet<string> = new Set([
  'core/v1.Event.eventTime',
  'core/v1.Event.firstTimestamp',
  'core/v1.Event.lastTimestamp',
  'events/v1.Event.deprecatedFirstTimestamp',
  'events/v1.Event.deprecatedLastTimestamp',
  'events/v1.Event.eventTime',
  'certificates/v1.CertificateSigningRequestCondition.lastUpdateTime',
  'storage/v1.VolumeError.time',
])

const isTimeByValue = (structure: string, field: string): boolean =>
  TIMES_BY_VALUE.has(`${structure}.${field}`) ||
  (structure.endsWith('Condition') && /^last(Probe|Transition|Heartbeat|Update)Time$/.test(field))

function nodeOfField(field: Field): TypeNode {
  const { type, listType, mapType } = field
  if (type.form === 'list') {
    const of = nodeOfType(type.of)
    const keys = listType === 'map' ? listKeys(type.of, field.mapKeys) : []
    return { form: 'list', atomic: listType !== 'map' && listType !== 'set', keys, of }
  }
  if (type.form === 'ref' && mapType !== undefined) return refNode(type.name, mapType === 'atomic')
  if (type.form === 'map') {
    return { form: 'map', atomic: mapType === 'atomic', fields: NO_FIELDS, zeros: [], of: nodeOfType(type.of) }
  }
  return nodeOfType(type)
}

function nodeOfType(type: FieldType): TypeNode {
  switch (type.form) {
    case 'scalar':
      return SCALARS[type.scalar]
    case 'ref':
      return refNode(type.name)
    case 'list':
      return { form: 'list', atomic: true, keys: [], of: nodeOfType(type.of) }
    case 'map':
      return { form: 'map', atomic: false, fields: NO_FIELDS, zeros: [], of: nodeOfType(type.of) }
  }
}

function refNode(name: string, atomic?: boolean): TypeNode {
  const shape = definition(name)
  return shape === undefined ? ANY : nodeOfDefinition(shape, atomic)
}

/** By name, as they stand in elements. */
const listKeys = (items: FieldType, names: readonly string[]): readonly ListKey[] =>
  [...names]
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((name) => ({ name, label: `${JSON.stringify(name)}:`, defaultValue: keyDefault(items, name) }))

function keyDefault(items: FieldType, key: string): unknown {
  const field = items.form === 'ref' ? definition(items.name)?.fields.get(key) : undefined
  if (field?.defaultValue === undefined || field.type.form !== 'scalar') return undefined
  const text = field.defaultValue.replaceAll('+', ' ')
  if (field.type.scalar === 's') return text
  return /^(-?\d+|true|false)$/.test(text) ? (JSON.parse(text) as unknown) : text
}
