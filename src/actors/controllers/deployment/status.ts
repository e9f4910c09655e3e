import type { Micros } from '../../../events/envelope.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../../../kubernetes/types/workloads.ts'
import { maxUnavailable, replicasOf, totalAvailable, totalReplicas } from './arithmetic.ts'
import { setDeploymentCondition } from './conditions.ts'
import { nextLook, withoutCondition, withProgress } from './progress.ts'
import { allOf, type Generations } from './replica-sets.ts'

/**
 * Counts over the ReplicaSets' own status, and the condition Available. Counts of zero are left out, as on the wire.
 * Source: pkg/controller/deployment/sync.go, calculateStatus (v1.36).
 */
export const statusOf = (deployment: Deployment, generations: Generations, now: Micros): DeploymentStatus => {
  const all = allOf(generations)
  const sum = (count: (status: NonNullable<ReplicaSet['status']>) => number | undefined): number =>
    all.reduce((total, { status }) => total + (status === undefined ? 0 : (count(status) ?? 0)), 0)
  const available = totalAvailable(all)
  const terminating = terminatingReplicas(all)
  const { collisionCount, conditions } = deployment.status ?? {}
  return {
    observedGeneration: deployment.metadata.generation,
    ...some(
      'replicas',
      sum((status) => status.replicas),
    ),
    ...some('updatedReplicas', generations.current?.status?.replicas ?? 0),
    ...some(
      'readyReplicas',
      sum((status) => status.readyReplicas),
    ),
    ...some('availableReplicas', available),
    ...some('unavailableReplicas', Math.max(0, totalReplicas(all) - available)),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: setDeploymentCondition(conditions, availability(deployment, available), now),
  }
}

const some = (field: keyof DeploymentStatus, count: number): DeploymentStatus => (count === 0 ? {} : { [field]: count })

/** Unknown while a ReplicaSet that was synced does not report it. Source: GetTerminatingReplicaCountForReplicaSets. */
const terminatingReplicas = (all: readonly ReplicaSet[]): number | undefined => {
  let total = 0
  for (const { status } of all) {
    if (status?.terminatingReplicas !== undefined) total += status.terminatingReplicas
    else if ((status?.observedGeneration ?? 0) !== 0) return undefined
  }
  return total
}

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

/**
 * Writes status with the progress of a rollout; if there is nothing to write, looks again when the deadline is due.
 * Source: pkg/controller/deployment/progress.go, syncRolloutStatus (v1.36).
 */
export function* syncRolloutStatus(deployment: Deployment, generations: Generations, world: World): Sync {
  const { now } = world
  const counted = withProgress(deployment, statusOf(deployment, generations, now), generations, now)
  const status = withReplicaFailure(counted, generations, now)
  return sameJson(deployment.status, status)
    ? nextLook(deployment, status, now)
    : yield* writeStatus(deployment, status)
}

/** What keeps a ReplicaSet from its Pods is the Deployment's trouble too; the new one's first. Source: getReplicaFailures. */
const withReplicaFailure = (status: DeploymentStatus, generations: Generations, now: Micros): DeploymentStatus => {
  const { current, old } = generations
  for (const replicaSet of current === undefined ? old : [current, ...old]) {
    const failure = findCondition(replicaSet.status?.conditions, 'ReplicaFailure')
    if (failure === undefined) continue
    const { type, status: state, reason, message, lastTransitionTime } = failure
    const next = { type, status: state, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message }
    return { ...status, conditions: setDeploymentCondition(status.conditions, next, now) }
  }
  return withoutCondition(status, 'ReplicaFailure')
}

/** Writes the counts alone. Source: sync.go, syncDeploymentStatus. */
export function* syncDeploymentStatus(deployment: Deployment, generations: Generations, world: World): Sync {
  const status = statusOf(deployment, generations, world.now)
  if (!sameJson(deployment.status, status)) return yield* writeStatus(deployment, status)
}

function* writeStatus(deployment: Deployment, status: DeploymentStatus): Sync {
  const { namespace, name } = deployment.metadata
  const body = { ...deployment, status }
  const answer = yield* call({ verb: 'update', kind: 'Deployment', namespace, name, subresource: 'status', body })
  if (!answer.ok) return { retry: answer.message }
}
