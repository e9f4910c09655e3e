/**
 * Quantities, exact: `100m`, `1.5Gi`, `12e6` are integers of 10⁻⁹ with the family of their suffix.
 *
 * Source: apimachinery/pkg/api/resource/quantity.go, suffix.go (v1.36). Finer than 10⁻⁹ rounds away from zero, more than
 * 2⁶³-1 is cut to that, as there.
 */
import { either } from 'fp-ts'
import type { Quantity } from './types/meta.ts'

type Either<E, A> = either.Either<E, A>

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** A parsed quantity; immutable. */
export interface Amount {
  readonly nanos: bigint
  /** Which family of suffixes the amount is written in; kept through additions. */
  readonly format: QuantityFormat
}

const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const WRONG_SUFFIX = "unable to parse quantity's suffix"

const NANO = 1_000_000_000n
const MAX_NANOS = 9_223_372_036_854_775_807n * NANO
export const ZERO: Amount = { nanos: 0n, format: 'DecimalSI' }

/** Exponents of ten. */
const DECIMAL: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
/** Powers of 1024. */
const BINARY: ReadonlyMap<string, number> = new Map([
  ['Ki', 1],
  ['Mi', 2],
  ['Gi', 3],
  ['Ti', 4],
  ['Pi', 5],
  ['Ei', 6],
])
const DECIMAL_SUFFIX = new Map([...DECIMAL].map(([suffix, exponent]) => [exponent, suffix]))
const BINARY_SUFFIX = new Map([...BINARY].map(([suffix, exponent]) => [exponent, suffix]))

/** Sign, digits, fraction, suffix. The suffix has the letters first, then perhaps a sign and digits. */
const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/

/** The amount that a text stands for, or upstream's words for why it is none. */
export function parseQuantity(text: string): Either<string, Amount> {
  const shape = text === '' ? null : SHAPE.exec(text)
  if (shape === null) return either.left(WRONG_FORMAT)
  const [, sign = '', whole = '', fraction = '', suffix = ''] = shape
  const binary = BINARY.get(suffix)
  const exponent = binary === undefined ? decimalExponent(suffix) : 0
  if (exponent === undefined) return either.left(WRONG_SUFFIX)

  const digits = BigInt(whole + fraction === '' ? '0' : whole + fraction)
  const scaled = binary === undefined ? digits : digits << BigInt(10 * binary)
  const size = scaleToNanos(scaled, exponent - fraction.length + 9)
  const nanos = size > MAX_NANOS ? MAX_NANOS : size
  const decimal = suffix.length > 1 && /^[eE]/.test(suffix) && binary === undefined ? 'DecimalExponent' : 'DecimalSI'
  // A fraction of one has no binary form. Source: quantity.go, ParseQuantity ("avoids rounding").
  const format = binary !== undefined && (nanos >= NANO || nanos === 0n) ? 'BinarySI' : decimal
  return either.right({ nanos: sign === '-' ? -nanos : nanos, format })
}

function decimalExponent(suffix: string): number | undefined {
  const known = DECIMAL.get(suffix)
  if (known !== undefined) return known
  return /^[eE][-+]?[0-9]+$/.test(suffix) ? Number(suffix.slice(1)) : undefined
}

/** `digits` · 10^`exponent`, away from zero where digits are lost. */
function scaleToNanos(digits: bigint, exponent: number): bigint {
  if (digits === 0n) return 0n
  // Beyond these no digit can matter; the bound keeps `1e999999999` cheap.
  if (exponent > 60) return MAX_NANOS
  if (exponent >= 0) return digits * tenTo(exponent)
  if (-exponent > digits.toString().length) return 1n
  return ceilDiv(digits, tenTo(-exponent))
}

const tenTo = (exponent: number): bigint => BigInt('1' + '0'.repeat(exponent))
const ceilDiv = (n: bigint, d: bigint): bigint => (n + d - 1n) / d

/** The shortest text in the amount's own family of suffixes. Source: quantity.go, CanonicalizeBytes. */
export function formatQuantity(amount: Amount): Quantity {
  const { nanos } = amount
  if (nanos === 0n) return '0'
  const size = nanos < 0n ? -nanos : nanos
  const sign = nanos < 0n ? '-' : ''
  if (amount.format === 'BinarySI' && size >= 1024n * NANO && size % NANO === 0n)
    return sign + formatBinary(size / NANO)
  return sign + formatDecimal(size, amount.format === 'DecimalExponent')
}

function formatBinary(whole: bigint): string {
  let power = 0
  let rest = whole
  while (rest % 1024n === 0n && power < 6) {
    rest /= 1024n
    power += 1
  }
  return `${rest}${BINARY_SUFFIX.get(power) ?? ''}`
}

function formatDecimal(nanos: bigint, exponential: boolean): string {
  let exponent = -9
  let rest = nanos
  while (rest % 1000n === 0n && exponent < 18) {
    rest /= 1000n
    exponent += 3
  }
  if (!exponential) return `${rest}${DECIMAL_SUFFIX.get(exponent) ?? ''}`
  return exponent === 0 ? `${rest}` : `${rest}e${exponent}`
}

/** The canonical text of a text, as the API stores it. */
export const canonicalQuantity = (text: string): Either<string, Quantity> =>
  either.map(formatQuantity)(parseQuantity(text))

/** What the hot paths ask of a quantity; integers, fractions rounded away from zero. */
interface Integers {
  readonly amount: Amount
  readonly value: number
  readonly milli: number
}

/** Texts seen before. A cluster uses few different ones; the bound keeps a hostile input from filling the memory. */
const CACHE_LIMIT = 8_192
const cache = new Map<string, Integers>()

function integersOf(text: Quantity): Integers {
  const known = cache.get(text)
  if (known !== undefined) return known
  const parsed = parseQuantity(text)
  if (either.isLeft(parsed)) throw new RangeError(`${JSON.stringify(text)} is not a quantity: ${parsed.left}`)
  const amount = parsed.right
  const integers = { amount, value: Number(upFrom(amount, NANO)), milli: Number(upFrom(amount, 1_000_000n)) }
  if (cache.size >= CACHE_LIMIT) cache.clear()
  cache.set(text, integers)
  return integers
}

function upFrom({ nanos }: Amount, unit: bigint): bigint {
  return nanos < 0n ? -ceilDiv(-nanos, unit) : ceilDiv(nanos, unit)
}

/** The amount of a text that is known to be valid. Throws RangeError where it isn't: decode at the border. */
export const amountOf = (text: Quantity): Amount => integersOf(text).amount
/** As Go's `Value()`: whole units, rounded away from zero. For bytes, pods, devices. Throws where `text` is no quantity. */
export const value = (text: Quantity): number => integersOf(text).value
/** Bytes, rounded up. */
export const bytes = value
/** As Go's `MilliValue()`. For CPU: thousandths of a core, rounded up. Throws where `text` is no quantity. */
export const milliValue = (text: Quantity): number => integersOf(text).milli
export const cpuMillis = milliValue

export function addAmounts(a: Amount, b: Amount): Amount {
  // Zero has no suffix to keep. Source: quantity.go, Add.
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format }
}

export function subtractAmounts(a: Amount, b: Amount): Amount {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format }
}

/** Negative, zero or positive. */
export const compareAmounts = (a: Amount, b: Amount): number => (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0)

/** Sum, written in the first one's family of suffixes. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity =>
  formatQuantity(addAmounts(amountOf(a), amountOf(b)))
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity =>
  formatQuantity(subtractAmounts(amountOf(a), amountOf(b)))
export const compareQuantities = (a: Quantity, b: Quantity): number => compareAmounts(amountOf(a), amountOf(b))
export const isZeroQuantity = (a: Quantity): boolean => amountOf(a).nanos === 0n

/** The text for a whole number of units, `1536` or `1536Mi`-like by family. */
export const quantityOf = (units: number, format: QuantityFormat = 'DecimalSI'): Quantity =>
  formatQuantity({ nanos: BigInt(units) * NANO, format })
/** The text for thousandths: `1500` is `1500m`, `2000` is `2`. */
export const quantityOfMillis = (millis: number): Quantity =>
  formatQuantity({ nanos: BigInt(millis) * 1_000_000n, format: 'DecimalSI' })

/** Rounded up to thousandths: the finest that a ResourceList keeps. Source: core/v1/defaults.go, SetDefaults_ResourceList. */
export const roundUpToMilli = (amount: Amount): Amount => ({
  nanos: upFrom(amount, 1_000_000n) * 1_000_000n,
  format: amount.format,
})
