/**
 * Goal: ages have two or three figures, as everyone who reads `kubectl get` knows them.
 * Method: both sides of every step from one unit to the next; for the rest, that a longer time never reads as a shorter one.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ageOf, humanDuration } from '../../../../src/kubernetes/printing/age.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

test.each([
  [-2 * SECOND, '<invalid>'],
  [-2 * SECOND + 1, '0s'],
  [0, '0s'],
  [SECOND - 1, '0s'],
  [119 * SECOND, '119s'],
  [2 * MINUTE, '2m'],
  [9 * MINUTE + 59 * SECOND, '9m59s'],
  [10 * MINUTE + 59 * SECOND, '10m'],
  [3 * HOUR - SECOND, '179m'],
  [3 * HOUR, '3h'],
  [8 * HOUR - SECOND, '7h59m'],
  [8 * HOUR, '8h'],
  [2 * DAY - SECOND, '47h'],
  [2 * DAY, '2d'],
  [8 * DAY - SECOND, '7d23h'],
  [8 * DAY, '8d'],
  [2 * YEAR - SECOND, '729d'],
  [2 * YEAR, '2y'],
  [2 * YEAR + DAY, '2y1d'],
  [8 * YEAR - SECOND, '7y364d'],
  [8 * YEAR, '8y'],
])('%i microseconds read %s', (duration, text) => {
  expect(humanDuration(duration)).toBe(text)
})

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, y: YEAR }

/** What a text stands for. */
const read = (text: string): number =>
  [...text.matchAll(/(\d+)([smhdy])/g)].reduce((sum, [, n, unit = '']) => sum + Number(n) * (UNITS[unit] ?? 0), 0)

test('a text stands for no more than the time, and for at least seven eighths of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: SECOND, max: 30 * YEAR }), (duration) => {
      const told = read(humanDuration(duration))
      expect(told).toBeLessThanOrEqual(duration)
      expect(told).toBeGreaterThan((duration * 7) / 8 - SECOND)
    }),
  )
})

test('a time that is missing is unknown, and one with a fraction counts', () => {
  expect(ageOf(undefined, 0)).toBe('<unknown>')
  expect(ageOf(null, 0)).toBe('<unknown>')
  expect(ageOf('2026-01-01T00:00:00Z', 5 * SECOND)).toBe('5s')
  expect(ageOf('2026-01-01T00:00:00.500000Z', 5 * SECOND)).toBe('4s')
})
