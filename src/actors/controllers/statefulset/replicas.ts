import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { templateOf } from '../shared/revisions.ts'
import { forAll, GO_ON, stepOf, WAIT, type Step } from './for-all.ts'
import {
  firstOrdinal,
  identityMatches,
  isInRange,
  isRunningAndAvailable,
  isRunningAndReady,
  isUnavailable,
  ordinalOf,
  replicasOf,
  revisionOf,
  storageMatches,
} from './identity.ts'
import { correctPod, createMissingClaims, createPod, deletePod } from './pods.ts'
import { applyRetention, hasStaleClaim, matchRetention } from './retention.ts'
import type { Revisions } from './revisions.ts'
import type { Counts } from './status.ts'

/** An ordinal's place, and the Pod in it, if there is one. */
interface Place {
  readonly ordinal: number
  readonly pod: Pod | undefined
}

/** A set's Pods sorted into places, and those that are too many, highest ordinal first. */
export interface Arrangement {
  readonly places: readonly Place[]
  readonly condemned: readonly Pod[]
}

export const arrange = (set: StatefulSet, pods: readonly Pod[]): Arrangement => {
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]))
  const first = firstOrdinal(set)
  return {
    places: Array.from({ length: replicasOf(set) }, (_, index) => ({
      ordinal: first + index,
      pod: byOrdinal.get(first + index),
    })),
    condemned: pods
      .filter((pod) => ordinalOf(pod) >= 0 && !isInRange(set, ordinalOf(pod)))
      .toSorted((a, b) => ordinalOf(b) - ordinalOf(a)),
  }
}

interface Situation {
  readonly set: StatefulSet
  readonly revisions: Revisions
  readonly isOrdered: boolean
  readonly world: World
}

/**
 * Brings Pods into all places and takes away those that are too many; then, if nothing is left to wait for, replaces one
 * of an old revision. Ordered sets take one step at a time, lowest ordinal first; parallel ones all at once.
 * Source: pkg/controller/statefulset/stateful_set_control.go, updateStatefulSet (v1.36).
 */
export function* moveOn(
  set: StatefulSet,
  { places, condemned }: Arrangement,
  revisions: Revisions,
  counts: Counts,
  world: World,
): Sync<Step> {
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel'
  const situation = { set, revisions, isOrdered, world }
  const filled = yield* forAll(places, (place) => fill(place, situation), isOrdered)
  if (filled.stop) return filled
  const kept = yield* forAll(condemned, (pod) => fixClaims(pod, situation), isOrdered)
  if (kept.stop) return kept
  const firstUnavailable =
    places.find(({ pod }) => isUnavailable(pod, set, world.now))?.pod ??
    condemned.findLast((pod) => isUnavailable(pod, set, world.now))
  const shrunk = yield* forAll(condemned, (pod) => dismiss(pod, firstUnavailable, situation), isOrdered)
  if (shrunk.stop || set.spec.updateStrategy?.type === 'OnDelete') return shrunk
  return yield* replaceOne(places, counts, situation)
}

/** Source: stateful_set_control.go, processReplica. */
function* fill({ ordinal, pod }: Place, situation: Situation): Sync<Step> {
  const { set, isOrdered, world } = situation
  if (pod === undefined) {
    if (hasStaleClaim(set, ordinal, world)) return WAIT
    const failure = yield* createIn(ordinal, situation)
    return stepOf(failure, isOrdered ? WAIT : GO_ON)
  }
  if (isTerminal(pod)) {
    // Whatever the code it ended with: a Pod that was killed with its machine may say that it succeeded.
    if (isTerminating(pod)) return WAIT
    const answer = yield* deletePod(set, pod, world)
    return answer.ok ? WAIT : { stop: true, failure: answer.message }
  }
  if (pod.status?.phase === 'Pending') {
    const failure = yield* createMissingClaims(set, pod, ordinal, world)
    if (failure !== undefined) return { stop: true, failure }
  }
  const isSettled = !isTerminating(pod) && isRunningAndReady(pod) && isRunningAndAvailable(pod, set, world.now)
  if (isOrdered && !isSettled) return WAIT
  if (identityMatches(set, pod) && storageMatches(set, pod) && matchRetention(set, pod, world)) return GO_ON
  return stepOf(yield* correctPod(set, pod, ordinal, world), GO_ON)
}

/** Places below the partition keep the current revision. Source: stateful_set_utils.go, newVersionedStatefulSetPod. */
const createIn = (ordinal: number, { set, revisions, world }: Situation): Sync<string | undefined> => {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {}
  const kept =
    type !== 'RollingUpdate'
      ? 0
      : rollingUpdate === undefined
        ? (set.status?.currentReplicas ?? 0)
        : (rollingUpdate.partition ?? 0)
  const revision = ordinal < firstOrdinal(set) + kept ? revisions.current : revisions.update
  return createPod(set, templateOf(revision) ?? set.spec.template, ordinal, revision.metadata.name, world)
}

function* fixClaims(pod: Pod, { set, world }: Situation): Sync<Step> {
  return matchRetention(set, pod, world) ? GO_ON : stepOf(yield* applyRetention(set, pod, world), GO_ON)
}

/** Source: stateful_set_control.go, processCondemned. */
function* dismiss(pod: Pod, firstUnavailable: Pod | undefined, { set, isOrdered, world }: Situation): Sync<Step> {
  if (isTerminating(pod)) return isOrdered ? WAIT : GO_ON
  if (isOrdered && pod !== firstUnavailable && !isRunningAndAvailable(pod, set, world.now)) return WAIT
  const answer = yield* deletePod(set, pod, world)
  return answer.ok ? WAIT : { stop: true, failure: answer.message }
}

/** From the highest ordinal down to the partition, one at a time; one that is not available is waited for. */
function* replaceOne(places: readonly Place[], counts: Counts, { set, revisions, world }: Situation): Sync<Step> {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const { name } = revisions.update.metadata
  for (const { pod } of places.slice(partition).toReversed()) {
    if (pod !== undefined && revisionOf(pod) !== name && !isTerminating(pod)) {
      const answer = yield* deletePod(set, pod, world)
      if (!answer.ok && answer.code !== 404) return { stop: true, failure: answer.message }
      counts.current--
      return WAIT
    }
    if (isUnavailable(pod, set, world.now)) return WAIT
  }
  return GO_ON
}
