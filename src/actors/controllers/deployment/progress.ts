import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../../kubernetes/types/workloads.ts'
import { replicasOf } from './arithmetic.ts'
import { COMPLETE, progressing, setDeploymentCondition, TIMED_OUT, UPDATED } from './conditions.ts'
import type { Generations } from './replica-sets.ts'

/** `MaxInt32` stands for no deadline. Source: deployment_util.go, HasProgressDeadline. */
export const watchesProgress = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2_147_483_647

/** Source: deployment_util.go, DeploymentComplete. */
export const isComplete = (deployment: Deployment, status: DeploymentStatus | undefined): boolean =>
  (status?.updatedReplicas ?? 0) === replicasOf(deployment) &&
  (status?.replicas ?? 0) === replicasOf(deployment) &&
  (status?.availableReplicas ?? 0) === replicasOf(deployment) &&
  (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)

/** Source: deployment_util.go, DeploymentProgressing. */
const hasProgressed = (before: DeploymentStatus | undefined, after: DeploymentStatus): boolean => {
  const old = (status: DeploymentStatus | undefined): number => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

const deadlineOf = (deployment: Deployment, condition: DeploymentCondition): Micros =>
  (parseTime(condition.lastUpdateTime ?? '') ?? 0) + seconds(deployment.spec.progressDeadlineSeconds ?? 0)

/** Source: deployment_util.go, DeploymentTimedOut. */
const hasTimedOut = (deployment: Deployment, status: DeploymentStatus, now: Micros): boolean => {
  const condition = findCondition(status.conditions, 'Progressing')
  if (condition === undefined || condition.reason === COMPLETE) return false
  return condition.reason === TIMED_OUT || deadlineOf(deployment, condition) < now
}

/**
 * The status with what is to be said of the rollout's progress.
 * Source: pkg/controller/deployment/progress.go, syncRolloutStatus (v1.36).
 */
export const withProgress = (
  deployment: Deployment,
  status: DeploymentStatus,
  { current }: Generations,
  now: Micros,
): DeploymentStatus => {
  if (!watchesProgress(deployment)) return withoutCondition(status, 'Progressing')
  const before = findCondition(deployment.status?.conditions, 'Progressing')
  const isSettled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === COMPLETE
  if (isSettled) return status
  const what =
    current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`
  const set = (to: DeploymentStatus, next: DeploymentCondition): DeploymentStatus => ({
    ...to,
    conditions: setDeploymentCondition(to.conditions, next, now),
  })
  if (isComplete(deployment, status)) {
    return set(status, progressing('True', COMPLETE, `${what} has successfully progressed.`))
  }
  if (hasProgressed(deployment.status, status)) {
    // Each step forward starts the deadline anew, though neither status nor reason changes.
    const since = before?.status === 'True' ? { lastTransitionTime: before.lastTransitionTime } : {}
    return set(withoutCondition(status, 'Progressing'), {
      ...progressing('True', UPDATED, `${what} is progressing.`),
      ...since,
    })
  }
  return hasTimedOut(deployment, status, now)
    ? set(status, progressing('False', TIMED_OUT, `${what} has timed out progressing.`))
    : status
}

export const withoutCondition = (status: DeploymentStatus, type: string): DeploymentStatus =>
  findCondition(status.conditions, type) === undefined
    ? status
    : { ...status, conditions: status.conditions?.filter((condition) => condition.type !== type) }

/**
 * When to look again at a rollout that stands still: a second after its deadline, because times of conditions are whole
 * seconds; at once, with back-off, if there is less than a second left. Undefined if no deadline runs.
 * Source: pkg/controller/deployment/progress.go, requeueStuckDeployment (v1.36).
 */
export const nextLook = (
  deployment: Deployment,
  status: DeploymentStatus,
  now: Micros,
): { readonly after: Micros } | { readonly retry: string } | undefined => {
  const condition = findCondition(deployment.status?.conditions, 'Progressing')
  if (!watchesProgress(deployment) || condition === undefined) return undefined
  if (isComplete(deployment, status) || condition.reason === TIMED_OUT) return undefined
  const left = deadlineOf(deployment, condition) - now
  return left < seconds(1) ? { retry: 'the progress deadline is due' } : { after: left + seconds(1) }
}
