import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { CronJob, Job } from '../../../kubernetes/types/workloads.ts'
import { finishedJobCondition } from '../shared/job-end.ts'
import type { Draft } from './draft.ts'

/** Deletes finished Jobs that are more than are to be kept. Source: cronjob_controllerv2.go, cleanupFinishedJobs (v1.36). */
export function* cleanUp(draft: Draft, jobs: readonly Job[], world: World): Sync<void> {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = draft.cronJob.spec
  for (const [type, limit] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    if (limit === undefined) continue
    const ended = jobs.filter((job) => finishedJobCondition(job)?.type === type).toSorted(byStart)
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) {
      if (yield* deleteJob(draft, job, world)) draft.isNews = true
    }
  }
}

const byStart = (a: Job, b: Job): number => {
  const [start, other] = [parseTime(a.status?.startTime ?? ''), parseTime(b.status?.startTime ?? '')]
  if (start !== other) return (start ?? Infinity) - (other ?? Infinity)
  return a.metadata.name < b.metadata.name ? -1 : 1
}

/** Source: cronjob_controllerv2.go, deleteJob. */
export function* deleteJob(draft: Draft, job: Job, world: World): Sync<boolean> {
  const { namespace, name, uid } = job.metadata
  const options = { propagationPolicy: 'Background' } as const
  const answer = yield* call({ verb: 'delete', kind: 'Job', namespace, name, options })
  if (!answer.ok) {
    world.event('CronJob', draft.cronJob, 'Warning', 'FailedDelete', `Deleted job: ${answer.message}`)
    return false
  }
  draft.drop(uid)
  world.event('CronJob', draft.cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`)
  return true
}

/**
 * Brings the list of active Jobs up to date with those that there are; gives why it could not.
 * Source: cronjob_controllerv2.go, syncCronJob (v1.36).
 */
export function* noteEnds(draft: Draft, jobs: readonly Job[], world: World): Sync<string | undefined> {
  for (const job of jobs) {
    const end = finishedJobCondition(job)
    const failure = end === undefined ? yield* noteUnknown(draft, job, world) : noteEnd(draft, job, end.type, world)
    if (failure !== undefined) return failure
  }
  for (const { uid = '', namespace, name = '' } of draft.active) {
    if (jobs.some(({ metadata }) => metadata.uid === uid)) continue
    // The view may be behind: only who is asked knows that it is gone.
    const answer = yield* call({ verb: 'get', kind: 'Job', namespace, name })
    if (answer.ok) continue
    if (answer.code !== 404) return answer.message
    world.event('CronJob', draft.cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`)
    draft.drop(uid)
    draft.isNews = true
  }
  return undefined
}

function* noteUnknown(draft: Draft, job: Job, world: World): Sync<string | undefined> {
  const { uid, name } = job.metadata
  if (draft.isActive(uid)) return undefined
  const fresh = yield* call({
    ...{ verb: 'get', kind: 'CronJob' },
    namespace: draft.cronJob.metadata.namespace,
    name: draft.cronJob.metadata.name,
  } as const)
  if (!fresh.ok) return fresh.message
  const known: CronJob | undefined = fresh.object
  if (known?.status?.active?.some((reference) => reference.uid === uid) === true) {
    draft.continueWith(known)
    return undefined
  }
  const message = `Saw a job that the controller did not create or forgot: ${name}`
  world.event('CronJob', draft.cronJob, 'Warning', 'UnexpectedJob', message)
  return undefined
}

const noteEnd = (draft: Draft, job: Job, type: string, world: World): undefined => {
  const { uid, name } = job.metadata
  if (draft.isActive(uid)) {
    draft.drop(uid)
    world.event('CronJob', draft.cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${type}`)
    draft.isNews = true
  }
  const ended = type === 'Complete' ? job.status?.completionTime : undefined
  const last = draft.lastSuccessfulTime
  if (ended === undefined || (last !== undefined && (parseTime(ended) ?? 0) <= (parseTime(last) ?? 0))) return
  draft.lastSuccessfulTime = ended
  draft.isNews = true
}
