import type { Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { finishedAt } from './pods.ts'

/** Source: pkg/controller/job/job_controller.go, DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff. */
const FIRST: Micros = seconds(10)
const MOST: Micros = minutes(10)

/** Failures of a Job's Pods since the last success. */
export interface BackOffRecord {
  readonly failures: number
  readonly lastFailure: Micros | undefined
}

export const NO_FAILURES: BackOffRecord = { failures: 0, lastFailure: undefined }

/** Source: pkg/controller/job/backoff_utils.go, newBackoffRecord (v1.36). */
export const withEnds = (before: BackOffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackOffRecord => {
  if (succeeded.length === 0 && failed.length === 0) return before
  const ends = failed.map(finishedAt).sort((a, b) => a - b)
  if (succeeded.length === 0) return { failures: before.failures + ends.length, lastFailure: ends.at(-1) }
  const success = Math.max(...succeeded.map(finishedAt))
  const after = ends.filter((at) => at > success)
  return { failures: after.length, lastFailure: after.at(-1) }
}

/** How long until the next try: 10 s, doubled with each failure, from the last one's end. Source: getRemainingTime. */
export const remaining = ({ failures, lastFailure }: BackOffRecord, now: Micros): Micros => {
  if (failures === 0 || lastFailure === undefined) return 0
  let delay = FIRST
  for (let n = 1; n < failures && delay < MOST; n++) delay *= 2
  return Math.max(0, Math.min(delay, MOST) - (now - lastFailure))
}
