/**
 * An applied object merged into the live one: what it names is set, everything else stays.
 *
 * Items of lists that are told apart by keys are merged; those that both have stand in the order of the applied object.
 * Source: structured-merge-diff/v6/typed/merge.go.
 */
import { isObject, type JsonObject } from '../patch/json.ts'
import { DEDUCED_MAP } from './compare.ts'
import { elementOfValid } from './list-elements.ts'
import { ANY, type ListNode, type MapNode, type TypeNode } from './type-node.ts'

export const mergeObjects = (type: TypeNode, live: JsonObject, applied: JsonObject): JsonObject =>
  (type.form === 'map' ? (mergeMaps(type, live, applied) as JsonObject | undefined) : undefined) ?? {}

/** Undefined for nothing at all. */
function mergeValues(type: TypeNode, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live
  switch (type.form) {
    case 'scalar':
    case 'any':
      return applied
    case 'deduced':
      return isObject(live) && isObject(applied) ? mergeMaps(DEDUCED_MAP, live, applied) : applied
    case 'map':
      return mergeMaps(type, live, applied)
    case 'list':
      return mergeLists(type, live, applied)
  }
}

function mergeMaps(type: MapNode, live: unknown, applied: unknown): unknown {
  const left = isObject(live) ? live : {}
  const right = isObject(applied) ? applied : {}
  if (type.atomic || (Object.keys(left).length === 0 && Object.keys(right).length === 0)) return applied
  const merged: Record<string, unknown> = { ...left }
  for (const key of Object.keys(right)) {
    const value = mergeValues(type.fields.get(key)?.type ?? type.of ?? ANY, left[key], right[key])
    if (value === undefined) delete merged[key]
    else merged[key] = value
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}

function mergeLists(type: ListNode, live: unknown, applied: unknown): unknown {
  const left: readonly unknown[] = Array.isArray(live) ? live : []
  const right: readonly unknown[] = Array.isArray(applied) ? applied : []
  if (type.atomic || (left.length === 0 && right.length === 0)) return applied
  const merged = new ListMerge(type, left, right).run()
  return merged.length === 0 ? undefined : merged
}

/** Walks both lists at once; `shared` are the elements of both, in the applied order, and `next` the one that is due. */
class ListMerge {
  private readonly type: ListNode
  private readonly left: readonly unknown[]
  private readonly leftElements: readonly string[]
  private readonly rightElements: readonly string[]
  /** By element; undefined for one that stands there more than once. */
  private readonly leftItems = new Map<string, unknown>()
  private readonly rightItems = new Map<string, unknown>()
  private readonly shared: readonly string[]
  private nextShared = 0
  private readonly taken = new Set<string>()
  private readonly merged: unknown[] = []

  constructor(type: ListNode, left: readonly unknown[], right: readonly unknown[]) {
    this.type = type
    this.left = left
    this.leftElements = left.map((item) => elementOfValid(type, item))
    for (const [i, element] of this.leftElements.entries()) {
      this.leftItems.set(element, this.leftItems.has(element) ? undefined : left[i])
    }
    for (const item of right) {
      const element = elementOfValid(type, item)
      if (!this.rightItems.has(element)) this.rightItems.set(element, item)
    }
    this.rightElements = [...this.rightItems.keys()]
    this.shared = this.rightElements.filter((element) => this.leftItems.has(element))
  }

  run(): readonly unknown[] {
    const { leftElements, rightElements, rightItems } = this
    let i = 0
    let j = 0
    while (i < leftElements.length || j < rightElements.length) {
      const own = leftElements[i]
      const other = rightElements[j]
      if (own !== undefined && other !== undefined) {
        if (own === other) {
          this.take(own)
          this.nextShared += 1
          i += 1
          j += 1
          continue
        }
        const due = this.shared[this.nextShared]
        if (rightItems.has(own) && due !== undefined && due !== own) {
          i += 1
          continue
        }
      }
      if (own !== undefined) {
        if (!rightItems.has(own)) {
          this.push(this.left[i])
          i += 1
          continue
        }
        if (this.taken.has(own)) i += 1
      }
      if (other !== undefined) {
        this.take(other)
        j += 1
        if (this.shared[this.nextShared] === other) this.nextShared += 1
      }
    }
    return this.merged
  }

  private take(element: string): void {
    this.taken.add(element)
    this.push(mergeValues(this.type.of, this.leftItems.get(element), this.rightItems.get(element)))
  }

  private push(item: unknown): void {
    if (item !== undefined) this.merged.push(item)
  }
}
