/** The structures of the schema table as OpenAPI schemas, of version 2 or 3. */
import { definition, kindsInSchema, type Field, type FieldType, type Scalar } from '../../kubernetes/schema/reader.ts'

export type OpenApiVersion = 2 | 3

export type Schema = Readonly<Record<string, unknown>>

/** Packages whose structures are not below `io.k8s.api`. */
const PACKAGES: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  runtime: 'io.k8s.apimachinery.pkg.runtime',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  pkg: 'io.k8s.apimachinery.pkg',
}

/** `core/v1.Container` is `io.k8s.api.core.v1.Container`. */
export const longName = (name: string): string => {
  const [group = '', rest = ''] = name.split('/')
  return `${PACKAGES[group] ?? `io.k8s.api.${group}`}.${rest}`
}

export const reference = (name: string, version: OpenApiVersion): Schema => customReference(longName(name), version)

/** To what is named in full already. */
export const customReference = (name: string, version: OpenApiVersion): Schema => ({
  $ref: `#/${version === 2 ? 'definitions' : 'components/schemas'}/${name}`,
})

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

const IN_VERSION_3: Partial<Record<Scalar, Schema>> = {
  q: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  x: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
}

const typeSchema = (type: FieldType, version: OpenApiVersion): Schema => {
  switch (type.form) {
    case 'scalar':
      return (version === 3 ? IN_VERSION_3[type.scalar] : undefined) ?? SCALARS[type.scalar]
    case 'ref':
      return reference(type.name, version)
    case 'list':
      return { type: 'array', items: typeSchema(type.of, version) }
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.of, version) }
  }
}

const fieldSchema = (field: Field, version: OpenApiVersion): Schema => {
  const base = typeSchema(field.type, version)
  // A reference stands alone in OpenAPI 3.0; what is said beside it needs `allOf`.
  const schema = version === 3 && field.type.form === 'ref' ? { allOf: [base] } : base
  return {
    ...schema,
    ...(version === 3 && field.always ? { default: {} } : {}),
    ...(version === 3 && field.defaultValue !== undefined && field.type.form === 'scalar'
      ? { default: defaultOf(field.type.scalar, field.defaultValue) }
      : {}),
    ...(field.values.length > 0 && field.type.form === 'scalar' ? { enum: field.values } : {}),
    ...(field.mapKeys.length > 0 ? { 'x-kubernetes-list-map-keys': field.mapKeys } : {}),
    ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.patchStrategies.length > 0 ? { 'x-kubernetes-patch-strategy': field.patchStrategies.join(',') } : {}),
  }
}

const defaultOf = (scalar: Scalar, text: string): unknown => {
  if (scalar === 'i' || scalar === 'l' || scalar === 'n') return Number(text)
  return scalar === 'b' ? text === 'true' : text
}

/** By the table's names: which group, version and kind a structure is. */
const kinds = (): ReadonlyMap<string, Schema> => {
  const found = new Map<string, Schema>()
  for (const text of kindsInSchema()) {
    const [group = '', version = '', kind = ''] = text.split('/')
    found.set(`${group} ${version} ${kind}`, { group, kind, version })
  }
  return found
}

export interface KindName {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** Every structure that some names lead to, by its long name. */
export const schemasFrom = (
  roots: readonly { readonly name: string; readonly kind?: KindName }[],
  version: OpenApiVersion,
): Readonly<Record<string, Schema>> => {
  const known = kinds()
  const made = new Map<string, Schema>()
  const kindOf = new Map(roots.map(({ name, kind }) => [name, kind]))
  const open = roots.map(({ name }) => name)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const structure = definition(name)
    if (structure === undefined || made.has(longName(name))) continue
    const fields = [...structure.fields.values()]
    const required = fields.filter((field) => field.required).map((field) => field.name)
    const kind = kindOf.get(name)
    const gvk = kind === undefined ? undefined : known.get(`${kind.group} ${kind.version} ${kind.kind}`)
    made.set(longName(name), {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(fields.length > 0
        ? { properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, version)])) }
        : {}),
      ...(structure.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      ...(gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': [gvk] }),
    })
    for (const field of fields) open.push(...referred(field.type))
  }
  return Object.fromEntries([...made].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const referred = (type: FieldType): readonly string[] =>
  type.form === 'ref' ? [type.name] : type.form === 'scalar' ? [] : referred(type.of)
