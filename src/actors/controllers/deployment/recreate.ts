import type { Sync, World } from '../../../engine/client/controller.ts'
import { isTerminal } from '../../../kubernetes/pods.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { replicasOf } from './arithmetic.ts'
import { cleanUp } from './cleanup.ts'
import { podsOf, prepare, scaleTo } from './replica-sets.ts'
import { isComplete, syncRolloutStatus } from './status.ts'

/**
 * All old Pods go before the first new one comes.
 * Source: pkg/controller/deployment/recreate.go, rolloutRecreate (v1.36).
 */
export function* rolloutRecreate(before: Deployment, replicaSets: readonly ReplicaSet[], world: World): Sync {
  const first = yield* prepare(before, replicaSets, false, world)
  if (!first.ready) return first.retry === undefined ? undefined : { retry: first.retry }
  let scaledDown = false
  const old: ReplicaSet[] = []
  for (const replicaSet of first.generations.old) {
    if (replicasOf(replicaSet) === 0) {
      old.push(replicaSet)
      continue
    }
    const { failure, replicaSet: scaled } = yield* scaleTo(first.deployment, replicaSet, 0, world)
    if (failure !== undefined) return { retry: failure }
    scaledDown = true
    old.push(scaled)
  }
  if (scaledDown) return yield* syncRolloutStatus(first.deployment, { ...first.generations, old }, world)
  // A Pod that still stops still holds what the new ones need.
  if (podsOf(old, world).some((pod) => !isTerminal(pod))) {
    return yield* syncRolloutStatus(first.deployment, first.generations, world)
  }
  const second = first.generations.current === undefined ? yield* prepare(before, replicaSets, true, world) : first
  if (!second.ready) return second.retry === undefined ? undefined : { retry: second.retry }
  const { deployment, generations } = second
  if (generations.current !== undefined) {
    const scaled = yield* scaleTo(deployment, generations.current, replicasOf(deployment), world)
    if (scaled.failure !== undefined) return { retry: scaled.failure }
    if (isComplete(deployment, deployment.status ?? {})) {
      const failure = yield* cleanUp(deployment, generations.old)
      if (failure !== undefined) return { retry: failure }
    }
    return yield* syncRolloutStatus(deployment, { ...generations, current: scaled.replicaSet }, world)
  }
  return yield* syncRolloutStatus(deployment, generations, world)
}
