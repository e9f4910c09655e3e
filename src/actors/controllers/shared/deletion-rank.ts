import type { Micros } from '../../../events/envelope.ts'
import { isReady, isScheduled, readySince, restartCount } from '../../../kubernetes/pods.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** floor(log2) of an age in nanoseconds, so that Pods of about the same age tie. Ages below one second share a bucket. */
const ageBucket = (since: Micros, now: Micros): number => {
  const age = Math.max(0, now - since)
  // Microseconds times 1,000 may exceed 2^53; halving until nothing is left counts the same bits.
  let bits = 0
  for (let rest = age * 1000; rest >= 2; rest /= 2) bits++
  return bits
}

const deletionCost = (pod: Pod): number => {
  const text = pod.metadata.annotations?.[DELETION_COST]
  return text !== undefined && /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0
}

const byUid = (a: Pod, b: Pod): number =>
  a.metadata.uid < b.metadata.uid ? -1 : a.metadata.uid > b.metadata.uid ? 1 : 0

/**
 * Orders Pods by how cheap they are to lose, cheapest first. `related` are all active Pods of the same workload: of two
 * equal Pods the one goes that shares its node with more of them.
 * Source: pkg/controller/controller_utils.go, ActivePodsWithRanks.Less (v1.36).
 */
export const cheapestToLoseFirst = (pods: readonly Pod[], related: readonly Pod[], now: Micros): readonly Pod[] => {
  const onNode = new Map<string, number>()
  for (const pod of related) {
    const node = pod.spec.nodeName ?? ''
    onNode.set(node, (onNode.get(node) ?? 0) + 1)
  }
  const rank = (pod: Pod): number => onNode.get(pod.spec.nodeName ?? '') ?? 0
  const phase = (pod: Pod): number => PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 0

  return pods.toSorted((a, b) => {
    if (isScheduled(a) !== isScheduled(b)) return isScheduled(a) ? 1 : -1
    if (phase(a) !== phase(b)) return phase(a) - phase(b)
    if (isReady(a) !== isReady(b)) return isReady(a) ? 1 : -1
    if (deletionCost(a) !== deletionCost(b)) return deletionCost(a) - deletionCost(b)
    if (rank(a) !== rank(b)) return rank(b) - rank(a)
    if (isReady(a) && isReady(b)) {
      const difference = ageBucket(readySince(a) ?? 0, now) - ageBucket(readySince(b) ?? 0, now)
      return difference !== 0 ? difference : restartsThenAge(a, b, now)
    }
    return restartsThenAge(a, b, now)
  })
}

const restartsThenAge = (a: Pod, b: Pod, now: Micros): number => {
  const restarts = restartCount(b) - restartCount(a)
  if (restarts !== 0) return restarts
  const created = (pod: Pod): Micros => parseTime(pod.metadata.creationTimestamp) ?? 0
  const difference = ageBucket(created(a), now) - ageBucket(created(b), now)
  return difference !== 0 ? difference : byUid(a, b)
}
