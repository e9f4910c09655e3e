import { call, type Sync, type World } from '../../../engine/client/controller.ts'
import { findCondition, removeCondition, setCondition } from '../../../kubernetes/conditions.ts'
import { isAvailable, isReady, isTerminating } from '../../../kubernetes/pods.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet, ReplicaSetStatus } from '../../../kubernetes/types/workloads.ts'

/** Source: pkg/controller/replicaset/replica_set_utils.go, statusUpdateRetries. */
const STATUS_UPDATE_TRIES = 2

/**
 * Writes the counts, if they or the generation changed. True unless the write failed for good.
 * Source: pkg/controller/replicaset/replica_set_utils.go, updateReplicaSetStatus and calculateStatus (v1.36).
 */
export function* writeStatus(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  failure: string | undefined,
  world: World,
): Sync<boolean> {
  let current = replicaSet
  for (let attempt = 0; attempt < STATUS_UPDATE_TRIES; attempt++) {
    const status = statusOf(current, active, failure, world)
    if (sameStatus(current.status, status) && current.metadata.generation === current.status?.observedGeneration) {
      return true
    }
    const { namespace, name, generation } = current.metadata
    const body = { ...current, status: { ...status, observedGeneration: generation } }
    const answer = yield* call({ verb: 'update', kind: 'ReplicaSet', namespace, name, subresource: 'status', body })
    if (answer.ok || answer.code === 404) return true
    const fresh = yield* call({ verb: 'get', kind: 'ReplicaSet', namespace, name })
    if (!fresh.ok || fresh.object === undefined) return !fresh.ok && fresh.code === 404
    current = fresh.object
  }
  return false
}

const statusOf = (
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  failure: string | undefined,
  world: World,
): ReplicaSetStatus => {
  const labels = replicaSet.spec.template?.metadata?.labels
  const minReady = replicaSet.spec.minReadySeconds ?? 0
  const ready = active.filter(isReady)
  const terminating = world.view.indexed('Pod', 'controller', replicaSet.metadata.uid).filter(isTerminating)
  const matching = active.filter((pod) => matchesSelector({ matchLabels: labels }, pod.metadata.labels))
  return {
    replicas: active.length,
    fullyLabeledReplicas: omitZero(matching.length),
    readyReplicas: omitZero(ready.length),
    availableReplicas: omitZero(ready.filter((pod) => isAvailable(pod, minReady, world.now)).length),
    terminatingReplicas: terminating.length,
    conditions: conditionsOf(replicaSet, active, failure, world),
  }
}

const conditionsOf = (
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  failure: string | undefined,
  world: World,
): ReplicaSetStatus['conditions'] => {
  const before = replicaSet.status?.conditions
  const failing = findCondition(before, 'ReplicaFailure')
  if (failure === undefined) return failing === undefined ? before : removeCondition(before, 'ReplicaFailure')
  if (failing !== undefined) return before
  const reason = active.length < (replicaSet.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete'
  const condition = { type: 'ReplicaFailure', status: 'True', reason, message: failure } as const
  return setCondition(before, condition, rfc3339(world.now))
}

const COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'terminatingReplicas',
] as const

const sameStatus = (before: ReplicaSetStatus | undefined, after: ReplicaSetStatus): boolean =>
  COUNTS.every((count) => (before?.[count] ?? 0) === (after[count] ?? 0)) && before?.conditions === after.conditions

/** Counts of zero are left out on the wire, as upstream's types say (`omitempty`). */
const omitZero = (count: number): number | undefined => (count === 0 ? undefined : count)
