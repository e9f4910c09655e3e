import type { Micros } from '../../../events/envelope.ts'
import { isReady, isSidecar, podCondition } from '../../../kubernetes/pods.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** Source: controller_utils.go, podPhaseToOrdinal. A phase that is not there counts as the first. */
const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** What decides about a Pod, read once. Times are undefined where nothing is written. */
interface Rank {
  readonly pod: Pod
  readonly node: string
  readonly phase: number
  readonly ready: boolean
  readonly readySince: Micros | undefined
  readonly cost: number
  /** Active Pods of the same workload on its node. */
  readonly neighbours: number
  readonly restarts: number
  readonly sidecarRestarts: number
  readonly created: Micros | undefined
}

/**
 * Orders Pods by how cheap they are to lose, cheapest first. `related` are all active Pods of the same workload: of two
 * equal Pods the one goes that shares its node with more of them. Equal Pods stay in the order given.
 * Source: pkg/controller/controller_utils.go, ActivePodsWithRanks.Less (v1.36).
 */
export const cheapestToLoseFirst = (pods: readonly Pod[], related: readonly Pod[], now: Micros): readonly Pod[] => {
  const onNode = new Map<string, number>()
  for (const pod of related) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1)
  const byMagnitude: YoungerFirst = (a, b, since, other) => youngerFirst(a, b, since, other, now)
  return pods
    .map((pod) => rankOf(pod, deletionCost(pod), onNode.get(nodeOf(pod)) ?? 0))
    .sort((a, b) => compare(a, b, byMagnitude))
    .map(({ pod }) => pod)
}

/**
 * The same for a Job's Pods: nobody says what they cost, their neighbours do not count, and of two ages the exact ones are
 * compared. Source: pkg/controller/controller_utils.go, ActivePods.Less (v1.36).
 */
export const earliestStageFirst = (pods: readonly Pod[]): readonly Pod[] =>
  pods
    .map((pod) => rankOf(pod, 0, 0))
    .sort((a, b) => compare(a, b, latestFirst))
    .map(({ pod }) => pod)

const nodeOf = (pod: Pod): string => pod.spec.nodeName ?? ''

const rankOf = (pod: Pod, cost: number, neighbours: number): Rank => {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name))
  const ready = isReady(pod)
  return {
    pod,
    node: nodeOf(pod),
    phase: PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 0,
    ready,
    readySince: ready ? parseTime(podCondition(pod, 'Ready')?.lastTransitionTime ?? '') : undefined,
    cost,
    neighbours,
    restarts: maxRestarts(pod.status?.containerStatuses),
    sidecarRestarts: maxRestarts(pod.status?.initContainerStatuses?.filter(({ name }) => sidecars.has(name))),
    created: parseTime(pod.metadata.creationTimestamp),
  }
}

const deletionCost = (pod: Pod): number => {
  const text = pod.metadata.annotations?.[DELETION_COST]
  return text !== undefined && /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0
}

const maxRestarts = (statuses: readonly { readonly restartCount: number }[] | undefined): number =>
  (statuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0)

/** Compares two since different times. */
type YoungerFirst = (a: Rank, b: Rank, since: Micros | undefined, other: Micros | undefined) => number

const compare = (a: Rank, b: Rank, younger: YoungerFirst): number => {
  if (a.node !== b.node && (a.node === '' || b.node === '')) return a.node === '' ? -1 : 1
  if (a.phase !== b.phase) return a.phase - b.phase
  if (a.ready !== b.ready) return a.ready ? 1 : -1
  if (a.cost !== b.cost) return a.cost - b.cost
  if (a.neighbours !== b.neighbours) return b.neighbours - a.neighbours
  if (a.ready && b.ready && a.readySince !== b.readySince) return younger(a, b, a.readySince, b.readySince)
  if (a.restarts !== b.restarts) return b.restarts - a.restarts
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts
  return a.created === b.created ? 0 : younger(a, b, a.created, b.created)
}

/** Source: controller_utils.go, afterOrZero. */
const latestFirst: YoungerFirst = (_a, _b, since, other) => {
  if (since === undefined || other === undefined) return since === undefined ? -1 : 1
  return other - since
}

/** By the order of magnitude of two different ages; within one by uid, which is chance. No time comes before all times. */
const youngerFirst = (a: Rank, b: Rank, since: Micros | undefined, other: Micros | undefined, now: Micros): number => {
  if (since === undefined || other === undefined) return since === undefined ? -1 : 1
  const difference = magnitude(now - since) - magnitude(now - other)
  if (difference !== 0) return difference
  return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1
}

/** floor(log2) of an age in nanoseconds; -1 for none. Source: controller_utils.go, logarithmicRankDiff. */
const magnitude = (age: Micros): number => {
  let bits = -1
  // Microseconds times 1,000 may exceed 2^53; halving until nothing is left counts the same bits.
  for (let rest = age * 1000; rest >= 1; rest /= 2) bits++
  return bits
}
