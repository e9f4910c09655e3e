/** Kubernetes' values as CEL sees them, and back: whole numbers are `int`, and nothing is undefined. */

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)

/** A value of JSON for expressions. */
export function toCel(value: unknown): unknown {
  if (value === undefined) return null
  if (isWhole(value)) return BigInt(value)
  if (Array.isArray(value)) return value.map(toCel)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([key, member]) => [key, toCel(member)]))
}

/** What an expression gave, as JSON. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(fromCel)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [String(key), fromCel(member)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromCel(member)]))
}
