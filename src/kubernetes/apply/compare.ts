/**
 * Which fields differ between two objects of a kind.
 *
 * Built from the leaves up, so what is equal costs a walk and allocates nothing.
 * Source: structured-merge-diff/v6/typed/compare.go.
 */
import { sameJson } from '../hash.ts'
import { isObject, type JsonObject } from '../patch/json.ts'
import {
  EMPTY_SET,
  isEmptySet,
  isMember,
  LEAF,
  nodeOf,
  recursiveDifference,
  type Entry,
  type FieldSet,
} from './field-set.ts'
import { elementOfValid, isSameItem } from './list-elements.ts'
import { fieldElement } from './path-element.ts'
import { ANY, DEDUCED, type ListNode, type MapNode, type TypeNode } from './type-node.ts'

/** Sets of paths; undefined for an empty one. */
export interface Comparison {
  readonly added: FieldSet | undefined
  readonly removed: FieldSet | undefined
  readonly modified: FieldSet | undefined
}

const SAME: Comparison = { added: undefined, removed: undefined, modified: undefined }
const MODIFIED: Comparison = { ...SAME, modified: LEAF }

export const isSameComparison = ({ added, removed, modified }: Comparison): boolean =>
  added === undefined && removed === undefined && modified === undefined

/** From `before` to `after`. What is in `ignored`, or below it, is not looked at. */
export function compareObjects(
  type: TypeNode,
  before: JsonObject,
  after: JsonObject,
  ignored: FieldSet = EMPTY_SET,
): Comparison {
  return (type.form === 'map' ? compareMaps(type, before, after, ignored) : undefined) ?? SAME
}

function compareValues(type: TypeNode, before: unknown, after: unknown, ignored: FieldSet): Comparison | undefined {
  if (before === after) return undefined
  if (before === undefined) return { ...SAME, added: wholeSet(type, after, ignored) }
  if (after === undefined) return { ...SAME, removed: wholeSet(type, before, ignored) }
  switch (type.form) {
    case 'scalar':
    case 'any':
      return sameJson(before, after) ? undefined : MODIFIED
    case 'deduced':
      return isObject(before) && isObject(after)
        ? compareMaps(DEDUCED_MAP, before, after, ignored)
        : sameJson(before, after)
          ? undefined
          : MODIFIED
    case 'list':
      return compareLists(type, before, after)
    case 'map':
      return compareMaps(type, before, after, ignored)
  }
}

export const DEDUCED_MAP: MapNode = { form: 'map', atomic: false, fields: new Map(), zeros: [], of: DEDUCED }

/** What was found below one node, collected by element. */
class Findings {
  private readonly added: Entry[] = []
  private readonly removed: Entry[] = []
  private readonly modified: Entry[] = []

  take(element: string, found: Comparison): void {
    if (found.added !== undefined) this.added.push([element, found.added])
    if (found.removed !== undefined) this.removed.push([element, found.removed])
    if (found.modified !== undefined) this.modified.push([element, found.modified])
  }

  comparison(): Comparison {
    return {
      added: nodeOf(false, this.added),
      removed: nodeOf(false, this.removed),
      modified: nodeOf(false, this.modified),
    }
  }
}

function compareMaps(type: MapNode, before: unknown, after: unknown, ignored: FieldSet): Comparison | undefined {
  const left = isObject(before) ? before : undefined
  const right = isObject(after) ? after : undefined
  if (type.atomic || (isBare(type, left) && isBare(type, right))) {
    return sameJson(before, after) ? undefined : MODIFIED
  }
  let findings: Findings | undefined
  if (left !== undefined) {
    for (const key of Object.keys(left)) {
      if (left[key] === undefined || left[key] === right?.[key]) continue
      const found = compareMembers(type, key, left, right, ignored)
      if (found !== undefined) (findings ??= new Findings()).take(elementFor(type, key), found)
    }
  }
  if (right !== undefined) {
    for (const key of Object.keys(right)) {
      if (right[key] === undefined || left?.[key] !== undefined) continue
      const found = compareMembers(type, key, left, right, ignored)
      if (found !== undefined) (findings ??= new Findings()).take(elementFor(type, key), found)
    }
  }
  return findings?.comparison()
}

const elementFor = (type: MapNode, key: string): string => type.fields.get(key)?.element ?? fieldElement(key)

/** One member of two objects; of a structure, a member that was not given is its zero. */
function compareMembers(
  type: MapNode,
  key: string,
  left: JsonObject | undefined,
  right: JsonObject | undefined,
  ignored: FieldSet,
): Comparison | undefined {
  const field = type.fields.get(key)
  const skipped = isEmptySet(ignored) ? undefined : ignored[field?.element ?? fieldElement(key)]
  if (skipped !== undefined && isMember(skipped)) return undefined
  return compareValues(
    field?.type ?? type.of ?? ANY,
    left?.[key] === undefined ? left && field?.zero : left[key],
    right?.[key] === undefined ? right && field?.zero : right[key],
    skipped ?? EMPTY_SET,
  )
}

/** Of a structure with zeros nothing is bare: Go writes them. */
const isBare = (type: MapNode, object: JsonObject | undefined): boolean =>
  object === undefined || (Object.keys(object).length === 0 && type.zeros.length === 0)

function compareLists(type: ListNode, before: unknown, after: unknown): Comparison | undefined {
  const left: readonly unknown[] = Array.isArray(before) ? before : []
  const right: readonly unknown[] = Array.isArray(after) ? after : []
  if (type.atomic || (left.length === 0 && right.length === 0)) return sameJson(before, after) ? undefined : MODIFIED
  if (left.length === right.length && left.every((item, i) => isSameItem(type, item, right[i]))) {
    const equal = left.every((item, i) => compareValues(type.of, item, right[i], EMPTY_SET) === undefined)
    if (equal) return undefined
  }
  return compareItems(type, byElement(type, left), byElement(type, right))
}

function byElement(type: ListNode, items: readonly unknown[]): Map<string, unknown[]> {
  const index = new Map<string, unknown[]>()
  for (const item of items) {
    const element = elementOfValid(type, item)
    const same = index.get(element)
    if (same === undefined) index.set(element, [item])
    else same.push(item)
  }
  return index
}

/** Duplicates of one element are compared as one atomic value. */
function compareItems(
  type: ListNode,
  left: ReadonlyMap<string, readonly unknown[]>,
  right: ReadonlyMap<string, readonly unknown[]>,
): Comparison | undefined {
  const findings = new Findings()
  let differs = false
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const old = left.get(element) ?? []
    const next = right.get(element) ?? []
    const found = comparedItem(type, old, next)
    if (found === undefined) continue
    differs = true
    findings.take(element, found)
  }
  return differs ? findings.comparison() : undefined
}

function comparedItem(type: ListNode, old: readonly unknown[], next: readonly unknown[]): Comparison | undefined {
  if (old.length <= 1 && next.length <= 1) return compareValues(type.of, old[0], next[0], EMPTY_SET)
  if (old.length >= 2 && next.length >= 2) return sameJson(old, next) ? undefined : MODIFIED
  if (old.length >= 2) {
    return { ...SAME, removed: LEAF, added: next.length === 0 ? undefined : wholeSet(type.of, next[0]) }
  }
  return { ...SAME, added: LEAF, removed: old.length === 0 ? undefined : wholeSet(type.of, old[0]) }
}

/** Everything in a value that came or went as a whole, and the value itself. */
function wholeSet(type: TypeNode, value: unknown, ignored: FieldSet = EMPTY_SET): FieldSet {
  const node = wholeNode(type, value)
  if (isEmptySet(ignored)) return node
  return recursiveDifference({ node }, { node: ignored })['node'] ?? LEAF
}

function wholeNode(type: TypeNode, value: unknown): FieldSet {
  switch (type.form) {
    case 'scalar':
    case 'any':
      return LEAF
    case 'deduced':
      return isObject(value) ? wholeMap(DEDUCED_MAP, value) : LEAF
    case 'map':
      return type.atomic || !isObject(value) ? LEAF : wholeMap(type, value)
    case 'list':
      return type.atomic || !Array.isArray(value) ? LEAF : wholeList(type, value)
  }
}

function wholeMap(type: MapNode, value: JsonObject): FieldSet {
  const children: Entry[] = []
  // In the set's order: see `nodeOf`.
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member === undefined) continue
    const field = type.fields.get(key)
    children.push([field?.element ?? fieldElement(key), wholeNode(field?.type ?? type.of ?? ANY, member)])
  }
  for (const { name, element, type: inner, zero } of type.zeros) {
    if (value[name] === undefined) children.push([element, wholeNode(inner, zero)])
  }
  return nodeOf(true, children) ?? LEAF
}

function wholeList(type: ListNode, items: readonly unknown[]): FieldSet {
  const children: Entry[] = []
  for (const [element, same] of byElement(type, items)) {
    children.push([element, same.length > 1 ? LEAF : wholeNode(type.of, same[0])])
  }
  return nodeOf(true, children) ?? LEAF
}
