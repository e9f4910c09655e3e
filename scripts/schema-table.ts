/**
 * Writes src/kubernetes/schema/table.ts from the OpenAPI documents that a kube-apiserver v1.36 serves, and
 * src/server/openapi/table.ts, which has what only these documents themselves need.
 *
 *   npx tsx scripts/schema-table.ts [folder with openapi-v2.json.gz and openapi-v3.json.gz]
 *
 * Only structure is taken: definitions, fields, types, required, enumerations, merge keys, list and map types. Kubernetes is
 * licensed under Apache-2.0. The formats are described in src/kubernetes/schema/reader.ts and src/server/openapi/facts.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

interface Schema {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-unions'?: readonly {
    readonly discriminator?: string
    readonly 'fields-to-discriminateBy': Readonly<Record<string, string>>
  }[]
}

const folder = process.argv[2] ?? '../shared/oracles/schema'
const read = (name: string): unknown => JSON.parse(gunzipSync(readFileSync(`${folder}/${name}`)).toString())
const { definitions } = read('openapi-v2.json.gz') as { definitions: Readonly<Record<string, Schema>> }

/** What only the v3 documents say: the defaults of fields. An empty object marks a structure that is never absent. */
const defaults = new Map<string, unknown>()
/** Fields that are references without anything beside them. */
const bare = new Set<string>()
for (const document of Object.values(
  read('openapi-v3.json.gz') as Record<string, { components?: { schemas?: object } }>,
)) {
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {}) as [string, Schema][]) {
    for (const [field, { default: value, $ref }] of Object.entries(schema.properties ?? {})) {
      if (value !== undefined) defaults.set(`${name} ${field}`, value)
      if ($ref !== undefined) bare.add(`${name} ${field}`)
    }
  }
}

/** `io.k8s.api.core.v1.Container` is `core/v1.Container`. */
const shortName = (name: string): string => {
  const parts = name.replace(/^#\/definitions\//, '').split('.')
  return `${parts.at(-3)}/${parts.at(-2)}.${parts.at(-1)}`
}

const PRIMITIVE = new Map([
  ['pkg/runtime.RawExtension', 'o'],
  ['meta/v1.FieldsV1', 'o'],
  ['apiextensions/v1.JSON', 'j'],
  ['apiextensions/v1.JSONSchemaPropsOrArray', 'j'],
  ['apiextensions/v1.JSONSchemaPropsOrBool', 'j'],
  ['apiextensions/v1.JSONSchemaPropsOrStringArray', 'j'],
  ['api/resource.Quantity', 'q'],
  ['util/intstr.IntOrString', 'x'],
  ['meta/v1.Time', 't'],
  ['meta/v1.MicroTime', 'u'],
])
/** A patch is any object; what discovery answers is no kind that anybody sends. */
const LEFT_OUT = 'meta/v1.Patch'
const DISCOVERY = /^meta\/v1\.API\w+$/

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = shortName(schema.$ref)
    return PRIMITIVE.get(name) ?? `@${name}`
  }
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? 'y' : 's'
    case 'integer':
      return schema.format === 'int64' ? 'l' : 'i'
    case 'number':
      return 'n'
    case 'boolean':
      return 'b'
    case 'array':
      return `[${typeOf(schema.items ?? {})}`
    case 'object':
      return schema.additionalProperties === undefined ? 'o' : `{${typeOf(schema.additionalProperties)}`
    default:
      throw new Error(`no code for ${JSON.stringify(schema)}`)
  }
}

function fieldText(definition: string, name: string, schema: Schema, required: boolean): string {
  const value = defaults.get(`${definition} ${name}`)
  const isEmptyObject = JSON.stringify(value) === '{}'
  const values = schema.enum ?? schema.items?.enum ?? schema.additionalProperties?.enum
  return [
    name,
    required ? '!' : '',
    isEmptyObject && schema.$ref !== undefined ? '.' : '',
    `:${typeOf(schema)}`,
    typeof value === 'string' && (value !== '' || !required) ? `=${value}` : '',
    schema['x-kubernetes-list-type'] === undefined ? '' : `^${schema['x-kubernetes-list-type']}`,
    schema['x-kubernetes-list-map-keys'] === undefined ? '' : `(${schema['x-kubernetes-list-map-keys'].join(',')})`,
    schema['x-kubernetes-map-type'] === undefined ? '' : `%${schema['x-kubernetes-map-type']}`,
    schema['x-kubernetes-patch-strategy'] === undefined ? '' : `~${schema['x-kubernetes-patch-strategy']}`,
    schema['x-kubernetes-patch-merge-key'] === undefined ? '' : `(${schema['x-kubernetes-patch-merge-key']})`,
    values === undefined ? '' : `<${values.map((value) => value.replaceAll(' ', '_')).join('|')}>`,
  ].join('')
}

const lines: string[] = []
for (const [name, schema] of Object.entries(definitions)) {
  const short = shortName(name)
  const isList = short.endsWith('List') && schema.properties?.['items'] !== undefined
  if (isList || PRIMITIVE.has(short) || short === LEFT_OUT) continue
  const kinds = schema['x-kubernetes-group-version-kind'] ?? []
  // DeleteOptions is registered under every group: only its shape matters.
  const isKind = kinds.length === 1 && !DISCOVERY.test(short)
  const kind = isKind ? kinds.map(({ group, version, kind }) => `${group}/${version}/${kind}`).join('') : ''
  const required = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}).map(([field, type]) =>
    fieldText(name, field, type, required.has(field)),
  )
  lines.push([short, kind, schema['x-kubernetes-map-type'] ?? '', ...fields].join(' '))
}
lines.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

const text = `/**
 * The structure of every built-in kind of Kubernetes v1.36: made by scripts/schema-table.ts, not by hand. Read by reader.ts.
 * Derived from the OpenAPI document of kube-apiserver v1.36, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const SCHEMA_TABLE = \`
${lines.join('\n')}
\`
`
writeFileSync('src/kubernetes/schema/table.ts', text)
console.log(`${lines.length} definitions, ${text.length} characters`)

/** What a field is beyond its line in the first table: `name[*][-][=default][@reference]`. */
function factText(definition: string, name: string, schema: Schema, required: boolean): string {
  const value = defaults.get(`${definition} ${name}`)
  const isScalar = schema.$ref === undefined && schema.type !== 'array' && schema.type !== 'object'
  const expected =
    required && isScalar ? { string: '', integer: 0, number: 0, boolean: false }[schema.type ?? ''] : undefined
  const isTold = typeof value === 'object' || value === expected || (typeof value === 'string' && value !== '')
  const base = schema.items ?? schema.additionalProperties ?? schema
  const target = base.$ref === undefined ? '' : shortName(base.$ref)
  const parts = [
    bare.has(`${definition} ${name}`) ? '*' : '',
    expected !== undefined && value === undefined ? '-' : '',
    value === undefined || isTold ? '' : `=${String(value)}`,
    ['o', 'j'].includes(PRIMITIVE.get(target) ?? '') ? `@${target}` : '',
  ].join('')
  return parts === '' ? '' : `${name}${parts}`
}

const factLines: string[] = []
const unions: string[] = []
const optionVersions = new Map<string, readonly string[]>()
for (const [name, schema] of Object.entries(definitions)) {
  const short = shortName(name)
  const required = new Set(schema.required ?? [])
  const facts = Object.entries(schema.properties ?? {})
    .map(([field, type]) => factText(name, field, type, required.has(field)))
    .filter((text) => text !== '')
  if (facts.length > 0) factLines.push([short, ...facts].join(' '))
  for (const union of schema['x-kubernetes-unions'] ?? []) {
    unions.push([short, union.discriminator ?? '-', ...Object.keys(union['fields-to-discriminateBy'])].join(' '))
  }
  if (short === 'meta/v1.DeleteOptions') {
    for (const { group, version } of schema['x-kubernetes-group-version-kind'] ?? []) {
      optionVersions.set(group, [...(optionVersions.get(group) ?? []), version])
    }
  }
}

const openApiText = `/**
 * What the OpenAPI documents of Kubernetes v1.36 tell beyond the structures: made by scripts/schema-table.ts, not by hand. Read by
 * facts.ts. Derived from the OpenAPI documents of kube-apiserver v1.36, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const FIELD_TABLE = \`
${factLines.toSorted().join('\n')}
\`

export const UNION_TABLE = \`
${unions.toSorted().join('\n')}
\`

/** The groups and versions under which DeleteOptions and WatchEvent are registered. */
export const OPTIONS_VERSIONS = \`
${[...optionVersions].map(([group, versions]) => `${group}/${versions.join(',')}`).join('\n')}
\`
`
writeFileSync('src/server/openapi/table.ts', openApiText)
console.log(`${factLines.length} definitions with facts, ${openApiText.length} characters`)
