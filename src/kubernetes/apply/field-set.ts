/**
 * A set of field paths, in the very form in which managedFields show it: `{"f:spec":{"f:replicas":{}}}`.
 *
 * An empty node is a path in the set; one with children is in the set only if it has the child `.`. Sets never change, keep
 * their elements in order and share their parts: an operation that changes nothing gives back the set it was given, so a
 * stored entry whose fields did not change is stored again as it is.
 * Source: structured-merge-diff/v6/fieldpath/set.go.
 */
import { compareElements, formatElement, normalElement } from './path-element.ts'

export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** The path's end: in the set, nothing below it. */
export const LEAF: FieldSet = Object.freeze({})
/** The set without paths. Only a whole set can be empty; a node of one never is. */
export const EMPTY_SET: FieldSet = LEAF
const SELF = '.'

export type Entry = readonly [element: string, node: FieldSet]

/** Every set and every leaf is made here, so the empty one is always the same. */
export const isEmptySet = (set: FieldSet): boolean => set === EMPTY_SET

/** Whether the path that ends in this node is in the set. */
export const isMember = (node: FieldSet): boolean => node === LEAF || node[SELF] !== undefined

/** A node of these children; undefined for one that is neither in the set nor has children. */
export function nodeOf(member: boolean, children: Entry[]): FieldSet | undefined {
  if (children.length === 0) return member ? LEAF : undefined
  for (let i = 1; i < children.length; i += 1) {
    if (compareElements(children[i - 1]?.[0] ?? '', children[i]?.[0] ?? '') > 0) {
      children.sort(([a], [b]) => compareElements(a, b))
      break
    }
  }
  const node: Record<string, FieldSet> = {}
  if (member) node[SELF] = LEAF
  for (const [element, child] of children) node[element] = child
  return node
}

/** The set of these paths. */
export function setOf(...paths: readonly (readonly string[])[]): FieldSet {
  let set = EMPTY_SET
  for (const path of paths) set = union(set, pathSet(path))
  return set
}

function pathSet(path: readonly string[]): FieldSet {
  let node = LEAF
  for (let i = path.length - 1; i >= 0; i -= 1) node = { [path[i] ?? '']: node }
  return node
}

export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node[element]
    if (node === undefined) return false
  }
  return path.length > 0 && isMember(node)
}

/** What is in either. */
export const union = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) ? b : covers(a, b, false) ? a : joined(a, b, false)

/** Whether all of `b` is in `a`: the usual case, when somebody writes again what he has written before. */
function covers(a: FieldSet, b: FieldSet, nodes: boolean): boolean {
  if (a === b) return true
  if (nodes && isMember(b) && !isMember(a)) return false
  for (const element of Object.keys(b)) {
    if (element === SELF) continue
    const own = a[element]
    if (own === undefined || !covers(own, childOf(b, element), true)) return false
  }
  return true
}

/** Whether something of `b` is in `a`; with `below`, also whether a path of `b` has something of `a` below it. */
function meets(a: FieldSet, b: FieldSet, nodes: boolean, below: boolean): boolean {
  if (nodes && isMember(b) && (below || isMember(a))) return true
  for (const element of Object.keys(b)) {
    if (element === SELF) continue
    const own = a[element]
    if (own !== undefined && meets(own, childOf(b, element), true, below)) return true
  }
  return false
}

function joined(a: FieldSet, b: FieldSet, nodes: boolean): FieldSet {
  if (a === b) return a
  const member = nodes && (isMember(a) || isMember(b))
  let changed = member && !isMember(a)
  const children: Entry[] = []
  for (const element of Object.keys(a)) {
    if (element === SELF) continue
    const own = childOf(a, element)
    const other = b[element]
    const child = other === undefined ? own : joined(own, other, true)
    changed ||= child !== own
    children.push([element, child])
  }
  for (const element of Object.keys(b)) {
    if (element === SELF || a[element] !== undefined) continue
    children.push([element, childOf(b, element)])
    changed = true
  }
  return changed ? (nodeOf(member, children) ?? EMPTY_SET) : a
}

/** What is in both. */
export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  meets(a, b, false, false) ? (common(a, b, false) ?? EMPTY_SET) : EMPTY_SET

function common(a: FieldSet, b: FieldSet, nodes: boolean): FieldSet | undefined {
  if (a === b) return a
  const member = nodes && isMember(a) && isMember(b)
  const children: Entry[] = []
  for (const element of Object.keys(a)) {
    const other = b[element]
    if (element === SELF || other === undefined) continue
    const child = common(childOf(a, element), other, true)
    if (child !== undefined) children.push([element, child])
  }
  return nodeOf(member, children)
}

/** What is in `a` and not in `b`. What stands below a path of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  meets(a, b, false, false) ? (without(a, b, false, false) ?? EMPTY_SET) : a

/** What is in `a` and neither in `b` nor below a path of `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet =>
  meets(a, b, false, true) ? (without(a, b, false, true) ?? EMPTY_SET) : a

function without(a: FieldSet, b: FieldSet, nodes: boolean, recursive: boolean): FieldSet | undefined {
  if (nodes && recursive && isMember(b)) return undefined
  const was = nodes && isMember(a)
  const member = was && !isMember(b)
  let changed = was !== member
  const children: Entry[] = []
  for (const element of Object.keys(a)) {
    if (element === SELF) continue
    const own = childOf(a, element)
    const other = b[element]
    const child = other === undefined ? own : without(own, other, true, recursive)
    changed ||= child !== own
    if (child !== undefined) children.push([element, child])
  }
  return changed ? nodeOf(member, children) : a
}

export function sameSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  const elements = Object.keys(a)
  if (elements.length !== Object.keys(b).length) return false
  return elements.every((element) => {
    const other = b[element]
    return other !== undefined && sameSet(childOf(a, element), other)
  })
}

export function childOf(set: FieldSet, element: string): FieldSet {
  return set[element] ?? EMPTY_SET
}

/** The elements below a node, without the mark of the node itself. */
export const elementsOf = (node: FieldSet): readonly string[] => Object.keys(node).filter((element) => element !== SELF)

/** Every path, as people read it: `.spec.containers[name="c"].image`. The paths of one node before what is below them. */
export function pathTexts(set: FieldSet): readonly string[] {
  const texts: string[] = []
  const visit = (node: FieldSet, prefix: string): void => {
    const elements = elementsOf(node)
    for (const element of elements) {
      if (isMember(childOf(node, element))) texts.push(prefix + formatElement(element))
    }
    for (const element of elements) visit(childOf(node, element), prefix + formatElement(element))
  }
  visit(set, '')
  return texts
}

const decoded = new WeakMap<object, FieldSet>()

/** Reads FieldsV1 from wherever it came; undefined for what is none. Elements of unknown kinds are left out. */
export function decodeSet(json: unknown): FieldSet | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const known = decoded.get(json)
  if (known !== undefined) return known
  const set = decodeNode(json, false)
  if (set === undefined) return undefined
  decoded.set(json, set === 'empty' ? EMPTY_SET : set)
  return set === 'empty' ? EMPTY_SET : set
}

/** Marks a set made here as being its own encoding. */
export function encodeSet(set: FieldSet): FieldSet {
  if (!decoded.has(set)) decoded.set(set, set)
  return set
}

function decodeNode(json: unknown, nodes: boolean): FieldSet | 'empty' | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const elements = Object.keys(json)
  const children = new Map<string, FieldSet>()
  for (const text of elements) {
    if (text === SELF) continue
    const element = normalElement(text)
    if (element === undefined) {
      if (/^[kvi]:/.test(text)) return undefined
      continue
    }
    const child = decodeNode(Reflect.get(json, text), true)
    if (child === undefined) return undefined
    if (child !== 'empty') children.set(element, child)
  }
  const member = nodes && (elements.length === 0 || elements.includes(SELF))
  return nodeOf(member, [...children]) ?? 'empty'
}
