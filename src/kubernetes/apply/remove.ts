/** An object without some of its fields. Source: structured-merge-diff/v6/typed/remove.go; fieldpath/set.go. */
import { isObject, type JsonObject } from '../patch/json.ts'
import { DEDUCED_MAP } from './compare.ts'
import { childOf, elementsOf, isEmptySet, isMember, LEAF, nodeOf, type Entry, type FieldSet } from './field-set.ts'
import { elementOfValid } from './list-elements.ts'
import { fieldElement } from './path-element.ts'
import { ANY, type ListNode, type MapNode, type TypeNode } from './type-node.ts'

export const removeFields = (type: TypeNode, object: JsonObject, fields: FieldSet): JsonObject =>
  isEmptySet(fields) ? object : ((removed(type, object, fields) as JsonObject | null) ?? {})

/** Null for what nothing is left of. */
function removed(type: TypeNode, value: unknown, fields: FieldSet): unknown {
  switch (type.form) {
    case 'scalar':
    case 'any':
      return value
    case 'deduced':
      return isObject(value) ? removedFromMap(DEDUCED_MAP, value, fields) : value
    case 'map':
      return isObject(value) && Object.keys(value).length > 0 ? removedFromMap(type, value, fields) : null
    case 'list':
      return Array.isArray(value) && value.length > 0 ? removedFromList(type, value, fields) : null
  }
}

function removedFromMap(type: MapNode, object: JsonObject, fields: FieldSet): unknown {
  if (type.atomic) return null
  const left: Record<string, unknown> = {}
  let any = false
  for (const key of Object.keys(object)) {
    const value = object[key]
    if (value === undefined) continue
    const field = type.fields.get(key)
    const element = field?.element ?? fieldElement(key)
    const node = fields[element]
    if (node !== undefined && isMember(node)) continue
    left[key] = node === undefined ? value : removed(field?.type ?? type.of ?? ANY, value, node)
    any = true
  }
  return any ? left : null
}

function removedFromList(type: ListNode, items: readonly unknown[], fields: FieldSet): unknown {
  if (type.atomic) return null
  const left: unknown[] = []
  for (const item of items) {
    const element = elementOfValid(type, item)
    const node = fields[element]
    if (node !== undefined && isMember(node)) continue
    left.push(node === undefined ? item : removed(type.of, item, node))
  }
  return left.length > 0 ? left : null
}

/** The set and all fields of structures on the way to what is in it: a structure of which everything goes, goes too. */
export function withNamedFields(type: TypeNode, fields: FieldSet): FieldSet {
  const children: Entry[] = []
  for (const element of elementsOf(fields)) {
    const child = childOf(fields, element)
    if (isEmptySet(child)) {
      children.push([element, LEAF])
      continue
    }
    const field = type.form === 'map' ? type.fields.get(element.slice(2)) : undefined
    const inner = withNamedFields(innerType(type, element) ?? ANY, child)
    const named = field !== undefined && element.startsWith('f:')
    const member = isMember(child) || named
    children.push([element, member && !isMember(inner) ? { '.': LEAF, ...inner } : inner])
  }
  return nodeOf(isMember(fields) && elementsOf(fields).length > 0, children) ?? fields
}

function innerType(type: TypeNode, element: string): TypeNode | undefined {
  const isField = element.startsWith('f:')
  if (type.form === 'map' && isField) return type.fields.get(element.slice(2))?.type ?? type.of
  return type.form === 'list' && element.startsWith('k:') ? type.of : undefined
}
