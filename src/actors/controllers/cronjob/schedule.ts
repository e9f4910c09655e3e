import { either } from 'fp-ts'
import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { nextCronTime } from '../../../kubernetes/cron-next.ts'
import { parseCronSchedule } from '../../../kubernetes/cron-schedule.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { CronJob } from '../../../kubernetes/types/workloads.ts'

/** A key comes back a little after its time. Source: pkg/controller/cronjob/cronjob_controllerv2.go, nextScheduleDelta. */
const DELTA: Micros = millis(100)
/** More missed times than these are told of. Source: pkg/controller/cronjob/utils.go, mostRecentScheduleTime. */
const MANY = 100

/** Gives the time that comes next after one; undefined where none ever does. */
export type Schedule = (after: Micros) => Micros | undefined

/** The schedule of a CronJob, or why it has none. */
export const scheduleOf = ({ spec }: CronJob): either.Either<string, Schedule> =>
  either.map(
    (parsed: Parameters<typeof nextCronTime>[0]): Schedule =>
      (after) =>
        nextCronTime(parsed, spec.timeZone, after),
  )(parseCronSchedule(spec.schedule))

/** What a schedule asked for since the last run. */
export interface Missed {
  readonly earliest: Micros
  /** The newest time that has come; undefined where none has. */
  readonly latest: Micros | undefined
  readonly count: 'none' | 'few' | 'many'
  /** The times are less than a second apart, or there are none. */
  readonly problem?: string
}

/**
 * The newest time at which a Job was due; how many were is guessed from the distance of the first two.
 * Source: pkg/controller/cronjob/utils.go, mostRecentScheduleTime (v1.36).
 */
export const missedSince = (
  { metadata, status, spec }: CronJob,
  schedule: Schedule,
  now: Micros,
  mindsDeadline: boolean,
): Missed => {
  let earliest = parseTime(status?.lastScheduleTime ?? metadata.creationTimestamp) ?? 0
  if (mindsDeadline && spec.startingDeadlineSeconds !== undefined) {
    earliest = Math.max(earliest, now - seconds(spec.startingDeadlineSeconds))
  }
  const first = schedule(earliest)
  const second = first === undefined ? undefined : schedule(first)
  if (first === undefined || second === undefined) {
    const problem = 'time difference between two schedules is less than 1 second'
    return { earliest, latest: undefined, count: 'none', problem }
  }
  if (now < first) return { earliest, latest: undefined, count: 'none' }
  if (now < second) return { earliest, latest: first, count: 'none' }
  const interval = second - first
  const count = Math.floor((now - first) / interval) + 1
  let latest: Micros | undefined
  for (let at = schedule(first + (count - 2) * interval); at !== undefined && at <= now; at = schedule(at)) latest = at
  return { earliest, latest, count: count > MANY ? 'many' : 'few' }
}

/** How long until the time after the newest one. Source: utils.go, nextScheduleTimeDuration. */
export const untilNext = (cronJob: CronJob, schedule: Schedule, now: Micros): Micros | undefined => {
  const { earliest, latest, count, problem } = missedSince(cronJob, schedule, now, false)
  const from = problem !== undefined ? now : (latest ?? (count === 'none' ? earliest : now))
  const next = schedule(from)
  return next === undefined ? undefined : next + DELTA - now
}
