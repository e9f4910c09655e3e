import { either } from 'fp-ts'
import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, isNamespaceTerminating, type Sync, type SyncResult } from '../../../engine/client/sync.ts'
import { isControlledBy } from '../../../kubernetes/owners.ts'
import { isTimeZone } from '../../../kubernetes/time-zones.ts'
import { civilFromDays, EPOCH_SECONDS, parseTime, rfc3339 } from '../../../kubernetes/time.ts'
import { weekdayOf } from '../../../kubernetes/time-zone-offset.ts'
import type { CronJob } from '../../../kubernetes/types/workloads.ts'
import type { Draft } from './draft.ts'
import { deleteJob } from './jobs.ts'
import { jobBody, jobName, referenceTo } from './job-of.ts'
import { missedSince, scheduleOf, untilNext, type Schedule } from './schedule.ts'

/**
 * Starts the Job that is due, if there is one, and says when to look again.
 * Source: pkg/controller/cronjob/cronjob_controllerv2.go, syncCronJob (v1.36).
 */
export function* startDue(draft: Draft, world: World): Sync {
  const { cronJob } = draft
  const { timeZone, suspend, schedule: text } = cronJob.spec
  const warn = (reason: string, message: string): void => world.event('CronJob', cronJob, 'Warning', reason, message)
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    warn('UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`)
    return
  }
  if (suspend === true) return
  if (text.includes('TZ')) {
    const where = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'
    warn(
      'UnsupportedSchedule',
      `CRON_TZ or TZ used in schedule ${JSON.stringify(text)} is not officially supported, ${where}`,
    )
  }
  const parsed = scheduleOf(cronJob)
  if (either.isLeft(parsed)) {
    warn('UnparseableSchedule', `unparseable schedule: ${JSON.stringify(text)} : ${parsed.left}`)
    return
  }
  const { latest, count, problem } = missedSince(cronJob, parsed.right, world.now, true)
  if (problem !== undefined) {
    warn('InvalidSchedule', `invalid schedule: ${text} : ${problem}`)
    return
  }
  if (latest === undefined) return later(cronJob, parsed.right, world)
  if (count === 'many') {
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    warn('TooManyMissedTimes', `too many missed start times. ${advice}`)
  }
  return yield* startAt(draft, latest, parsed.right, world)
}

const later = (cronJob: CronJob, schedule: Schedule, world: World): SyncResult => {
  const after = untilNext(cronJob, schedule, world.now)
  return after === undefined ? undefined : { after }
}

function* startAt(draft: Draft, at: Micros, schedule: Schedule, world: World): Sync {
  const { cronJob } = draft
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec
  if (startingDeadlineSeconds !== undefined && at + seconds(startingDeadlineSeconds) < world.now) {
    const message = `Missed scheduled time to start a job: ${rfc1123(at)}`
    world.event('CronJob', cronJob, 'Warning', 'MissSchedule', message)
    return later(cronJob, schedule, world)
  }
  const name = jobName(cronJob, at)
  const isDone = draft.active.some((reference) => reference.name === name)
  if (isDone || parseTime(draft.lastScheduleTime ?? '') === at) return later(cronJob, schedule, world)
  if (concurrencyPolicy === 'Forbid' && draft.active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    world.event('CronJob', cronJob, 'Normal', 'JobAlreadyActive', message)
    return later(cronJob, schedule, world)
  }
  const kept = concurrencyPolicy === 'Replace' ? yield* replaceActive(draft, world) : undefined
  if (kept !== undefined) return { retry: kept }
  const failure = yield* create(draft, at, world)
  if (failure !== undefined) return failure === ALREADY_STARTED ? undefined : { retry: failure }
  return later(draft.current(), schedule, world)
}

function* replaceActive(draft: Draft, world: World): Sync<string | undefined> {
  for (const { namespace, name = '' } of draft.active) {
    const job = yield* call({ verb: 'get', kind: 'Job', namespace, name })
    if (!job.ok) {
      world.event('CronJob', draft.cronJob, 'Warning', 'FailedGet', `Get job: ${job.message}`)
      return job.message
    }
    if (job.object === undefined || !(yield* deleteJob(draft, job.object, world))) {
      return `could not replace job ${namespace}/${name}`
    }
    draft.isNews = true
  }
  return undefined
}

/** The Job of this time is there and is somebody else's, or is known. */
const ALREADY_STARTED = 'already started'

function* create(draft: Draft, at: Micros, world: World): Sync<string | undefined> {
  const { cronJob } = draft
  const { namespace } = cronJob.metadata
  const name = jobName(cronJob, at)
  const answer = yield* call({ verb: 'create', kind: 'Job', namespace, name, body: jobBody(cronJob, at) })
  if (answer.ok) {
    world.event('CronJob', cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`)
    if (answer.object !== undefined) draft.start(referenceTo(answer.object), at)
    return undefined
  }
  // A namespace that goes away refuses all Jobs: nobody need be told.
  if (isNamespaceTerminating(answer)) return answer.message
  if (answer.reason !== 'AlreadyExists') {
    world.event('CronJob', cronJob, 'Warning', 'FailedCreate', `Error creating job: ${answer.message}`)
    return answer.message
  }
  // It was made before, by somebody who died before he could say so.
  const existing = yield* call({ verb: 'get', kind: 'Job', namespace, name })
  if (!existing.ok) return existing.message
  const job = existing.object
  if (job === undefined || !isControlledBy(job, cronJob) || draft.isActive(job.metadata.uid)) return ALREADY_STARTED
  draft.start(referenceTo(job), at)
  return undefined
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** As Go's time.RFC1123Z: `Thu, 01 Jan 2026 00:01:00 +0000`. */
const rfc1123 = (at: Micros): string => {
  const days = Math.floor((EPOCH_SECONDS + Math.floor(at / 1_000_000)) / 86_400)
  const { year, month, day } = civilFromDays(days)
  const time = rfc3339(at).slice(11, 19)
  return `${WEEKDAYS[weekdayOf(days)]}, ${String(day).padStart(2, '0')} ${MONTHS[month - 1]} ${year} ${time} +0000`
}
