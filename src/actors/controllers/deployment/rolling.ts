import type { Sync, World } from '../../../engine/client/controller.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { maxUnavailable, newReplicas, replicasOf, totalAvailable, totalReplicas } from './arithmetic.ts'
import { cleanUp } from './cleanup.ts'
import { allOf, prepare, scaleTo, type Generations } from './replica-sets.ts'
import { isComplete, syncRolloutStatus } from './status.ts'

/**
 * One step of a rolling update: up by what surge allows, or down by what availability allows, never both.
 * Source: pkg/controller/deployment/rolling.go, rolloutRolling (v1.36).
 */
export function* rolloutRolling(before: Deployment, replicaSets: readonly ReplicaSet[], world: World): Sync {
  const prepared = yield* prepare(before, replicaSets, true, world)
  if (!prepared.ready) return prepared.retry === undefined ? undefined : { retry: prepared.retry }
  const { deployment, generations } = prepared
  const { current } = generations
  if (current !== undefined) {
    const wanted = scaleTarget(deployment, generations, current)
    if (wanted !== replicasOf(current)) {
      const { failure, replicaSet } = yield* scaleTo(deployment, current, wanted, world)
      if (failure !== undefined) return { retry: failure }
      return yield* syncRolloutStatus(deployment, { ...generations, current: replicaSet }, world)
    }
    const down = yield* scaleDownOld(deployment, generations, current, world)
    if (typeof down === 'string') return { retry: down }
    if (down.changed) return yield* syncRolloutStatus(deployment, { current, old: down.old }, world)
  }
  if (isComplete(deployment, deployment.status ?? {})) {
    const failure = yield* cleanUp(deployment, generations.old)
    if (failure !== undefined) return { retry: failure }
  }
  return yield* syncRolloutStatus(deployment, generations, world)
}

/** Source: rolling.go, reconcileNewReplicaSet. */
const scaleTarget = (deployment: Deployment, generations: Generations, current: ReplicaSet): number => {
  const now = replicasOf(current)
  const wanted = replicasOf(deployment)
  return now >= wanted ? wanted : newReplicas(deployment, allOf(generations), current)
}

/** Source: rolling.go, reconcileOldReplicaSets. */
function* scaleDownOld(
  deployment: Deployment,
  { old }: Generations,
  current: ReplicaSet,
  world: World,
): Sync<{ readonly changed: boolean; readonly old: readonly ReplicaSet[] } | string> {
  if (totalReplicas(old) === 0) return { changed: false, old }
  const all = [...old, current]
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment)
  const newUnavailable = replicasOf(current) - (current.status?.availableReplicas ?? 0)
  const maxDown = totalReplicas(all) - minAvailable - newUnavailable
  if (maxDown <= 0) return { changed: false, old }
  const unhealthy = yield* scaleDownEach(deployment, old, maxDown, world, unhealthyPods)
  if (typeof unhealthy === 'string') return unhealthy
  // The old ReplicaSets' availability is what it was; only their size has changed.
  const spare = totalAvailable([...unhealthy.old, current]) - minAvailable
  const healthy = yield* scaleDownEach(deployment, unhealthy.old, Math.max(0, spare), world, replicasOf)
  if (typeof healthy === 'string') return healthy
  return { changed: unhealthy.count + healthy.count > 0, old: healthy.old }
}

/** Source: rolling.go, cleanupUnhealthyReplicas. */
const unhealthyPods = (replicaSet: ReplicaSet): number =>
  Math.max(0, replicasOf(replicaSet) - (replicaSet.status?.availableReplicas ?? 0))

/** Takes up to `limit` Pods from the ReplicaSets, oldest first, from each as many as `share` gives. */
function* scaleDownEach(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  limit: number,
  world: World,
  share: (replicaSet: ReplicaSet) => number,
): Sync<{ readonly count: number; readonly old: readonly ReplicaSet[] } | string> {
  const result: ReplicaSet[] = []
  let count = 0
  for (const replicaSet of old) {
    const take = Math.min(limit - count, share(replicaSet), replicasOf(replicaSet))
    if (take <= 0) {
      result.push(replicaSet)
      continue
    }
    const scaled = yield* scaleTo(deployment, replicaSet, replicasOf(replicaSet) - take, world)
    if (scaled.failure !== undefined) return scaled.failure
    count += take
    result.push(scaled.replicaSet)
  }
  return { count, old: result }
}
