import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { call, type Sync, type SyncResult, type World } from '../../../engine/client/controller.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../../../kubernetes/types/workloads.ts'
import { isTerminating } from '../../../kubernetes/pods.ts'
import { maxUnavailable, replicasOf, totalAvailable, totalReplicas } from './arithmetic.ts'
import { COMPLETE, progressing, setDeploymentCondition, TIMED_OUT, UPDATED } from './conditions.ts'
import { allOf, podsOf, watchesProgress, type Generations } from './replica-sets.ts'

/** Counts over the ReplicaSets' own status, and the condition Available. Source: sync.go, calculateStatus. */
export const statusOf = (deployment: Deployment, generations: Generations, world: World): DeploymentStatus => {
  const all = allOf(generations)
  const sum = (count: (status: NonNullable<ReplicaSet['status']>) => number | undefined): number =>
    all.reduce((total, { status }) => total + (status === undefined ? 0 : (count(status) ?? 0)), 0)
  const available = totalAvailable(all)
  const unavailable = Math.max(0, totalReplicas(all) - available)
  const before = deployment.status
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: omitZero(sum((status) => status.replicas)),
    updatedReplicas: omitZero(generations.current?.status?.replicas ?? 0),
    readyReplicas: omitZero(sum((status) => status.readyReplicas)),
    availableReplicas: omitZero(available),
    unavailableReplicas: omitZero(unavailable),
    terminatingReplicas: podsOf(all, world).filter(isTerminating).length,
    collisionCount: before?.collisionCount,
    conditions: setDeploymentCondition(before?.conditions, availability(deployment, available), world.now),
  }
}

const omitZero = (count: number): number | undefined => (count === 0 ? undefined : count)

const availability = (deployment: Deployment, available: number): DeploymentCondition =>
  available >= replicasOf(deployment) - maxUnavailable(deployment)
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }

/** Source: deployment_util.go, DeploymentComplete. */
export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean =>
  (status.updatedReplicas ?? 0) === replicasOf(deployment) &&
  (status.replicas ?? 0) === replicasOf(deployment) &&
  (status.availableReplicas ?? 0) === replicasOf(deployment) &&
  (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)

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

/** When the deadline of a rollout that does not move is over; undefined if none runs. Source: DeploymentTimedOut. */
const deadlineOf = (deployment: Deployment, status: DeploymentStatus): Micros | undefined => {
  const condition = findCondition(status.conditions, 'Progressing')
  if (!watchesProgress(deployment) || condition?.lastUpdateTime === undefined) return undefined
  if (condition.reason === COMPLETE) return undefined
  return (parseTime(condition.lastUpdateTime) ?? 0) + seconds(deployment.spec.progressDeadlineSeconds ?? 0)
}

/**
 * Writes status with the progress of a rollout; wakes again when the deadline is due.
 * Source: pkg/controller/deployment/progress.go, syncRolloutStatus (v1.36).
 */
export function* syncRolloutStatus(deployment: Deployment, generations: Generations, world: World): Sync {
  const counted = statusOf(deployment, generations, world)
  const status = watchesProgress(deployment) ? withProgress(deployment, counted, generations, world) : counted
  const result = yield* writeStatus(deployment, status)
  if (result !== undefined) return result
  const due = deadlineOf(deployment, status)
  if (due === undefined || findCondition(status.conditions, 'Progressing')?.reason === TIMED_OUT) return
  // A second late rather than early: condition times are whole seconds.
  return { after: Math.max(due - world.now, 0) + seconds(1) }
}

const withProgress = (
  deployment: Deployment,
  status: DeploymentStatus,
  generations: Generations,
  world: World,
): DeploymentStatus => {
  const before = findCondition(deployment.status?.conditions, 'Progressing')
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === COMPLETE
  if (settled) return status
  const what =
    generations.current === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${generations.current.metadata.name}"`
  const set = (condition: DeploymentCondition, conditions = status.conditions): DeploymentStatus => ({
    ...status,
    conditions: setDeploymentCondition(conditions, condition, world.now),
  })
  if (isComplete(deployment, status)) return set(progressing('True', COMPLETE, `${what} has successfully progressed.`))
  if (hasProgressed(deployment.status, status)) {
    const condition = progressing('True', UPDATED, `${what} is progressing.`)
    // Each step forward starts the deadline anew, though neither status nor reason changes.
    const others = status.conditions?.filter(({ type }) => type !== 'Progressing')
    const moved = set(condition, others)
    return before?.status === 'True' ? keepTransition(moved, before) : moved
  }
  const due = deadlineOf(deployment, status)
  if (due !== undefined && due < world.now)
    return set(progressing('False', TIMED_OUT, `${what} has timed out progressing.`))
  return status
}

const keepTransition = (status: DeploymentStatus, before: DeploymentCondition): DeploymentStatus => ({
  ...status,
  conditions: status.conditions?.map((condition) =>
    condition.type === before.type ? { ...condition, lastTransitionTime: before.lastTransitionTime } : condition,
  ),
})

/** Writes the counts alone. Source: sync.go, syncDeploymentStatus. */
export function* syncStatusOnly(deployment: Deployment, generations: Generations, world: World): Sync {
  return yield* writeStatus(deployment, statusOf(deployment, generations, world))
}

function* writeStatus(deployment: Deployment, status: DeploymentStatus): Sync<SyncResult> {
  if (sameJson(deployment.status, status)) return
  const { namespace, name } = deployment.metadata
  const body = { ...deployment, status }
  const answer = yield* call({ verb: 'update', kind: 'Deployment', namespace, name, subresource: 'status', body })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}
