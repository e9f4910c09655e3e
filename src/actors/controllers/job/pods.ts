import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { isTerminal, isTerminating, podCondition } from '../../../kubernetes/pods.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'

/** Keeps a Pod until its end is counted. Source: api/batch/v1/types.go, JobTrackingFinalizer. */
export const TRACKING = 'batch.kubernetes.io/job-tracking'

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false

/** Whether a Pod that is on its way out counts as gone only when it has ended. Source: onlyReplaceFailedPods. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined

/** Source: pkg/controller/job/job_controller.go, isPodFailed (v1.36). */
export const hasFailed = (pod: Pod, job: Job): boolean => {
  if (pod.status?.phase === 'Failed') return true
  return !replacesOnlyFailed(job) && isTerminating(pod) && pod.status?.phase !== 'Succeeded'
}

export const hasSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded'

/** On its way out with containers that may still run. */
export const isStopping = (pod: Pod): boolean => isTerminating(pod) && !isTerminal(pod)

/**
 * When a Pod ended: its last container, or what comes closest. Source: pkg/controller/job/backoff_utils.go, getFinishedTime.
 */
export const finishedAt = (pod: Pod): Micros => {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  const containers = lastContainerEnd(pod)
  if (containers !== undefined) return containers
  const ready = podCondition(pod, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) {
    const at = parseTime(ready.lastTransitionTime)
    if (at !== undefined) return at
  }
  const deleted = deletionTimestamp === undefined ? undefined : parseTime(deletionTimestamp)
  if (deleted !== undefined) return deleted - seconds(deletionGracePeriodSeconds)
  return parseTime(creationTimestamp) ?? 0
}

const lastContainerEnd = (pod: Pod): Micros | undefined => {
  let last: Micros | undefined
  for (const { state } of pod.status?.containerStatuses ?? []) {
    const at = parseTime(state?.terminated?.finishedAt ?? '')
    if (at === undefined) return undefined
    if (last === undefined || at > last) last = at
  }
  return last
}
