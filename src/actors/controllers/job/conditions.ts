import type { Micros } from '../../../events/envelope.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { ConditionStatus } from '../../../kubernetes/types/meta.ts'
import type { JobCondition } from '../../../kubernetes/types/workloads.ts'

export const newCondition = (
  type: string,
  status: ConditionStatus,
  reason: string,
  message: string,
  now: Micros,
): JobCondition => {
  const time = rfc3339(now)
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message }
}

/**
 * The conditions with one set; the same array if that says nothing new. A condition that is not there need not become false.
 * Source: pkg/controller/job/job_controller.go, ensureJobConditionStatus (v1.36).
 */
export const ensureCondition = (before: readonly JobCondition[], next: JobCondition): readonly JobCondition[] => {
  const known = findCondition(before, next.type)
  if (known === undefined) return next.status === 'False' ? before : [...before, next]
  const isSame = known.status === next.status && known.reason === next.reason && known.message === next.message
  return isSame ? before : before.map((condition) => (condition === known ? next : condition))
}
