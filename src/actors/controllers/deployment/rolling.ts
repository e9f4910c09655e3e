import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { maxUnavailable, newReplicas, replicasOf, totalAvailable, totalReplicas } from './arithmetic.ts'
import { cleanUp } from './cleanup.ts'
import { prepare } from './prepare.ts'
import { isComplete } from './progress.ts'
import { allOf, scaleTo, type Generations } from './replica-sets.ts'
import { syncRolloutStatus } from './status.ts'

/**
 * One step of a rolling update: up by what surge allows, or down by what availability allows, never both.
 * Source: pkg/controller/deployment/rolling.go, rolloutRolling (v1.36).
 */
export function* rolloutRolling(before: Deployment, replicaSets: readonly ReplicaSet[], world: World): Sync {
  const prepared = yield* prepare(before, replicaSets, true, world)
  if ('failure' in prepared) return prepared.failure === undefined ? undefined : { retry: prepared.failure }
  const { deployment, generations } = prepared
  const { current } = generations
  if (current !== undefined) {
    const up = yield* scaleTo(deployment, current, newSize(deployment, generations, current), world)
    if ('failure' in up) return { retry: up.failure }
    const isMoving = up.scaled || (yield* scaleDownOld(deployment, generations, current, world))
    if (isMoving) return yield* syncRolloutStatus(deployment, generations, world)
  }
  if (isComplete(deployment, deployment.status)) {
    const failure = yield* cleanUp(deployment, generations.old)
    if (failure !== undefined) return { retry: failure }
  }
  return yield* syncRolloutStatus(deployment, generations, world)
}

/** Source: rolling.go, reconcileNewReplicaSet. */
const newSize = (deployment: Deployment, generations: Generations, current: ReplicaSet): number => {
  const wanted = replicasOf(deployment)
  return replicasOf(current) >= wanted ? wanted : newReplicas(deployment, allOf(generations), current)
}

/**
 * Takes Pods from the old ReplicaSets: first those that serve nobody, then as many as availability allows. Whether it did;
 * a write that failed ends it for now and counts as not, without a word, as upstream.
 * Source: rolling.go, reconcileOldReplicaSets (v1.36).
 */
function* scaleDownOld(deployment: Deployment, { old }: Generations, current: ReplicaSet, world: World): Sync<boolean> {
  const active = old.filter((replicaSet) => replicasOf(replicaSet) > 0)
  if (active.length === 0) return false
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment)
  const newUnavailable = replicasOf(current) - (current.status?.availableReplicas ?? 0)
  const maxDown = totalReplicas(active) + replicasOf(current) - minAvailable - newUnavailable
  if (maxDown <= 0) return false
  const unhealthy = yield* takeFrom(deployment, active, maxDown, unavailable, world)
  if (unhealthy === undefined) return false
  const spare = totalAvailable([...unhealthy.old, current]) - minAvailable
  const healthy = yield* takeFrom(deployment, unhealthy.old, Math.max(0, spare), replicasOf, world)
  return healthy !== undefined && unhealthy.count + healthy.count > 0
}

/** Negative while a scale-down has not arrived yet. Source: rolling.go, cleanupUnhealthyReplicas. */
const unavailable = (replicaSet: ReplicaSet): number =>
  replicasOf(replicaSet) - (replicaSet.status?.availableReplicas ?? 0)

/** Takes up to `limit` Pods, from the oldest ReplicaSet first, from each as many as `share` says. Undefined: it failed. */
function* takeFrom(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  limit: number,
  share: (replicaSet: ReplicaSet) => number,
  world: World,
): Sync<{ readonly count: number; readonly old: readonly ReplicaSet[] } | undefined> {
  const after: ReplicaSet[] = []
  let count = 0
  for (const replicaSet of old) {
    const take = Math.min(limit - count, share(replicaSet))
    if (limit - count <= 0 || replicasOf(replicaSet) === 0 || take === 0) {
      after.push(replicaSet)
      continue
    }
    if (take < 0) return undefined
    const scaled = yield* scaleTo(deployment, replicaSet, replicasOf(replicaSet) - take, world)
    if ('failure' in scaled) return undefined
    count += take
    after.push(scaled.replicaSet)
  }
  return { count, old: after }
}
