import type { Micros } from '../../../events/envelope.ts'
import { millis } from '../../../events/time.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, pause, type Sync } from '../../../engine/client/sync.ts'
import { isTerminating } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { StatefulSet, StatefulSetStatus } from '../../../kubernetes/types/workloads.ts'
import { isRunningAndAvailable, isRunningAndReady, replicasOf, revisionOf } from './identity.ts'
import type { Revisions } from './revisions.ts'

/** Source: client-go/util/retry/util.go, DefaultRetry. */
const STATUS_TRIES = 5
const STATUS_PAUSE: Micros = millis(10)

export interface Counts {
  replicas: number
  ready: number
  available: number
  current: number
  updated: number
}

/** Source: pkg/controller/statefulset/stateful_set_control.go, computeReplicaStatus (v1.36). */
export const countPods = (
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update }: Revisions,
  now: Micros,
): Counts => {
  const counts: Counts = { replicas: pods.length, ready: 0, available: 0, current: 0, updated: 0 }
  for (const pod of pods) {
    if (isRunningAndReady(pod)) {
      counts.ready++
      if (isRunningAndAvailable(pod, set, now)) counts.available++
    }
    if (isTerminating(pod)) continue
    if (revisionOf(pod) === current.metadata.name) counts.current++
    if (revisionOf(pod) === update.metadata.name) counts.updated++
  }
  return counts
}

/** Counts of zero are left out, as on the wire. A rolling update that is through makes its revision the current one. */
const statusOf = (
  set: StatefulSet,
  counts: Counts,
  { current, update, collisionCount }: Revisions,
): StatefulSetStatus => {
  const wanted = replicasOf(set)
  const isThrough =
    (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate' &&
    counts.updated === wanted &&
    counts.ready === wanted &&
    counts.replicas === wanted
  const currentReplicas = isThrough ? counts.updated : counts.current
  const { conditions } = set.status ?? {}
  return {
    observedGeneration: set.metadata.generation,
    replicas: counts.replicas,
    ...(counts.ready === 0 ? {} : { readyReplicas: counts.ready }),
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(counts.updated === 0 ? {} : { updatedReplicas: counts.updated }),
    currentRevision: isThrough ? update.metadata.name : current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
    availableReplicas: counts.available,
  }
}

const COUNTS = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const

/** Source: stateful_set_utils.go, inconsistentStatus. */
const saysMore = (before: StatefulSetStatus | undefined, after: StatefulSetStatus): boolean =>
  (after.observedGeneration ?? 0) > (before?.observedGeneration ?? 0) ||
  COUNTS.some((count) => (before?.[count] ?? 0) !== (after[count] ?? 0)) ||
  before?.currentRevision !== after.currentRevision ||
  before?.updateRevision !== after.updateRevision

/**
 * Writes the status if it says anything new; after a conflict over what the view shows by then. Gives why it could not.
 * Source: pkg/controller/statefulset/stateful_set_status_updater.go (v1.36).
 */
export function* writeStatus(
  set: StatefulSet,
  counts: Counts,
  revisions: Revisions,
  world: World,
): Sync<string | undefined> {
  const status = statusOf(set, counts, revisions)
  if (!saysMore(set.status, status)) return undefined
  const { namespace, name } = set.metadata
  for (let attempt = 1, current = set; ; attempt++) {
    const body = { ...current, status }
    const answer = yield* call({ verb: 'update', kind: 'StatefulSet', namespace, name, subresource: 'status', body })
    if (answer.ok) return undefined
    if (answer.code !== 409 || attempt === STATUS_TRIES) return answer.message
    yield* pause(STATUS_PAUSE)
    current = world.view.get('StatefulSet', namespace, name) ?? current
  }
}
