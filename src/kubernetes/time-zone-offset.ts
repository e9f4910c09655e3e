import { civilFromDays, daysFromCivil } from './time.ts'
import type { TimeZoneRule } from './time-zone-rules.ts'

const DAY = 86_400

/** Day of the week of a day since 1970-01-01, a Thursday; 0 is Sunday. */
export const weekdayOf = (days: number): number => (((days + 4) % 7) + 7) % 7

type Turn = NonNullable<TimeZoneRule['summer']>['begins']

/** Seconds since 1970 on the clocks of the place. */
const localSecond = (year: number, { month, week, weekday, second }: Turn): number => {
  const first = daysFromCivil(year, month, 1)
  const days = (month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)) - first
  let day = ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7
  while (day >= days) day -= 7
  return (first + day) * DAY + second
}

/** Seconds east of UTC at a moment, in seconds since 1970. */
export const offsetAt = ({ standard, summer }: TimeZoneRule, unix: number): number => {
  if (summer === undefined) return standard
  const { year } = civilFromDays(Math.floor((unix + standard) / DAY))
  // Each turn is told by the clocks that it ends.
  const begins = localSecond(year, summer.begins) - standard
  const ends = localSecond(year, summer.ends) - summer.offset
  const isSummer = begins < ends ? unix >= begins && unix < ends : unix >= begins || unix < ends
  return isSummer ? summer.offset : standard
}
