import type { Micros } from '../../../events/envelope.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { isAvailable, isReady } from '../../../kubernetes/pods.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { DaemonSet, DaemonSetStatus } from '../../../kubernetes/types/workloads.ts'
import { oldestFirst, type PodsByNode } from './manage.ts'
import { isUpdated } from './generation.ts'
import { choiceOf } from './node-choice.ts'

/** Source: pkg/controller/daemon/daemon_controller.go, StatusUpdateRetries: one more try after the first. */
const STATUS_UPDATE_TRIES = 2

type Counts = Required<
  Pick<
    DaemonSetStatus,
    | 'desiredNumberScheduled'
    | 'currentNumberScheduled'
    | 'numberMisscheduled'
    | 'numberReady'
    | 'updatedNumberScheduled'
    | 'numberAvailable'
    | 'numberUnavailable'
  >
>

/** Of several Pods on a node the oldest counts. Source: daemon_controller.go, updateDaemonSetStatus (v1.36). */
export const countNodes = (
  daemon: DaemonSet,
  nodes: readonly Node[],
  byNode: PodsByNode,
  hash: string,
  now: Micros,
): Counts => {
  const { minReadySeconds = 0 } = daemon.spec
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0]
  for (const node of nodes) {
    const pods = byNode.get(node.metadata.name) ?? []
    if (!choiceOf(node, daemon).run) {
      if (pods.length > 0) misscheduled++
      continue
    }
    desired++
    const [pod] = pods.length > 1 ? pods.toSorted(oldestFirst) : pods
    if (pod === undefined) continue
    current++
    if (isReady(pod)) ready++
    if (isAvailable(pod, minReadySeconds, now)) available++
    if (isUpdated(pod, daemon, hash)) updated++
  }
  return {
    desiredNumberScheduled: desired,
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    numberReady: ready,
    updatedNumberScheduled: updated,
    numberAvailable: available,
    numberUnavailable: desired - available,
  }
}

/** Counts of zero are left out where they may be, as on the wire. */
const statusOf = (
  before: DaemonSetStatus | undefined,
  counts: Counts,
  observed: number | undefined,
): DaemonSetStatus => {
  const { updatedNumberScheduled, numberAvailable, numberUnavailable, ...always } = counts
  return {
    ...always,
    observedGeneration: observed ?? before?.observedGeneration,
    ...(updatedNumberScheduled === 0 ? {} : { updatedNumberScheduled }),
    ...(numberAvailable === 0 ? {} : { numberAvailable }),
    ...(numberUnavailable === 0 ? {} : { numberUnavailable }),
    ...(before?.collisionCount === undefined ? {} : { collisionCount: before.collisionCount }),
    ...(before?.conditions === undefined ? {} : { conditions: before.conditions }),
  }
}

/**
 * Writes the counts if they are news; after a failure over the newest version. Gives why it could not. `acted`: whether the
 * spec of this generation was acted on, so that it counts as observed. Source: daemon_controller.go, storeDaemonSetStatus.
 */
export function* writeStatus(daemon: DaemonSet, counts: Counts, acted: boolean): Sync<string | undefined> {
  const { namespace, name, generation = 0 } = daemon.metadata
  const { status } = daemon
  const isKnown = Object.entries(counts).every(([field, count]) => (status?.[field as keyof Counts] ?? 0) === count)
  if (isKnown && (status?.observedGeneration ?? 0) >= generation) return undefined
  let current = daemon
  for (let attempt = 1; ; attempt++) {
    const body = { ...current, status: statusOf(current.status, counts, acted ? generation : undefined) }
    const answer = yield* call({ verb: 'update', kind: 'DaemonSet', namespace, name, subresource: 'status', body })
    if (answer.ok) return undefined
    if (attempt === STATUS_UPDATE_TRIES) return answer.message
    const fresh = yield* call({ verb: 'get', kind: 'DaemonSet', namespace, name })
    if (!fresh.ok) return fresh.message
    current = fresh.object ?? current
  }
}
