import type { Micros } from '../../../events/envelope.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { findCondition, removeCondition, setCondition } from '../../../kubernetes/conditions.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { ReplicaSet, ReplicaSetStatus } from '../../../kubernetes/types/workloads.ts'
import { asRead, asWritten, type ReplicaKind } from './family.ts'
import type { Counts } from './tally.ts'

/** Source: pkg/controller/replicaset/replica_set_utils.go, statusUpdateRetries: one more try after the first. */
const STATUS_UPDATE_TRIES = 2

/**
 * The status that the counts make, with why Pods could not be written. Counts of zero are left out, as on the wire.
 * Source: pkg/controller/replicaset/replica_set_utils.go, calculateStatus (v1.36).
 */
export const statusOf = (
  replicaSet: ReplicaSet,
  { active, labelled, ready, available, terminating }: Counts,
  failure: string | undefined,
  now: Micros,
): ReplicaSetStatus => {
  const conditions = conditionsOf(replicaSet, active, failure, now)
  return {
    replicas: active,
    ...(labelled === 0 ? {} : { fullyLabeledReplicas: labelled }),
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(available === 0 ? {} : { availableReplicas: available }),
    // ReplicationControllers do not tell: upstream's feature leaves them out.
    ...(replicaSet.kind === 'ReplicaSet' ? { terminatingReplicas: terminating } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
  }
}

const conditionsOf = (
  replicaSet: ReplicaSet,
  active: number,
  failure: string | undefined,
  now: Micros,
): NonNullable<ReplicaSetStatus['conditions']> => {
  const before = replicaSet.status?.conditions ?? []
  const failing = findCondition(before, 'ReplicaFailure') !== undefined
  if (failure === undefined) return failing ? removeCondition(before, 'ReplicaFailure') : before
  if (failing) return before
  const reason = active < (replicaSet.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete'
  const time = rfc3339(now)
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: time,
    reason,
    message: failure,
  } as const
  return setCondition(before, condition, time)
}

/**
 * Writes the status if counts, conditions or the generation changed. After a failure the same counts go over the newest
 * version. Gives why it could not be written.
 * Source: pkg/controller/replicaset/replica_set_utils.go, updateReplicaSetStatus (v1.36).
 */
export function* writeStatus(replicaSet: ReplicaSet, counted: ReplicaSetStatus): Sync<string | undefined> {
  const { generation } = replicaSet.metadata
  const kind = replicaSet.kind as ReplicaKind
  if (sameStatus(replicaSet.status, counted, kind) && generation === replicaSet.status?.observedGeneration)
    return undefined
  // The generation that was acted on: a retry must not claim to have seen a newer one.
  const status = { ...counted, observedGeneration: generation }
  const { namespace, name } = replicaSet.metadata
  let current = replicaSet
  for (let attempt = 1; ; attempt++) {
    const body = { ...asWritten(current), status }
    const answer = yield* call({ verb: 'update', kind, namespace, name, subresource: 'status', body })
    if (answer.ok) return undefined
    if (attempt === STATUS_UPDATE_TRIES) return answer.message
    const fresh = yield* call({ verb: 'get', kind, namespace, name })
    if (!fresh.ok) return fresh.message
    current = asRead(fresh.object) ?? current
  }
}

const COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'terminatingReplicas',
] as const

/** Conditions that say nothing new are the same array as before. */
const sameStatus = (before: ReplicaSetStatus | undefined, after: ReplicaSetStatus, kind: ReplicaKind): boolean =>
  before !== undefined &&
  (before.terminatingReplicas !== undefined || kind === 'ReplicationController') &&
  COUNTS.every((count) => (before[count] ?? 0) === (after[count] ?? 0)) &&
  (before.conditions === after.conditions || (before.conditions?.length === 0 && after.conditions === undefined))
