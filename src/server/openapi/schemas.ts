/** The structures of the schema table as OpenAPI schemas, of version 2 or 3. */
import { definition, kindsInSchema, type Field, type FieldType, type Scalar } from '../../kubernetes/schema/reader.ts'
import type { GroupVersionKind } from '../discovery/facts.ts'
import { factOf, sharedKinds, unionOf, type FieldFact } from './facts.ts'

export type OpenApiVersion = 2 | 3

export type Schema = Readonly<Record<string, unknown>>

/** Packages whose structures are not below `io.k8s.api`. */
const PACKAGES: Readonly<Record<string, string>> = {
  api: 'io.k8s.apimachinery.pkg.api',
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  pkg: 'io.k8s.apimachinery.pkg',
  util: 'io.k8s.apimachinery.pkg.util',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
}

/** `core/v1.Container` is `io.k8s.api.core.v1.Container`; what has no slash is a full name already. */
export const longName = (name: string): string => {
  const slash = name.indexOf('/')
  if (slash < 0) return name
  const group = name.slice(0, slash)
  return `${PACKAGES[group] ?? `io.k8s.api.${group}`}.${name.slice(slash + 1)}`
}

export const reference = (name: string, version: OpenApiVersion): Schema => ({
  $ref: `#/${version === 2 ? 'definitions' : 'components/schemas'}/${longName(name)}`,
})

/** Scalars that have a definition of their own. */
const NAMED: Partial<Record<Scalar, string>> = {
  q: 'api/resource.Quantity',
  x: 'util/intstr.IntOrString',
  t: 'meta/v1.Time',
  u: 'meta/v1.MicroTime',
}

const SCALARS: Readonly<Record<Scalar, Schema>> = {
  s: { type: 'string' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  n: { type: 'number', format: 'double' },
  b: { type: 'boolean' },
  y: { type: 'string', format: 'byte' },
  t: { type: 'string', format: 'date-time' },
  u: { type: 'string', format: 'date-time' },
  q: { type: 'string' },
  x: { type: 'string', format: 'int-or-string' },
  o: { type: 'object' },
  j: {},
}

/** Definitions without fields. */
const PRIMITIVES: ReadonlyMap<string, readonly [version2: Schema, version3: Schema]> = new Map([
  ['api/resource.Quantity', [SCALARS.q, { oneOf: [{ type: 'string' }, { type: 'number' }] }]],
  [
    'util/intstr.IntOrString',
    [SCALARS.x, { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }],
  ],
  ['meta/v1.Time', [SCALARS.t, SCALARS.t]],
  ['meta/v1.MicroTime', [SCALARS.u, SCALARS.u]],
  ...['meta/v1.FieldsV1', 'meta/v1.Patch', 'pkg/runtime.RawExtension'].map((name): [string, [Schema, Schema]] => [
    name,
    [SCALARS.o, SCALARS.o],
  ]),
  ...['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
    (name): [string, [Schema, Schema]] => [`apiextensions/v1.${name}`, [{}, {}]],
  ),
])

/** The definition that a value is of; undefined where it is described in place. */
const targetOf = (type: FieldType, { reference: told }: FieldFact): string | undefined =>
  type.form === 'ref'
    ? type.name
    : type.form === 'scalar'
      ? type.scalar === 'o' || type.scalar === 'j'
        ? told
        : NAMED[type.scalar]
      : undefined

const typeSchema = (type: FieldType, field: Field, fact: FieldFact, version: OpenApiVersion): Schema => {
  const target = targetOf(type, fact)
  if (target !== undefined) return reference(target, version)
  switch (type.form) {
    case 'scalar':
      return field.values.length === 0 ? SCALARS[type.scalar] : { ...SCALARS[type.scalar], enum: field.values }
    case 'list':
      return { type: 'array', items: typeSchema(type.of, field, fact, version) }
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.of, field, fact, version) }
    case 'ref': // It has a target.
      return {}
  }
}

const fieldSchema = (structure: string, field: Field, version: OpenApiVersion): Schema => {
  const fact = factOf(structure, field.name)
  const base = typeSchema(field.type, field, fact, version)
  const { mapKeys, listType, mapType, mergeKey, patchStrategies } = field
  return {
    ...(version === 3 ? withDefault(base, field, fact) : base),
    ...(mapKeys.length > 0 ? { 'x-kubernetes-list-map-keys': mapKeys } : {}),
    ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
    ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
    ...(mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(patchStrategies.length > 0 ? { 'x-kubernetes-patch-strategy': patchStrategies.join(',') } : {}),
  }
}

const ZEROES: Partial<Record<Scalar, unknown>> = { s: '', y: '', i: 0, l: 0, n: 0, b: false }

/** A reference stands alone in OpenAPI 3.0; what is said beside it needs `allOf`. */
const withDefault = (base: Schema, field: Field, fact: FieldFact): Schema => {
  const { type, always, required } = field
  if ('$ref' in base) return fact.bare ? base : { allOf: [base], ...(always ? { default: {} } : {}) }
  if (type.form !== 'scalar') return base
  const text = fact.defaultValue ?? field.defaultValue
  if (text !== undefined) return { ...base, default: valueOf(type.scalar, text) }
  const zero = ZEROES[type.scalar]
  return required && !fact.withoutDefault && zero !== undefined ? { ...base, default: zero } : base
}

const valueOf = (scalar: Scalar, text: string): unknown => {
  if (scalar === 'i' || scalar === 'l' || scalar === 'n') return Number(text)
  return scalar === 'b' ? text === 'true' : text
}

/** Which kind a structure is, by its name in the table. */
let kindOf: ReadonlyMap<string, GroupVersionKind> | undefined

const kindsByName = (): ReadonlyMap<string, GroupVersionKind> => {
  if (kindOf !== undefined) return kindOf
  const found = new Map<string, GroupVersionKind>()
  for (const [text, name] of kindsInSchema()) {
    const [group = '', version = '', kind = ''] = text.split('/')
    found.set(name, { group, version, kind })
  }
  return (kindOf = found)
}

const isListOf = (name: string): string | undefined => {
  const one = name.replace(/List$/, '')
  return one !== name && kindsByName().has(one) && definition(name) === undefined ? one : undefined
}

/** `own`: the one version whose document is made; undefined in the document of all. */
const structureSchema = (
  name: string,
  own: { readonly group: string; readonly version: string } | undefined,
  version: OpenApiVersion,
): { readonly schema: Schema; readonly leadsTo: readonly string[] } | undefined => {
  const primitive = PRIMITIVES.get(name)
  if (primitive !== undefined) return { schema: version === 2 ? primitive[0] : primitive[1], leadsTo: [] }
  const item = isListOf(name)
  if (item !== undefined) return listSchema(name, item, version)
  const structure = definition(name)
  if (structure === undefined) return undefined
  const fields = [...structure.fields.values()]
  const required = fields.filter((field) => field.required).map((field) => field.name)
  const union = unionOf(name)
  const kind = kindsByName().get(name)
  const kinds = kind === undefined ? sharedKinds(name, own) : [kind]
  const schema = {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    ...(fields.length > 0
      ? { properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(name, field, version)])) }
      : {}),
    ...(structure.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(kinds.length > 0 ? { 'x-kubernetes-group-version-kind': kinds } : {}),
    ...(union === undefined
      ? {}
      : {
          'x-kubernetes-unions': [
            {
              ...(union.discriminator === undefined ? {} : { discriminator: union.discriminator }),
              'fields-to-discriminateBy': Object.fromEntries(union.members.map((member) => [member, upper(member)])),
            },
          ],
        }),
  }
  return { schema, leadsTo: fields.flatMap((field) => referred(field.type, factOf(name, field.name))) }
}

const LIST_META = 'meta/v1.ListMeta'

const listSchema = (
  name: string,
  item: string,
  version: OpenApiVersion,
): { readonly schema: Schema; readonly leadsTo: readonly string[] } => {
  const kind = kindsByName().get(item)
  return {
    schema: {
      ...listOf(item, version),
      ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': [{ ...kind, kind: `${kind.kind}List` }] }),
    },
    leadsTo: [item, LIST_META],
  }
}

/** A list of what a name says. */
export const listOf = (item: string, version: OpenApiVersion): Schema => {
  const metadata = reference(LIST_META, version)
  return {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: SCALARS.s,
      items: { type: 'array', items: reference(item, version) },
      kind: SCALARS.s,
      metadata: version === 2 ? metadata : { default: {}, allOf: [metadata] },
    },
  }
}

export const upper = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** Every structure that some names lead to, by its long name. */
export const schemasFrom = (
  roots: Iterable<string>,
  own: { readonly group: string; readonly version: string } | undefined,
  version: OpenApiVersion,
): Readonly<Record<string, Schema>> => {
  const made = new Map<string, Schema>()
  const open = [...roots]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (made.has(longName(name))) continue
    const found = structureSchema(name, own, version)
    if (found === undefined) continue
    made.set(longName(name), found.schema)
    open.push(...found.leadsTo)
  }
  return Object.fromEntries([...made].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const referred = (type: FieldType, fact: FieldFact): readonly string[] => {
  const target = targetOf(type, fact)
  if (target !== undefined) return [target]
  return type.form === 'list' || type.form === 'map' ? referred(type.of, fact) : []
}
