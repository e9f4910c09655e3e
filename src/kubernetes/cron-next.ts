/** When a schedule is due next. Source: github.com/robfig/cron/v3, spec.go and constantdelay.go. */
import type { Micros } from '../events/envelope.ts'
import type { CronSchedule, CronTimes } from './cron-schedule.ts'
import { civilFromDays, EPOCH_SECONDS } from './time.ts'
import { offsetAt, weekdayOf } from './time-zone-offset.ts'
import { timeZoneRule, UTC, type TimeZoneRule } from './time-zone-rules.ts'
import { parseDuration } from './workload/duration.ts'

const DAY = 86_400
const MICROS_PER_SECOND = 1_000_000
/** A schedule that is not due within five years never is: the 31st of February. */
const DAYS_AHEAD = 5 * 366

/**
 * The first moment after `after` at which a schedule is due; undefined where there is none. `zone` is used where the schedule
 * names none. Where clocks go back, a time that comes twice is due twice; where they go forward, one that does not exist never.
 */
export const nextCronTime = (schedule: CronSchedule, zone: string | undefined, after: Micros): Micros | undefined => {
  const { times, every, timeZone } = schedule
  const second = EPOCH_SECONDS + Math.floor(after / MICROS_PER_SECOND)
  if (times === undefined) return toMicros(second + intervalOf(every))
  const rule = timeZoneRule(timeZone ?? zone ?? '') ?? UTC
  const found = nextSecond(times, rule, second)
  return found === undefined ? undefined : toMicros(found)
}

const toMicros = (second: number): Micros => (second - EPOCH_SECONDS) * MICROS_PER_SECOND

/** Whole seconds, one at least. */
const intervalOf = (every = ''): number => Math.max(1, Math.floor((parseDuration(every) ?? 0) / MICROS_PER_SECOND))

const nextSecond = (times: CronTimes, rule: TimeZoneRule, after: number): number | undefined => {
  const today = Math.floor((after + offsetAt(rule, after)) / DAY)
  // A day too early: clocks may have gone back over midnight.
  for (let day = today - 1; day <= today + DAYS_AHEAD; day++) {
    if (!isDue(times, day)) continue
    const found = firstOfDay(times, rule, day, after)
    if (found !== undefined) return found
  }
  return undefined
}

/** By the day of the month or of the week, unless one of them is any: then by both. */
const isDue = (times: CronTimes, day: number): boolean => {
  const { month, day: dayOfMonth } = civilFromDays(day)
  if (!times.months.includes(month)) return false
  const byMonth = times.daysOfMonth.includes(dayOfMonth)
  const byWeek = times.daysOfWeek.includes(weekdayOf(day))
  return times.anyDayOfMonth || times.anyDayOfWeek ? byMonth && byWeek : byMonth || byWeek
}

const firstOfDay = (times: CronTimes, rule: TimeZoneRule, day: number, after: number): number | undefined => {
  const start = day * DAY - rule.standard
  const [before, later] = [offsetAt(rule, start - DAY), offsetAt(rule, start + 2 * DAY)]
  const offsets = before === later ? [before] : [before, later]
  let first: number | undefined
  for (const hour of times.hours) {
    for (const minute of times.minutes) {
      for (const offset of offsets) {
        const second = day * DAY + hour * 3600 + minute * 60 - offset
        if (second <= after || (first !== undefined && second >= first) || offsetAt(rule, second) !== offset) continue
        if (offsets.length === 1) return second
        first = second
      }
    }
  }
  return first
}
