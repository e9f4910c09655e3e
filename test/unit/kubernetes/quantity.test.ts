/**
 * Goal: quantities are exact, and written as the API writes them.
 * Method: the forms that upstream documents (api/resource/quantity.go), then properties over arbitrary amounts.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addQuantities,
  amountOf,
  canonicalQuantity,
  compareQuantities,
  cpuMillis,
  formatQuantity,
  parseQuantity,
  quantityOf,
  quantityOfMillis,
  subtractQuantities,
  value,
} from '../../../src/kubernetes/quantity.ts'

const canonical = (text: string): string => either.getOrElse((why: string) => why)(canonicalQuantity(text))

describe('canonical form', () => {
  test.each([
    ['0', '0'],
    ['0n', '0'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['0.1', '100m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['+2', '2'],
    ['-3k', '-3k'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['1Ki', '1Ki'],
    ['1023Ki', '1023Ki'],
    ['0.5Ki', '512'],
    ['0.5Mi', '512Ki'],
    ['100e3', '100e3'],
    ['1e3', '1e3'],
    ['12E2', '1200'],
    ['1500e-3', '1500e-3'],
    ['1E', '1E'],
    ['3Ei', '3Ei'],
    ['1000000', '1M'],
    ['100000', '100k'],
    ['1n', '1n'],
    ['0.0000000001', '1n'],
    ['9999999999999999999999', '9223372036854775807'],
  ])('%s is written %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  test('what is no quantity is refused with upstream’s words', () => {
    const shape = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    for (const text of ['', 'abc', '1Zi', '1.2.3', '1 ', ' 1', '1,5']) expect(canonical(text)).toBe(shape)
    for (const text of ['1K', '1kk', '1e', '1Mi5']) expect(canonical(text)).toBe("unable to parse quantity's suffix")
  })
})

describe('integers for the hot paths', () => {
  test('fractions round away from zero', () => {
    expect(cpuMillis('100m')).toBe(100)
    expect(cpuMillis('0.0001')).toBe(1)
    expect(cpuMillis('2')).toBe(2000)
    expect(value('1500m')).toBe(2)
    expect(value('-1500m')).toBe(-2)
    expect(value('128Mi')).toBe(134_217_728)
    expect(() => value('lots')).toThrow(RangeError)
  })
})

const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-2')
const quantities = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.option(fc.integer({ min: 0, max: 999 })), suffix)
  .map(([whole, fraction, end]) => `${whole}${fraction === null ? '' : `.${fraction}`}${end}`)

describe('properties', () => {
  test('the canonical text stands for the same amount and is its own canonical text', () => {
    fc.assert(
      fc.property(quantities, (text) => {
        const once = canonical(text)
        expect(amountOf(once).nanos).toBe(amountOf(text).nanos)
        expect(canonical(once)).toBe(once)
      }),
    )
  })

  test('sums are exact and can be taken back', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        const sum = addQuantities(a, b)
        expect(amountOf(sum).nanos).toBe(amountOf(a).nanos + amountOf(b).nanos)
        expect(compareQuantities(subtractQuantities(sum, b), a)).toBe(0)
        expect(Math.sign(compareQuantities(a, b))).toBe(-Math.sign(compareQuantities(b, a)))
      }),
    )
  })

  test('a sum keeps the suffix family of its first part, unless that is zero', () => {
    expect(addQuantities('1Gi', '1024')).toBe('1048577Ki')
    expect(addQuantities('0', '1Gi')).toBe('1Gi')
    expect(addQuantities('1000', '1Ki')).toBe('2024')
  })

  test('integers come back as they went in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000 }), (n) => {
        expect(value(quantityOf(n))).toBe(n)
        expect(value(quantityOf(n, 'BinarySI'))).toBe(n)
        expect(cpuMillis(quantityOfMillis(n))).toBe(n)
      }),
    )
  })

  test('formatting never loses a nano', () => {
    const formats = fc.constantFrom('DecimalSI' as const, 'BinarySI' as const, 'DecimalExponent' as const)
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), formats, (nanos, format) => {
        const parsed = parseQuantity(formatQuantity({ nanos, format }))
        expect(either.isRight(parsed) ? parsed.right.nanos : undefined).toBe(nanos)
      }),
    )
  })
})
