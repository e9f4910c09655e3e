import { isActive, isReady } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job, JobCondition, JobStatus } from '../../../kubernetes/types/workloads.ts'
import { NO_FAILURES, withEnds, type BackOffRecord } from './back-off.ts'
import { judge } from './failure-policy.ts'
import { indexOf, isIndexed, parseIndexes, union } from './indexes.ts'
import { delayedFailures, failedIndexesOf } from './per-index.ts'
import { hasFailed, hasSucceeded, isStopping, isTracked } from './pods.ts'

/** A status while a sync works on it. */
export type DraftStatus = { -readonly [F in keyof JobStatus]: JobStatus[F] } & {
  conditions: readonly JobCondition[]
  uncounted: { succeeded: readonly string[]; failed: readonly string[] }
}

/** The indexes of an Indexed Job. */
export interface Indexes {
  /** Of which the status tells. */
  readonly before: ReadonlySet<number>
  succeeded: ReadonlySet<number>
  /** Only where each index has its own back-off limit. */
  readonly failed: ReadonlySet<number> | undefined
  /** The last failed Pod of each index that has no other: its annotations are for its successor to take on. */
  readonly delayed: ReadonlyMap<number, Pod>
}

/** What one pass over a Job knows and finds. Source: pkg/controller/job/job_controller.go, syncJobCtx (v1.36). */
export interface JobRun {
  /** The newest version that this pass has read or written. */
  job: Job
  readonly status: DraftStatus
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  ready: number
  terminating: number
  /** Those whose end was counted into the totals, before this pass. */
  readonly uncounted: { readonly succeeded: ReadonlySet<string>; readonly failed: ReadonlySet<string> }
  /** Pods that were let go and are still shown with their finalizer. */
  readonly letGo: ReadonlySet<string>
  succeeded: number
  readonly failed: number
  finished: JobCondition | undefined
  readonly backOff: BackOffRecord
  indexes: Indexes | undefined
}

const NOBODY: ReadonlySet<string> = new Set()

export const startRun = (
  job: Job,
  pods: readonly Pod[],
  letGo: ReadonlySet<string> = NOBODY,
  record: BackOffRecord = NO_FAILURES,
): JobRun => {
  const { uncountedTerminatedPods: { succeeded = [], failed = [] } = {}, ...status } = job.status ?? {}
  const uncounted = { succeeded: new Set(succeeded), failed: new Set(failed) }
  const active = pods.filter(isActive)
  const valid = pods.filter(
    (pod) => isTracked(pod) && !letGo.has(pod.metadata.uid) && (!isIndexed(job) || indexOf(pod, job) !== undefined),
  )
  const newlySucceeded = valid.filter((pod) => hasSucceeded(pod) && !uncounted.succeeded.has(pod.metadata.uid))
  const newlyFailed = valid.filter((pod) => hasFailed(pod, job) && !uncounted.failed.has(pod.metadata.uid))
  const counting = newlyFailed.filter((pod) => judge(pod, job).counts)
  return {
    job,
    status: { ...status, conditions: status.conditions ?? [], uncounted: { succeeded, failed } },
    pods,
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isStopping).length,
    uncounted,
    letGo,
    succeeded: (status.succeeded ?? 0) + newlySucceeded.length + succeeded.length,
    failed: (status.failed ?? 0) + counting.length + failed.length,
    finished: undefined,
    backOff: withEnds(record, newlySucceeded, newlyFailed),
    indexes: undefined,
  }
}

/** Source: pkg/controller/job/indexed_job_utils.go, calculateSucceededIndexes. */
export const withIndexes = (run: JobRun): Indexes => {
  const { job, pods, status } = run
  const before = parseIndexes(status.completedIndexes, job.spec.completions ?? 0)
  const news: number[] = []
  for (const pod of pods) {
    const index = hasSucceeded(pod) && isTracked(pod) ? indexOf(pod, job) : undefined
    if (index !== undefined) news.push(index)
  }
  const succeeded = union(before, news)
  const failed = failedIndexesOf(job, pods)
  return { before, succeeded, failed, delayed: delayedFailures(run, succeeded, failed) }
}

/** The status as it goes over the wire: what is empty is left out where Kubernetes leaves it out. */
export const statusOf = (run: JobRun): JobStatus => {
  const {
    conditions,
    uncounted,
    startTime,
    completionTime,
    active,
    succeeded,
    failed,
    completedIndexes,
    failedIndexes,
  } = run.status
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...some({ active, succeeded, failed }),
    ...(run.status.terminating === undefined ? {} : { terminating: run.status.terminating }),
    ...(completedIndexes === undefined || completedIndexes === '' ? {} : { completedIndexes }),
    ...(failedIndexes === undefined ? {} : { failedIndexes }),
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length === 0 ? {} : { succeeded: uncounted.succeeded }),
      ...(uncounted.failed.length === 0 ? {} : { failed: uncounted.failed }),
    },
    ...(run.status.ready === undefined ? {} : { ready: run.status.ready }),
  }
}

const some = (counts: Pick<JobStatus, 'active' | 'succeeded' | 'failed'>): Partial<JobStatus> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => (count ?? 0) > 0))

/** Whether a Job is not to run for now. */
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true

export const parallelismOf = ({ spec: { parallelism = 1 } }: Job): number => parallelism
