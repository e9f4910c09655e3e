/** Values that may be missing, beside what the expression language library has. Source: cel-go cel/library.go, optionalLib. */
import { Optional } from '@marcbachmann/cel-js'
import { equal } from '../values.ts'
import type { Library } from './register.ts'

const presentOnes = (list: readonly Optional[]): readonly unknown[] =>
  list.flatMap((one) => (one.hasValue() ? [one.value() as unknown] : []))

const ZEROS: readonly unknown[] = [null, false, '', 0n, 0]
const isZero = (value: unknown): boolean => ZEROS.includes(value) || equal(value, []) || equal(value, {})

const at = (list: readonly unknown[], i: number): Optional =>
  list.length === 0 ? Optional.none() : Optional.of(list.at(i))

export const optionals: Library = {
  'optional.ofNonZeroValue(V): optional(V)': (value: unknown) => (isZero(value) ? Optional.none() : Optional.of(value)),
  'optional.unwrap(list(optional(V))): list': presentOnes,
  '<list(optional(V))>.unwrapOpt(): list': presentOnes,
  '<list(T)>.first(): optional': (list: readonly unknown[]) => at(list, 0),
  '<list(T)>.last(): optional': (list: readonly unknown[]) => at(list, -1),
}
