/**
 * Goal: a schedule means the times that robfig/cron reads in it, and a wrong one is refused in its words.
 * Method: fields against lists written by hand; a property that every field of numbers is read back as those numbers.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCronSchedule, type CronTimes } from '../../../src/kubernetes/cron-schedule.ts'
import { isTimeZone } from '../../../src/kubernetes/time-zones.ts'

const timesOf = (text: string): CronTimes => {
  const parsed = parseCronSchedule(text)
  if (either.isLeft(parsed) || parsed.right.times === undefined) throw new Error(`${text} has no times`)
  return parsed.right.times
}

describe('schedules', () => {
  test('ranges, steps, lists and names', () => {
    expect(timesOf('5,10-12 0-23/6 1 jan-mar mon,WED')).toMatchObject({
      minutes: [5, 10, 11, 12],
      hours: [0, 6, 12, 18],
      daysOfMonth: [1],
      months: [1, 2, 3],
      daysOfWeek: [1, 3],
      anyDayOfMonth: false,
      anyDayOfWeek: false,
    })
  })

  test('a step from one number goes to the end', () => {
    expect(timesOf('20/15 * * * *').minutes).toEqual([20, 35, 50])
  })

  test('a star counts as any day, a star with a step does not', () => {
    expect(timesOf('0 0 * * 1')).toMatchObject({ anyDayOfMonth: true, anyDayOfWeek: false })
    expect(timesOf('0 0 */2 * ?')).toMatchObject({ anyDayOfMonth: false, anyDayOfWeek: true })
  })

  test('descriptors', () => {
    expect(timesOf('@weekly')).toEqual(timesOf('0 0 * * 0'))
    expect(parseCronSchedule('@every 1h30m')).toEqual(
      either.right({ timeZone: undefined, times: undefined, every: '1h30m' }),
    )
    expect(parseCronSchedule('TZ=Asia/Tokyo 0 6 * * *')).toMatchObject({ right: { timeZone: 'Asia/Tokyo' } })
  })

  test.each([
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
    ['TZ=Mars/Base * * * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
  ])('%j is refused', (text, words) => {
    expect(parseCronSchedule(text)).toEqual(either.left(words))
  })

  test('every list of minutes is read as it is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1 }), (minutes) => {
        expect(timesOf(`${minutes.join(',')} * * * *`).minutes).toEqual([...minutes].sort((a, b) => a - b))
      }),
    )
  })
})

test('time zones are known by their names in full', () => {
  for (const name of ['UTC', 'Europe/Vienna', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'EST5EDT', '']) {
    expect(isTimeZone(name), name).toBe(true)
  }
  for (const name of ['Europe', 'Vienna', 'utc', 'Europe/Vienna/', '-/UTC']) expect(isTimeZone(name), name).toBe(false)
})
