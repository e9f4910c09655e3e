/**
 * What was, in the order of what is: sets, and lists whose items have keys, are equal in any order.
 * Source: apiserver/pkg/cel/common/values.go, unstructuredSetList and unstructuredMapList (v1.36).
 */
import { canonicalJson } from '../hash.ts'
import { isJsonObject, memberSchema, type Schema } from './schema.ts'

export function inOrderOf(value: unknown, old: unknown, schema: Schema): unknown {
  if (Array.isArray(value) && Array.isArray(old)) return listInOrderOf(value, old, schema)
  if (!isJsonObject(value) || !isJsonObject(old)) return old
  const members = Object.entries(old).map(([name, member]) => {
    const inside = memberSchema(schema, name)
    return [name, inside === undefined ? member : inOrderOf(value[name], member, inside)] as const
  })
  return Object.fromEntries(members)
}

function listInOrderOf(value: readonly unknown[], old: readonly unknown[], schema: Schema): readonly unknown[] {
  const { items = {}, 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema
  if (type !== 'set' && type !== 'map') return old
  const identity = (item: unknown): string =>
    canonicalJson(type === 'map' && isJsonObject(item) ? keys.map((key) => item[key] ?? null) : item)
  const places = new Map(value.map((item, i) => [identity(item), i]))
  return old
    .map((item) => ({ item, at: places.get(identity(item)) ?? value.length }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item, at }) => inOrderOf(value[at], item, items))
}
