/**
 * One step of a field path, as managedFields spell it: `f:name`, `k:{"name":"c"}`, `v:"a"`, `i:0`.
 *
 * Elements are kept as this text: equal elements are equal strings, and nothing is encoded when an object is stored.
 * Source: structured-merge-diff/v6/fieldpath/{element,serialize-pe}.go.
 */
import { canonicalJson } from '../hash.ts'
import { goQuote } from '../validation/field-error.ts'

export const fieldElement = (name: string): string => `f:${name}`
export const valueElement = (value: unknown): string => `v:${canonicalJson(value)}`

/** Fields before keys, keys before values, values before indices. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['.', 0],
  ['f', 1],
  ['k', 2],
  ['v', 3],
  ['i', 4],
])

/** The character f. */
const FIELD = 102

/** The order in which upstream keeps elements. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0
  if (a.charCodeAt(0) === FIELD && b.charCodeAt(0) === FIELD) return a < b ? -1 : 1
  const kind = a.charAt(0)
  const difference = (RANKS.get(kind) ?? 0) - (RANKS.get(b.charAt(0)) ?? 0)
  if (difference !== 0) return difference
  return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)))
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (isKeys(a) && isKeys(b)) {
    const left = Object.keys(a)
    const right = Object.keys(b)
    for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
      const [x = '', y = ''] = [left[i], right[i]]
      if (x !== y) return x < y ? -1 : 1
      const order = compareValues(a[x], b[y])
      if (order !== 0) return order
    }
    return left.length - right.length
  }
  const [left, right] = [canonicalJson(a), canonicalJson(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

const isKeys = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** For people: `.name`, `[name="c"]`, `[="a"]`, `[0]`. */
export function formatElement(element: string): string {
  const rest = element.slice(2)
  switch (element.charAt(0)) {
    case 'f':
      return `.${rest}`
    case 'i':
      return `[${rest}]`
    case 'v':
      return `[=${showValue(JSON.parse(rest))}]`
    default: {
      const keys = JSON.parse(rest) as Readonly<Record<string, unknown>>
      const parts = Object.keys(keys).map((name) => `${name}=${showValue(keys[name])}`)
      return `[${parts.join(',')}]`
    }
  }
}

const showValue = (value: unknown): string => (typeof value === 'string' ? goQuote(value) : canonicalJson(value))

/** An element as a client sent it, in the spelling that this server uses; undefined for what is none. */
export function normalElement(text: string): string | undefined {
  if (text.charAt(1) !== ':') return undefined
  const rest = text.slice(2)
  switch (text.charAt(0)) {
    case 'f':
      return text
    case 'i':
      return /^\d+$/.test(rest) ? text : undefined
    case 'v':
    case 'k': {
      const value = parsed(rest)
      if (value === undefined || (text.charAt(0) === 'k' && !isKeys(value))) return undefined
      return `${text.charAt(0)}:${canonicalJson(value)}`
    }
    default:
      return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
