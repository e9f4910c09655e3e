/** How the items of a list are told apart. Source: structured-merge-diff/v6/typed/helpers.go, listItemToPathElement. */
import { canonicalJson } from '../hash.ts'
import { isObject } from '../patch/json.ts'
import { valueElement } from './path-element.ts'
import type { ListNode } from './type-node.ts'

/** The item's element; of an item that cannot have one, why. */
export function elementOf(list: ListNode, item: unknown): string | ElementProblem {
  if (list.keys.length === 0) {
    if (isObject(item)) return new ElementProblem("associative list without keys has an element that's a map type")
    if (Array.isArray(item)) return new ElementProblem('not supported: associative list with lists as elements')
    if (item === null) {
      return new ElementProblem("associative list without keys has an element that's an explicit null")
    }
    return valueElement(item)
  }
  if (item === null) return new ElementProblem('associative list with keys may not have a null element')
  if (!isObject(item)) return new ElementProblem('associative list with keys may not have non-map elements')
  // Keys that an item lacks, and that have no default, are left out.
  let text = ''
  for (const { name, label, defaultValue } of list.keys) {
    const value = item[name] ?? defaultValue
    if (value === undefined) continue
    text += `${text === '' ? '' : ','}${label}${typeof value === 'string' ? JSON.stringify(value) : canonicalJson(value)}`
  }
  return `k:{${text}}`
}

export class ElementProblem {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** The same for items that are known to have one: those of an object that was stored. */
export function elementOfValid(list: ListNode, item: unknown): string {
  const element = elementOf(list, item)
  return typeof element === 'string' ? element : 'v:null'
}

/** Whether two items are the same one, without making their elements. */
export function isSameItem(list: ListNode, a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (list.keys.length === 0 || !isObject(a) || !isObject(b)) return false
  return list.keys.every(({ name, defaultValue }) => (a[name] ?? defaultValue) === (b[name] ?? defaultValue))
}
