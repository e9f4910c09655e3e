/**
 * Goal: virtual time is written and read as RFC 3339 without a clock.
 * Method: against the host's Date, which the core may not use, over many moments.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  civilFromDays,
  daysFromCivil,
  EPOCH_SECONDS,
  microTime,
  parseTime,
  rfc3339,
} from '../../../src/kubernetes/time.ts'

test('virtual time 0 is the first second of 2026', () => {
  expect(rfc3339(0)).toBe('2026-01-01T00:00:00Z')
  expect(microTime(1)).toBe('2026-01-01T00:00:00.000001Z')
  expect(rfc3339(999_999)).toBe('2026-01-01T00:00:00Z')
})

test('every moment is written as Date writes it and read back', () => {
  // Two centuries around the epoch, in microseconds.
  const moments = fc.integer({ min: -3_000_000_000_000_000, max: 3_000_000_000_000_000 })
  fc.assert(
    fc.property(moments, (at) => {
      const date = new Date(EPOCH_SECONDS * 1000 + Math.floor(at / 1_000_000) * 1000)
      expect(rfc3339(at)).toBe(date.toISOString().replace('.000Z', 'Z'))
      expect(parseTime(microTime(at))).toBe(at)
    }),
  )
})

test('days and dates are inverse', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), (days) => {
      const { year, month, day } = civilFromDays(days)
      expect(daysFromCivil(year, month, day)).toBe(days)
    }),
  )
})

test('offsets and fractions of other lengths are understood, what is no time is not', () => {
  expect(parseTime('2026-01-01T02:00:00+02:00')).toBe(0)
  expect(parseTime('2025-12-31T23:30:00-00:30')).toBe(0)
  expect(parseTime('2026-01-01T00:00:00.5Z')).toBe(500_000)
  expect(parseTime('2026-01-01T00:00:00.123456789Z')).toBe(123_456)
  for (const text of [
    'yesterday',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01',
  ]) {
    expect(parseTime(text)).toBeUndefined()
  }
})
