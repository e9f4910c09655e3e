import type { Micros } from '../../../events/envelope.ts'
import type { ClusterCache } from './cluster-cache.ts'
import type { CycleState } from './cycle-state.ts'
import { Diagnosis } from './diagnosis.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { runPreFilters } from './pre-filter.ts'
import type { Profile } from './profile.ts'
import { ScoreTable, scoreNodes } from './scoring.ts'
import { ScoreHeap } from './select-host.ts'
import type { OpportunisticBatch } from './batch.ts'
import { isRejection, messageOf, unresolvable, type Status } from './status.ts'

/** Fewer feasible nodes than this are never enough. Source: pkg/scheduler/schedule_one.go, minFeasibleNodesToFind. */
const MIN_FEASIBLE_NODES = 100
/** Source: schedule_one.go, minFeasibleNodesPercentageToFind. */
const MIN_FEASIBLE_PERCENT = 5

/** How many feasible nodes end the search. `percentage` 0 adapts to the size of the cluster. */
export function feasibleNodesToFind(allNodes: number, percentage: number): number {
  if (allNodes < MIN_FEASIBLE_NODES) return allNodes
  const adaptive = Math.max(50 - Math.trunc(allNodes / 125), MIN_FEASIBLE_PERCENT)
  const wanted = Math.trunc((allNodes * (percentage === 0 ? adaptive : percentage)) / 100)
  return Math.max(wanted, MIN_FEASIBLE_NODES)
}

export type Attempt =
  | {
      readonly kind: 'found'
      readonly node: NodeInfo
      readonly evaluatedNodes: number
      readonly feasibleNodes: number
      /** Absent where there was but one node to choose. Valid until the next attempt. */
      readonly scores: ScoreTable | undefined
      /** The node that an equal Pod's attempt a moment ago ranked next, where it fitted. */
      readonly hint: string | undefined
      readonly diagnosis: Diagnosis
    }
  | { readonly kind: 'unfit'; readonly diagnosis: Diagnosis; readonly allNodes: number }
  | { readonly kind: 'error'; readonly message: string; readonly diagnosis: Diagnosis }

export interface AlgorithmOptions {
  /** For all profiles; 0 adapts. */
  readonly percentageOfNodesToScore: number
  /**
   * Puts the feasible nodes in a random order before they are scored, as the 16 parallel workers of the real one may.
   * Uniform integer in [0, n); absent: in order of evaluation, as with `parallelism: 1`.
   */
  readonly shuffle?: (n: number) => number
  /** Which node wins among equals, where somebody knows: a recording. */
  readonly favourite?: Favourite
}

/** A node's name, for a Pod's uid. */
export type Favourite = (uid: string) => string | undefined

/**
 * Finds a node for a Pod: which nodes may be, which of them is best.
 * Source: pkg/scheduler/schedule_one.go, schedulePod (v1.36).
 */
export class Algorithm {
  /** Where the next search begins, so that all nodes get their turn. */
  nextStartNodeIndex = 0
  private readonly cache: ClusterCache
  private readonly options: AlgorithmOptions
  private readonly table = new ScoreTable()

  constructor(cache: ClusterCache, options: AlgorithmOptions) {
    this.cache = cache
    this.options = options
  }

  /** @param cycle number of attempts so far, over all profiles */
  attempt(
    profile: Profile,
    batch: OpportunisticBatch,
    state: CycleState,
    pod: PodInfo,
    cycle: number,
    now: Micros,
  ): Attempt {
    const nodes = this.cache.nodeOrder()
    const diagnosis = new Diagnosis()
    if (nodes.length === 0) return { kind: 'error', message: 'no nodes available to schedule pods', diagnosis }

    const preFilter = runPreFilters(profile, state, pod, nodes)
    for (const name of preFilter.narrowing) diagnosis.unschedulablePlugins.add(name)
    if (preFilter.status !== undefined) {
      if (!isRejection(preFilter.status)) return { kind: 'error', message: messageOf(preFilter.status), diagnosis }
      diagnosis.statuses.absent = preFilter.status
      diagnosis.preFilterMessage = messageOf(preFilter.status)
      diagnosis.blame(preFilter.status)
      return { kind: 'unfit', diagnosis, allNodes: nodes.length }
    }

    const signature = batch.sign(pod)
    const hint = batch.hint(pod, signature, state, cycle, now)
    const feasible = this.feasibleNodes(profile, state, pod, nodes, preFilter, hint, diagnosis)
    if ('code' in feasible) return { kind: 'error', message: messageOf(feasible), diagnosis }

    const [first] = feasible
    if (first === undefined) return { kind: 'unfit', diagnosis, allNodes: nodes.length }
    const evaluatedNodes = feasible.length + diagnosis.statuses.size
    if (feasible.length === 1) {
      batch.store(signature, hint, first.name, undefined, cycle, now)
      const taken = hint === first.name ? hint : undefined
      return { kind: 'found', node: first, evaluatedNodes, feasibleNodes: 1, scores: undefined, hint: taken, diagnosis }
    }
    const problem = this.score(profile, state, pod, feasible)
    if (problem !== undefined) return { kind: 'error', message: messageOf(problem), diagnosis }
    // A ranking that is kept outlives the table.
    const heap = new ScoreHeap(signature === undefined ? this.table.totals : this.table.totals.slice())
    const node = feasible[heap.pop() ?? 0] ?? first
    batch.store(signature, hint, node.name, signature === undefined ? undefined : { heap, nodes: feasible }, cycle, now)
    const feasibleNodes = feasible.length
    return { kind: 'found', node, evaluatedNodes, feasibleNodes, scores: this.table, hint: undefined, diagnosis }
  }

  private score(profile: Profile, state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    if (profile.scores.length > 0) return scoreNodes(profile, state, pod, nodes, this.table)
    this.table.begin([], nodes, 1)
    return undefined
  }

  /** Source: schedule_one.go, findNodesThatFitPod. */
  private feasibleNodes(
    profile: Profile,
    state: CycleState,
    pod: PodInfo,
    all: readonly NodeInfo[],
    preFilter: { readonly nodeNames: ReadonlySet<string> | undefined; readonly narrowing: readonly string[] },
    hint: string | undefined,
    diagnosis: Diagnosis,
  ): readonly NodeInfo[] | Status {
    const nominated = this.cache.node(pod.pod.status?.nominatedNodeName ?? hint ?? '')
    if (nominated !== undefined) {
      const feasible = this.passing(profile, state, pod, [nominated], diagnosis)
      if ('code' in feasible || feasible.length > 0) return feasible
      diagnosis.statuses.expectRepeats()
    }
    let nodes = all
    if (preFilter.nodeNames !== undefined) {
      const named: NodeInfo[] = []
      for (const name of preFilter.nodeNames) {
        const node = this.cache.node(name)
        if (node !== undefined) named.push(node)
      }
      nodes = named
      const names = preFilter.narrowing.join(' ')
      diagnosis.statuses.absent = unresolvable('', `node(s) didn't satisfy plugin(s) [${names}]`)
    }
    const feasible = this.passing(profile, state, pod, nodes, diagnosis)
    const found = 'code' in feasible ? 0 : feasible.length
    this.nextStartNodeIndex = (this.nextStartNodeIndex + found + diagnosis.statuses.size) % all.length
    return feasible
  }

  /** Source: schedule_one.go, findNodesThatPassFilters, with parallelism 1. */
  private passing(
    profile: Profile,
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    diagnosis: Diagnosis,
  ): readonly NodeInfo[] | Status {
    const percentage = profile.percentageOfNodesToScore ?? this.options.percentageOfNodesToScore
    const wanted = profile.scores.length === 0 ? 1 : feasibleNodesToFind(nodes.length, percentage)
    const feasible: NodeInfo[] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(this.nextStartNodeIndex + i) % nodes.length]
      if (node === undefined) continue
      const status = profile.filter(state, pod, node)
      if (status === undefined) {
        // One more than wanted is looked for: only a further fitting node ends the search.
        if (feasible.length === wanted) break
        feasible.push(node)
      } else if (isRejection(status)) {
        diagnosis.statuses.add(node, status)
        diagnosis.blame(status)
      } else return status
    }
    const { shuffle, favourite } = this.options
    const nodesInOrder = shuffle === undefined ? feasible : shuffled(feasible, shuffle)
    if (favourite === undefined) return nodesInOrder
    return putFirst(nodesInOrder, favourite(pod.pod.metadata.uid))
  }
}

/** The first of equals is taken: see ScoreHeap. */
function putFirst(nodes: NodeInfo[], name: string | undefined): NodeInfo[] {
  const index = name === undefined ? -1 : nodes.findIndex((node) => node.name === name)
  const node = nodes[index]
  if (node !== undefined) nodes.unshift(...nodes.splice(index, 1))
  return nodes
}

function shuffled(nodes: NodeInfo[], below: (n: number) => number): NodeInfo[] {
  for (let i = nodes.length - 1; i > 0; i--) {
    const j = below(i + 1)
    const [a, b] = [nodes[i], nodes[j]]
    if (a === undefined || b === undefined) continue
    nodes[i] = b
    nodes[j] = a
  }
  return nodes
}
