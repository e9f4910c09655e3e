/** Quantities. Source: apiserver/pkg/cel/library/quantity.go (v1.36). */
import { either } from 'fp-ts'
import { addAmounts, amountOf, compareAmounts, parseQuantity, subtractAmounts, type Amount } from '../../quantity.ts'
import { Fault, Opaque } from '../values.ts'
import type { Library } from './register.ts'

const NANO = 1_000_000_000n

export class Quantity extends Opaque {
  readonly amount: Amount

  constructor(amount: Amount) {
    super()
    this.amount = amount
  }

  static of(text: string): Quantity {
    return new Quantity(amountOf(text))
  }

  equals(other: Opaque): boolean {
    return other instanceof Quantity && other.amount.nanos === this.amount.nanos
  }
}

const read = (text: string): Quantity => {
  const parsed = parseQuantity(text)
  if (either.isLeft(parsed)) throw new Fault(parsed.left)
  return new Quantity(parsed.right)
}

const whole = (units: bigint): Amount => ({ nanos: units * NANO, format: 'DecimalExponent' })
const isInteger = ({ amount: { nanos } }: Quantity): boolean =>
  nanos % NANO === 0n && BigInt.asIntN(64, nanos / NANO) === nanos / NANO
const sign = ({ amount: { nanos } }: Quantity): bigint => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n)
const order = (a: Quantity, b: Quantity): number => compareAmounts(a.amount, b.amount)

export const quantities: Library = {
  'quantity(string): kubernetes.Quantity': read,
  'isQuantity(string): bool': (text: string) => either.isRight(parseQuantity(text)),
  'sign(kubernetes.Quantity): int': sign,
  '<kubernetes.Quantity>.isGreaterThan(kubernetes.Quantity): bool': (a: Quantity, b: Quantity) => order(a, b) > 0,
  '<kubernetes.Quantity>.isLessThan(kubernetes.Quantity): bool': (a: Quantity, b: Quantity) => order(a, b) < 0,
  '<kubernetes.Quantity>.compareTo(kubernetes.Quantity): int': (a: Quantity, b: Quantity) => BigInt(order(a, b)),
  '<kubernetes.Quantity>.asApproximateFloat(): double': ({ amount }: Quantity) => Number(amount.nanos) / 1e9,
  '<kubernetes.Quantity>.isInteger(): bool': isInteger,
  '<kubernetes.Quantity>.asInteger(): int': (quantity: Quantity) => {
    if (!isInteger(quantity)) throw new Fault('cannot convert value to integer')
    return quantity.amount.nanos / NANO
  },
  '<kubernetes.Quantity>.add(kubernetes.Quantity): kubernetes.Quantity': (a: Quantity, b: Quantity) =>
    new Quantity(addAmounts(a.amount, b.amount)),
  '<kubernetes.Quantity>.add(int): kubernetes.Quantity': (a: Quantity, b: bigint) =>
    new Quantity(addAmounts(a.amount, whole(b))),
  '<kubernetes.Quantity>.sub(kubernetes.Quantity): kubernetes.Quantity': (a: Quantity, b: Quantity) =>
    new Quantity(subtractAmounts(a.amount, b.amount)),
  '<kubernetes.Quantity>.sub(int): kubernetes.Quantity': (a: Quantity, b: bigint) =>
    new Quantity(subtractAmounts(a.amount, whole(b))),
}
