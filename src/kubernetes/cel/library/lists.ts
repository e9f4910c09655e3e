/** Lists and sets. Source: apiserver/pkg/cel/library/lists.go (v1.36); cel-go ext/sets.go. Abridged: the type of what is least or greatest is not known. */
import type { Duration } from '@marcbachmann/cel-js/evaluator'
import { durationOf, nanosOf } from '../times.ts'
import { equal, Fault } from '../values.ts'
import type { Library } from './register.ts'

type List = readonly unknown[]

/** Moments and durations are compared by what they are worth. */
type Comparable = bigint | number | string

const isSorted = (list: readonly Comparable[]): boolean =>
  list.every((one, i) => i === 0 || (list[i - 1] ?? one) <= one)

const extreme =
  (name: string, isBetter: (a: Comparable, b: Comparable) => boolean) =>
  (list: readonly Comparable[]): Comparable => {
    if (list.length === 0) throw new Fault(`${name} called on empty list`)
    return list.reduce((best, one) => (isBetter(one, best) ? one : best))
  }

const int = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) === value) return value
  throw new Fault('integer overflow')
}

const indexOf = (list: List, one: unknown): bigint => BigInt(list.findIndex((other) => equal(one, other)))
const lastIndexOf = (list: List, one: unknown): bigint => BigInt(list.findLastIndex((other) => equal(one, other)))
const contains = (a: List, b: List): boolean => b.every((one) => a.some((other) => equal(one, other)))

export const lists: Library = {
  '<list(T)>.isSorted(): bool': isSorted,
  '<list(T)>.min(): dyn': extreme('min', (a, b) => a < b),
  '<list(T)>.max(): dyn': extreme('max', (a, b) => a > b),
  '<list(int)>.sum(): int': (list: readonly bigint[]) => list.reduce((total, one) => int(total + one), 0n),
  '<list(double)>.sum(): double': (list: readonly number[]) => list.reduce((total, one) => total + one, 0),
  '<list(duration)>.sum(): duration': (list: readonly Duration[]) =>
    durationOf(list.reduce((total, one) => total + nanosOf(one), 0n)),
  '<list(A)>.indexOf(A): int': indexOf,
  '<list(A)>.lastIndexOf(A): int': lastIndexOf,
  'sets.contains(list(T), list(T)): bool': contains,
  'sets.equivalent(list(T), list(T)): bool': (a: List, b: List) => contains(a, b) && contains(b, a),
  'sets.intersects(list(T), list(T)): bool': (a: List, b: List) => b.some((one) => contains(a, [one])),
}
