import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { countIn, DESIRED_REPLICAS } from './annotations.ts'
import { isRolling, maxSurge, proportion, replicasOf, totalReplicas } from './arithmetic.ts'
import { cleanUp } from './cleanup.ts'
import { prepare } from './prepare.ts'
import { allOf, byAge, scaleOrAnnotate, scaleTo, type Generations } from './replica-sets.ts'
import { syncDeploymentStatus } from './status.ts'

/**
 * Scales without rolling out: a paused Deployment, or one whose wanted count has changed. The status tells of the
 * ReplicaSets as they were read, as it does everywhere here: what was just written shows in the next sync.
 * Source: pkg/controller/deployment/sync.go, sync (v1.36).
 */
export function* syncScale(before: Deployment, replicaSets: readonly ReplicaSet[], world: World): Sync {
  const prepared = yield* prepare(before, replicaSets, false, world)
  if ('failure' in prepared) return prepared.failure === undefined ? undefined : { retry: prepared.failure }
  const { deployment, generations } = prepared
  const failure = yield* scale(deployment, generations, world)
  if (failure !== undefined) return { retry: failure }
  if (deployment.spec.paused === true) {
    const problem = yield* cleanUp(deployment, generations.old)
    if (problem !== undefined) return { retry: problem }
  }
  return yield* syncDeploymentStatus(deployment, generations, world)
}

/** Source: sync.go, scale: the only active one takes all; a settled new one empties the old; else each its proportion. */
function* scale(deployment: Deployment, generations: Generations, world: World): Sync<string | undefined> {
  const only = activeOrLatest(generations)
  if (only !== undefined) {
    const scaled = yield* scaleTo(deployment, only, replicasOf(deployment), world)
    return 'failure' in scaled ? scaled.failure : undefined
  }
  const { current, old } = generations
  const isSettled = current !== undefined && isSaturated(deployment, current)
  if (!isSettled && !isRolling(deployment)) return undefined
  const sizes = isSettled
    ? old.filter((one) => replicasOf(one) > 0).map((one) => [one, 0] as const)
    : shares(deployment, generations)
  for (const [replicaSet, size] of sizes) {
    const scaled = yield* isSettled
      ? scaleTo(deployment, replicaSet, size, world)
      : scaleOrAnnotate(deployment, replicaSet, size, world)
    if ('failure' in scaled) return scaled.failure
  }
  return undefined
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
  // The largest first; of equals up the newest, down the oldest. No change: as they come, for their annotations' sake.
  const sorted =
    toAdd === 0
      ? active
      : active.toSorted((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)))
  let added = 0
  const sizes = sorted.map((one) => {
    const share = proportion(one, deployment, toAdd, added)
    added += share
    return replicasOf(one) + share
  })
  // What rounding left over goes to the first.
  if (sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added)
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
  return (
    replicasOf(replicaSet) === wanted &&
    countIn(replicaSet.metadata.annotations, DESIRED_REPLICAS) === wanted &&
    (replicaSet.status?.availableReplicas ?? 0) === wanted
  )
}
