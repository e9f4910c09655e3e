import type { Micros } from '../../../events/envelope.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { ConditionStatus } from '../../../kubernetes/types/meta.ts'
import type { Deployment, DeploymentCondition } from '../../../kubernetes/types/workloads.ts'

/** Reasons of the condition Progressing. Source: deployment_util.go. */
export const NEW_REPLICA_SET = 'NewReplicaSetCreated'
export const FOUND_NEW = 'FoundNewReplicaSet'
export const CREATE_FAILED = 'ReplicaSetCreateError'
export const UPDATED = 'ReplicaSetUpdated'
export const COMPLETE = 'NewReplicaSetAvailable'
export const TIMED_OUT = 'ProgressDeadlineExceeded'
export const PAUSED = 'DeploymentPaused'
export const RESUMED = 'DeploymentResumed'

export const progressing = (status: ConditionStatus, reason: string, message: string): DeploymentCondition => ({
  type: 'Progressing',
  status,
  reason,
  message,
})

/**
 * The conditions with `next` at the end. A condition that says the same as before stays as it is, where it is; its time of
 * update moves with its reason, its time of transition with its status. Times that `next` brings along are kept.
 * Source: deployment_util.go, SetDeploymentCondition (v1.36).
 */
export const setDeploymentCondition = (
  conditions: readonly DeploymentCondition[] | undefined,
  next: DeploymentCondition,
  now: Micros,
): readonly DeploymentCondition[] => {
  const before = findCondition(conditions, next.type)
  if (before?.status === next.status && before.reason === next.reason) return conditions ?? []
  const time = rfc3339(now)
  const kept = before?.status === next.status ? before.lastTransitionTime : next.lastTransitionTime
  const { type, status, reason, message, lastUpdateTime = time } = next
  const written = { type, status, lastUpdateTime, lastTransitionTime: kept ?? time, reason, message }
  return [...(conditions ?? []).filter((condition) => condition.type !== next.type), written]
}

export const withCondition = (deployment: Deployment, next: DeploymentCondition, now: Micros): Deployment => {
  const conditions = setDeploymentCondition(deployment.status?.conditions, next, now)
  return conditions === deployment.status?.conditions
    ? deployment
    : { ...deployment, status: { ...deployment.status, conditions } }
}
