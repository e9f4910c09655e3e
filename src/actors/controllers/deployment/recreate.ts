import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { isTerminal } from '../../../kubernetes/pods.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { replicasOf } from './arithmetic.ts'
import { cleanUp } from './cleanup.ts'
import { prepare, type Prepared } from './prepare.ts'
import { isComplete } from './progress.ts'
import { podsOf, scaleTo, type Generations } from './replica-sets.ts'
import { syncRolloutStatus } from './status.ts'

/**
 * All old Pods go before the first new one comes.
 * Source: pkg/controller/deployment/recreate.go, rolloutRecreate (v1.36).
 */
export function* rolloutRecreate(before: Deployment, replicaSets: readonly ReplicaSet[], world: World): Sync {
  let prepared: Prepared = yield* prepare(before, replicaSets, false, world)
  if ('failure' in prepared) return prepared.failure === undefined ? undefined : { retry: prepared.failure }
  let isEmptying = false
  for (const replicaSet of prepared.generations.old) {
    const scaled = yield* scaleTo(prepared.deployment, replicaSet, 0, world)
    if ('failure' in scaled) return { retry: scaled.failure }
    isEmptying ||= scaled.scaled
  }
  if (isEmptying || oldPodsRun(prepared.generations, world)) {
    return yield* syncRolloutStatus(prepared.deployment, prepared.generations, world)
  }
  if (prepared.generations.current === undefined) {
    prepared = yield* prepare(prepared.deployment, replicaSets, true, world)
    if ('failure' in prepared) return prepared.failure === undefined ? undefined : { retry: prepared.failure }
  }
  const { deployment, generations } = prepared
  if (generations.current !== undefined) {
    const scaled = yield* scaleTo(deployment, generations.current, replicasOf(deployment), world)
    if ('failure' in scaled) return { retry: scaled.failure }
  }
  if (isComplete(deployment, deployment.status)) {
    const failure = yield* cleanUp(deployment, generations.old)
    if (failure !== undefined) return { retry: failure }
  }
  return yield* syncRolloutStatus(deployment, generations, world)
}

/** A Pod that still stops still holds what the new ones need. Source: recreate.go, oldPodsRunning. */
const oldPodsRun = ({ old }: Generations, world: World): boolean =>
  old.some(({ status }) => (status?.replicas ?? 0) > 0) || podsOf(old, world).some((pod) => !isTerminal(pod))
