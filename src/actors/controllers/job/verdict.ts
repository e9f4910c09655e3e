import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { JobCondition } from '../../../kubernetes/types/workloads.ts'
import { newCondition } from './conditions.ts'
import { judge } from './failure-policy.ts'
import { isIndexed } from './indexes.ts'
import { hasFailed } from './pods.ts'
import { isSuspended, type JobRun } from './run.ts'
import { metSuccessRule } from './success-policy.ts'

/** Source: api/batch/v1/types.go, backoffLimit's default in defaults.go. */
const BACKOFF_LIMIT = 6

/**
 * Whether a Job is about to end, and why. What was said once stands.
 * Source: pkg/controller/job/job_controller.go, syncJob (v1.36).
 */
export const verdictOf = (run: JobRun, now: Micros): JobCondition | undefined => {
  const { conditions } = run.status
  const isTrue = (type: string): JobCondition | undefined => {
    const condition = findCondition(conditions, type)
    return condition?.status === 'True' ? condition : undefined
  }
  return isTrue('SuccessCriteriaMet') ?? isTrue('FailureTarget') ?? failureOf(run, now) ?? indexVerdict(run, now)
}

const failing = (reason: string, message: string, now: Micros): JobCondition =>
  newCondition('FailureTarget', 'True', reason, message, now)

const failureOf = (run: JobRun, now: Micros): JobCondition | undefined => {
  const { job, pods, failed } = run
  for (const pod of pods) {
    const message = hasFailed(pod, job) ? judge(pod, job).failsJob : undefined
    if (message !== undefined) return failing('PodFailurePolicy', message, now)
  }
  const { backoffLimit = BACKOFF_LIMIT } = job.spec
  if (failed > backoffLimit || restartsExceed(run, backoffLimit)) {
    return failing('BackoffLimitExceeded', 'Job has reached the specified backoff limit', now)
  }
  const left = deadlineIn(run, now)
  if (left === undefined || left > 0) return undefined
  return failing('DeadlineExceeded', 'Job was active longer than specified deadline', now)
}

/** Time until the Job has been active for too long; undefined without a deadline. */
export const deadlineIn = ({ job, status }: JobRun, now: Micros): Micros | undefined => {
  const { activeDeadlineSeconds } = job.spec
  const started = parseTime(status.startTime ?? '')
  if (activeDeadlineSeconds === undefined || started === undefined || isSuspended(job)) return undefined
  return started + seconds(activeDeadlineSeconds) - now
}

/** Where containers are restarted in place, restarts count. Source: job_controller.go, pastBackoffLimitOnFailure. */
const restartsExceed = ({ job, pods }: JobRun, limit: number): boolean => {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    for (const { restartCount } of all) restarts += restartCount
  }
  return limit === 0 ? restarts > 0 : restarts >= limit
}

const indexVerdict = ({ job, indexes }: JobRun, now: Micros): JobCondition | undefined => {
  if (!isIndexed(job) || indexes === undefined) return undefined
  const { completions = 0, maxFailedIndexes = Infinity } = job.spec
  const failed = indexes.failed?.size ?? 0
  if (failed > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes'
    return failing('MaxFailedIndexesExceeded', message, now)
  }
  if (failed > 0 && failed + indexes.succeeded.size >= completions) {
    return failing('FailedIndexes', 'Job has failed indexes', now)
  }
  const met = metSuccessRule(job, indexes.succeeded)
  return met === undefined ? undefined : newCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', met, now)
}
