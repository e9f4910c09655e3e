import type { Sync, World } from '../../../engine/client/controller.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { isRolling, maxSurge, proportion, replicasOf, totalReplicas } from './arithmetic.ts'
import { cleanUp } from './cleanup.ts'
import { allOf, byAge, prepare, scaleTo, type Generations } from './replica-sets.ts'
import { syncStatusOnly } from './status.ts'

/**
 * Scales without rolling out: a paused Deployment, or one whose wanted count has changed.
 * Source: pkg/controller/deployment/sync.go, sync (v1.36).
 */
export function* syncScale(before: Deployment, replicaSets: readonly ReplicaSet[], world: World): Sync {
  const prepared = yield* prepare(before, replicaSets, false, world)
  if (!prepared.ready) return prepared.retry === undefined ? undefined : { retry: prepared.retry }
  const { deployment, generations } = prepared
  const scaled = yield* scale(deployment, generations, world)
  if (typeof scaled === 'string') return { retry: scaled }
  if (deployment.spec.paused === true) {
    const failure = yield* cleanUp(deployment, generations.old)
    if (failure !== undefined) return { retry: failure }
  }
  return yield* syncStatusOnly(deployment, scaled, world)
}

/** Source: sync.go, scale: the only active one takes all; a settled new one empties the old; else each its proportion. */
function* scale(deployment: Deployment, generations: Generations, world: World): Sync<Generations | string> {
  const only = activeOrLatest(generations)
  if (only !== undefined) {
    if (replicasOf(only) === replicasOf(deployment)) return generations
    return yield* replace(generations, deployment, [[only, replicasOf(deployment)]], world)
  }
  const { current, old } = generations
  if (current !== undefined && isSaturated(deployment, current)) {
    return yield* replace(
      generations,
      deployment,
      old.filter((one) => replicasOf(one) > 0).map((one) => [one, 0]),
      world,
    )
  }
  if (!isRolling(deployment)) return generations
  return yield* replace(generations, deployment, shares(deployment, generations), world)
}

/** How a change of the total is shared out among the ReplicaSets that have Pods. Exported for its table of examples. */
export const shares = (
  deployment: Deployment,
  generations: Generations,
): readonly (readonly [ReplicaSet, number])[] => {
  const active = allOf(generations).filter((one) => replicasOf(one) > 0)
  const total = totalReplicas(active)
  const allowed = replicasOf(deployment) > 0 ? replicasOf(deployment) + maxSurge(deployment) : 0
  const toAdd = allowed - total
  // Up: the largest, then the newest first. Down: the largest, then the oldest first.
  const sorted = active.toSorted((a, b) => {
    const difference = replicasOf(b) - replicasOf(a)
    if (difference !== 0) return difference
    return toAdd > 0 ? byAge(b, a) : byAge(a, b)
  })
  let added = 0
  const sizes = sorted.map((one) => {
    const share = toAdd === 0 ? 0 : proportion(one, deployment, toAdd, added)
    added += share
    return replicasOf(one) + share
  })
  // What rounding left over goes to the first.
  sizes[0] = Math.max(0, (sizes[0] ?? 0) + (toAdd - added))
  return sorted.map((one, index) => [one, sizes[index] ?? 0] as const)
}

/** Source: deployment_util.go, FindActiveOrLatest: nothing active: the new or the newest; one active: that; else none. */
const activeOrLatest = (generations: Generations): ReplicaSet | undefined => {
  const active = allOf(generations).filter((one) => replicasOf(one) > 0)
  if (active.length === 0) return generations.current ?? generations.old.at(-1)
  return active.length === 1 ? active[0] : undefined
}

/** Source: deployment_util.go, IsSaturated. */
const isSaturated = (deployment: Deployment, replicaSet: ReplicaSet): boolean => {
  const wanted = replicasOf(deployment)
  const desired = Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? Number.NaN)
  return (
    replicasOf(replicaSet) === wanted && desired === wanted && (replicaSet.status?.availableReplicas ?? 0) === wanted
  )
}

function* replace(
  generations: Generations,
  deployment: Deployment,
  sizes: readonly (readonly [ReplicaSet, number])[],
  world: World,
): Sync<Generations | string> {
  let { current, old } = generations
  for (const [replicaSet, size] of sizes) {
    const { failure, replicaSet: scaled } = yield* scaleTo(deployment, replicaSet, size, world)
    if (failure !== undefined) return failure
    if (replicaSet === current) current = scaled
    else old = old.map((one) => (one === replicaSet ? scaled : one))
  }
  return { current, old }
}
