/**
 * Goal: schedules are due when robfig/cron says so, where clocks change too.
 * Method: cases; and for every zone the offsets of two years beside those of the platform's own tables.
 */
import { either } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { nextCronTime } from '../../../src/kubernetes/cron-next.ts'
import { parseCronSchedule } from '../../../src/kubernetes/cron-schedule.ts'
import { EPOCH_SECONDS, parseTime, rfc3339 } from '../../../src/kubernetes/time.ts'
import { offsetAt } from '../../../src/kubernetes/time-zone-offset.ts'
import { timeZoneRule } from '../../../src/kubernetes/time-zone-rules.ts'

const next = (schedule: string, after: string, zone?: string): string | undefined => {
  const parsed = parseCronSchedule(schedule)
  if (either.isLeft(parsed)) throw new Error(parsed.left)
  const at = nextCronTime(parsed.right, zone, parseTime(after) ?? 0)
  return at === undefined ? undefined : rfc3339(at)
}

describe('in UTC', () => {
  test.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ['* * * * *', '2026-01-01T00:00:59.900000Z', '2026-01-01T00:01:00Z'],
    ['*/20 9-17 * * 1-5', '2026-01-02T17:40:00Z', '2026-01-05T09:00:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    // By either of the two days, unless one is any.
    ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 * * 5', '2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z'],
    ['@monthly', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['@every 1h30m', '2026-01-01T00:00:10Z', '2026-01-01T01:30:10Z'],
  ])('%s after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected)
  })

  test('a day that no month has is never', () => {
    expect(next('0 0 31 2 *', '2026-01-01T00:00:00Z')).toBeUndefined()
  })
})

describe('where clocks change', () => {
  const berlin = 'Europe/Berlin'

  test('an hour that is left out is left out', () => {
    expect(next('30 2 * * *', '2026-03-28T12:00:00Z', berlin)).toBe('2026-03-30T00:30:00Z')
  })

  test('an hour that comes twice comes twice', () => {
    expect(next('30 2 * * *', '2026-10-24T12:00:00Z', berlin)).toBe('2026-10-25T00:30:00Z')
    expect(next('30 2 * * *', '2026-10-25T00:30:00Z', berlin)).toBe('2026-10-25T01:30:00Z')
  })

  test('a zone in the schedule goes before the other', () => {
    expect(next('TZ=Asia/Tokyo 0 9 * * *', '2026-01-01T01:00:00Z', berlin)).toBe('2026-01-02T00:00:00Z')
  })
})

/** Their clocks go back in the month of Ramadan, of which the rules know nothing. */
const RAMADAN = ['Africa/Casablanca', 'Africa/El_Aaiun']

test('every zone is as far from UTC as the platform says, for two years', () => {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => !RAMADAN.includes(zone))
  expect(zones.length).toBeGreaterThan(400)
  const differing = zones.filter((zone) => {
    const rule = timeZoneRule(zone)
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    const told = (unix: number): number => {
      const name = format.formatToParts(unix * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? ''
      const [, sign, hours, minutes] = /GMT(?:([-+])(\d\d):(\d\d))?/.exec(name) ?? []
      return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60)
    }
    for (let day = 0; day < 730; day += 5) {
      const unix = EPOCH_SECONDS + day * 86_400 + 43_211
      if (rule === undefined || offsetAt(rule, unix) !== told(unix)) return true
    }
    return false
  })
  // A newer table may know of a law that ours does not.
  expect(differing.length, differing.join()).toBeLessThan(5)
})
