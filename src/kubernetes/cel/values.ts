/** Kubernetes' values as CEL sees them, and back: whole numbers are `int`, and nothing is undefined. */

import { Optional } from '@marcbachmann/cel-js'

/** Why an expression gives nothing, in the words of whoever cannot go on. */
export class Fault extends Error {}

/** A value that only the functions of its library look into. */
export abstract class Opaque {
  abstract equals(other: Opaque): boolean
}

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

/** What an expression gave, as JSON; members that may be missing and are, are left out. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(fromCel)
  if (!isMap(value)) return value
  const members = entriesOf(value).map(([key, member]) => {
    const given: unknown = member instanceof Optional ? member.orValue(undefined) : member
    return given === undefined ? [] : [[String(key), fromCel(given)] as const]
  })
  return Object.fromEntries(members.flat())
}

/** The members of a map, however it came about. */
export const entriesOf = (map: unknown): readonly (readonly [unknown, unknown])[] =>
  map instanceof Map ? [...map] : Object.entries(Object(map) as object)

/** One member; the others are left alone, for they may have to be worked out. */
export function memberOf(map: unknown, name: string): unknown {
  if (map instanceof Map) return map.get(name)
  const object = Object(map) as Readonly<Record<string, unknown>>
  return Object.hasOwn(object, name) ? object[name] : undefined
}

export const isMap = (value: unknown): boolean =>
  value instanceof Map || (typeof value === 'object' && value !== null && value.constructor === Object)

/** As `==` sees two values. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => equal(one, b[i]))
  if (a instanceof Opaque) return b instanceof Opaque && a.equals(b)
  if (isMap(a) && isMap(b)) {
    const [entries, others] = [entriesOf(a), new Map(entriesOf(b))]
    return entries.length === others.size && entries.every(([key, value]) => equal(value, others.get(key)))
  }
  // Numbers of different types, moments and durations compare by what they are worth.
  if (isWorth(a) && isWorth(b)) return !(a < b) && !(a > b)
  return false
}

/** What the type of a value is called in messages. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null_type'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'double'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : isMap(value) ? 'map' : value.constructor.name
  return typeof value
}

const isWorth = (value: unknown): value is number | bigint | Date =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  (typeof value === 'object' && value !== null && !isMap(value))
