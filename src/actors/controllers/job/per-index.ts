import type { Micros } from '../../../events/envelope.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { remaining } from './back-off.ts'
import { judge } from './failure-policy.ts'
import { indexOf, parseIndexes, union } from './indexes.ts'
import { finishedAt, hasFailed, isTracked } from './pods.ts'
import type { JobRun } from './run.ts'

/** Source: api/batch/v1/types.go, JobIndexFailureCountAnnotation; job_controller.go, jobIndexIgnoredFailureCountAnnotation. */
const FAILURES = 'batch.kubernetes.io/job-index-failure-count'
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count'

export const hasLimitPerIndex = ({ spec }: Job): boolean => spec.backoffLimitPerIndex !== undefined

const count = (pod: Pod, annotation: string): number => {
  const text = pod.metadata.annotations?.[annotation]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0
}

const allFailures = (pod: Pod): number => count(pod, FAILURES) + count(pod, IGNORED)

/** Source: pkg/controller/job/backoff_utils.go, getNewIndexFailureCounts and addIndexFailureCountAnnotation (v1.36). */
export const failureAnnotations = (job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> => {
  if (replaced === undefined) return { [FAILURES]: '0' }
  const { counts } = judge(replaced, job)
  const failures = count(replaced, FAILURES) + (counts ? 1 : 0)
  const ignored = count(replaced, IGNORED) + (counts ? 0 : 1)
  return { [FAILURES]: String(failures), ...(ignored === 0 ? {} : { [IGNORED]: String(ignored) }) }
}

/** Those of which the status tells, and those whose Pod failed once too often. Source: indexed_job_utils.go, calculateFailedIndexes. */
export const failedIndexesOf = (job: Job, pods: readonly Pod[]): ReadonlySet<number> | undefined => {
  const { backoffLimitPerIndex: limit, completions = 0 } = job.spec
  if (limit === undefined) return undefined
  const news: number[] = []
  for (const pod of pods) {
    const index = hasFailed(pod, job) ? indexOf(pod, job) : undefined
    if (index === undefined) continue
    const { counts, action } = judge(pod, job)
    if (action === 'FailIndex' || (counts && count(pod, FAILURES) >= limit)) news.push(index)
  }
  return union(parseIndexes(job.status?.failedIndexes, completions), news)
}

/** Source: pkg/controller/job/indexed_job_utils.go, getPodsWithDelayedDeletionPerIndex (v1.36). */
export const delayedFailures = (
  { job, pods, active, letGo }: JobRun,
  succeeded: ReadonlySet<number>,
  failed: ReadonlySet<number> | undefined,
): ReadonlyMap<number, Pod> => {
  const delayed = new Map<number, Pod>()
  if (failed === undefined) return delayed
  const running = new Set(active.map((pod) => indexOf(pod, job)))
  for (const pod of pods) {
    const index = isTracked(pod) && !letGo.has(pod.metadata.uid) && hasFailed(pod, job) ? indexOf(pod, job) : undefined
    if (index === undefined || succeeded.has(index) || failed.has(index) || running.has(index)) continue
    const other = delayed.get(index)
    const isLater =
      other === undefined || (allFailures(other) <= allFailures(pod) && finishedAt(other) <= finishedAt(pod))
    if (isLater) delayed.set(index, pod)
  }
  return delayed
}

/** How long until an index may be tried again. Source: backoff_utils.go, getRemainingTimePerIndex. */
export const remainingForIndex = (failed: Pod | undefined, now: Micros): Micros =>
  failed === undefined ? 0 : remaining({ failures: allFailures(failed) + 1, lastFailure: finishedAt(failed) }, now)
