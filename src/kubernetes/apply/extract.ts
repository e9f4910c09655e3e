/** The fields that an applied object names: what its applier will own. Source: structured-merge-diff/v6/typed/tofieldset.go. */
import { isObject, type JsonObject } from '../patch/json.ts'
import { DEDUCED_MAP } from './compare.ts'
import { EMPTY_SET, isMember, LEAF, nodeOf, type Entry, type FieldSet } from './field-set.ts'
import { elementOfValid } from './list-elements.ts'
import { fieldElement } from './path-element.ts'
import { ANY, type ListNode, type MapNode, type TypeNode } from './type-node.ts'

export function fieldSetOf(type: TypeNode, object: JsonObject): FieldSet {
  return (type.form === 'map' && !type.atomic ? mapNode(type, object, false) : undefined) ?? EMPTY_SET
}

/** Undefined where a value names no field: an empty list of items, say. */
function nodeFor(type: TypeNode, value: unknown): FieldSet | undefined {
  switch (type.form) {
    case 'scalar':
    case 'any':
      return LEAF
    case 'deduced':
      return isObject(value) ? mapNode(DEDUCED_MAP, value, false) : LEAF
    case 'map':
      return type.atomic ? LEAF : isObject(value) ? mapNode(type, value, false) : undefined
    case 'list':
      return type.atomic ? LEAF : Array.isArray(value) ? listNode(type, value) : undefined
  }
}

function mapNode(type: MapNode, object: JsonObject, member: boolean): FieldSet | undefined {
  const children: Entry[] = []
  for (const key of Object.keys(object).sort()) {
    const value = object[key]
    if (value === undefined) continue
    const field = type.fields.get(key)
    const node = nodeFor(field?.type ?? type.of ?? ANY, value)
    const isBare = value === null || (isObject(value) && Object.keys(value).length === 0)
    const whole = isBare || field === undefined ? asMember(node) : node
    if (whole !== undefined) children.push([field?.element ?? fieldElement(key), whole])
  }
  return nodeOf(member, children)
}

function listNode(type: ListNode, items: readonly unknown[]): FieldSet | undefined {
  const children = new Map<string, FieldSet>()
  for (const item of items) {
    const element = elementOfValid(type, item)
    children.set(element, children.has(element) ? LEAF : asMember(nodeFor(type.of, item)))
  }
  return nodeOf(false, [...children])
}

const asMember = (node: FieldSet | undefined): FieldSet =>
  node === undefined ? LEAF : isMember(node) ? node : { '.': LEAF, ...node }
