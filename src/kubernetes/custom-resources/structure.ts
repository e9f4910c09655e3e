/**
 * What a schema does to an object before it is looked at: what it does not name goes, what was left out comes.
 *
 * Source: apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go, defaulting/algorithm.go, defaulting/prune.go (v1.36).
 */
import { isJsonObject, memberSchema, META_FIELDS, type JsonObject, type Schema } from './schema.ts'

/** A copy without what the schema does not name; the paths of what went are added to `unknown`. */
export function prune(
  value: unknown,
  schema: Schema | undefined,
  at: string,
  isRoot: boolean,
  unknown: string[],
): unknown {
  if (Array.isArray(value)) {
    return value.map((item, i) => prune(item, schema?.items, `${at}[${i}]`, false, unknown))
  }
  if (!isJsonObject(value)) return value
  const keeps = schema?.['x-kubernetes-preserve-unknown-fields'] === true
  const embedded = isRoot || schema?.['x-kubernetes-embedded-resource'] === true
  const pruned: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const member = value[name]
    const path = at === '' ? name : `${at}.${name}`
    if (embedded && META_FIELDS.has(name)) pruned[name] = member
    else if (schema !== undefined && isNamed(schema, name)) {
      pruned[name] = prune(member, memberSchema(schema, name), path, false, unknown)
    } else if (keeps) pruned[name] = member
    else unknown.push(path)
  }
  return pruned
}

const isNamed = ({ properties, additionalProperties }: Schema, name: string): boolean =>
  (properties !== undefined && name in properties) ||
  (additionalProperties !== undefined && additionalProperties !== false)

/** A copy with the defaults of what is missing, or null without being allowed to. */
export function withDefaults(value: unknown, schema: Schema | undefined): unknown {
  if (schema === undefined) return value
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => withDefaults(filled(item, items), items))
  }
  if (!isJsonObject(value)) return value
  const complete: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const member = memberSchema(schema, name)
    const given = value[name]
    const now = member === undefined ? given : filled(given, member)
    // A null that may not be one is as good as nothing.
    if (member !== undefined && now === null && member.nullable !== true) continue
    complete[name] = withDefaults(now, member)
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined || name in complete) continue
    complete[name] = withDefaults(property.default, property)
  }
  return complete
}

const filled = (value: unknown, schema: Schema): unknown =>
  value === null && schema.nullable !== true && schema.default !== undefined ? schema.default : value

export const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})
