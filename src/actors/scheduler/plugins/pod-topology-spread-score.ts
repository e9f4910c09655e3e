import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { MAX_NODE_SCORE, type PluginHandle, type SchedulerPlugin } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { SKIP } from '../framework/status.ts'
import { hasAll, NO_VALUE, type TopologyKey } from '../framework/topology.ts'
import {
  constraintsOf,
  defaultConstraints,
  HOSTNAME,
  isSystemDefaulted,
  type SpreadConstraint,
} from './spread-constraints.ts'
import { NodeInclusion, spreadCounter } from './spread-counting.ts'

/** A value that no candidate node carries: its Pods need not be counted. */
const NOT_ASKED = -1

/** Source: plugins/podtopologyspread/scoring.go, preScoreState. */
interface ScoreState {
  readonly constraints: readonly SpreadConstraint[]
  readonly topologies: readonly TopologyKey[]
  /** Pods by node slot (hostname) or by number of the topology value plus one; 0 is for nodes without the label. */
  readonly counts: readonly Int32Array[]
  /** What a Pod more in a domain weighs: more, the more domains there are. */
  readonly weights: readonly number[]
  /** Slots of nodes that lack a label. */
  readonly ignored: ReadonlySet<number>
}

const scoreState = new StateKey<ScoreState>('PodTopologySpread/score')

/** Prefers domains with few Pods of the same kind. Source: scoring.go (v1.36). */
export const podTopologySpreadScore = (
  args: PluginArgs,
  handle: PluginHandle,
): Pick<SchedulerPlugin, 'preScore' | 'score' | 'normalize'> => {
  const { cache, view } = handle
  const defaults = defaultConstraints(args)
  const systemDefaulted = isSystemDefaulted(args)

  const prepare = (pod: PodInfo, candidates: readonly NodeInfo[]): ScoreState | undefined => {
    const constraints = constraintsOf(pod.pod, 'ScheduleAnyway', defaults, view)
    if (constraints.length === 0) return undefined
    const requireAll = (pod.pod.spec.topologySpreadConstraints?.length ?? 0) > 0 || !systemDefaulted
    const topologies = constraints.map(({ topologyKey }) => cache.topologyKey(topologyKey))
    const ignored = new Set<number>()
    if (requireAll) for (const { slot } of candidates) if (!hasAll(topologies, slot)) ignored.add(slot)

    const counts: Int32Array[] = []
    const weights: number[] = []
    constraints.forEach((constraint, i) => {
      const topology = topologies[i]
      if (topology === undefined) return
      if (constraint.topologyKey === HOSTNAME) {
        counts.push(spreadCounter(handle, pod, constraint).counts)
        weights.push(Math.log(candidates.length - ignored.size + 2))
        return
      }
      const byValue = new Int32Array(topology.bound + 1).fill(NOT_ASKED)
      weights.push(Math.log(markAsked(byValue, topology, candidates, ignored) + 2))
      counts.push(byValue)
      countPods(byValue, topology, constraint, pod, requireAll ? topologies : [])
    })
    return { constraints, topologies, counts, weights, ignored }
  }

  const countPods = (
    byValue: Int32Array,
    { valueOf }: TopologyKey,
    constraint: SpreadConstraint,
    pod: PodInfo,
    required: readonly TopologyKey[],
  ): void => {
    const { counts } = spreadCounter(handle, pod, constraint)
    const inclusion = new NodeInclusion(pod.pod)
    const everywhere = inclusion.isTrivial(constraint)
    const slots = Math.min(cache.slots, counts.length)
    for (let slot = 0; slot < slots; slot++) {
      const count = counts[slot] ?? 0
      if (count === 0) continue
      const place = (valueOf[slot] ?? NO_VALUE) + 1
      const before = byValue[place] ?? NOT_ASKED
      if (before === NOT_ASKED || (required.length > 0 && !hasAll(required, slot))) continue
      if (!everywhere) {
        const node = cache.nodeAt(slot)
        if (node === undefined || !inclusion.includes(constraint, node)) continue
      }
      byValue[place] = before + count
    }
  }

  return {
    preScore: (state, pod, nodes) => {
      const prepared = prepare(pod, nodes)
      if (prepared === undefined) return SKIP
      state.write(scoreState, prepared)
      return undefined
    },
    score: (state, _pod, { slot }) => {
      const prepared = state.read(scoreState)
      if (prepared === undefined || prepared.ignored.has(slot)) return 0
      const { constraints, topologies, counts, weights } = prepared
      let score = 0
      for (let i = 0; i < constraints.length; i++) {
        const constraint = constraints[i]
        const value = topologies[i]?.valueOf[slot] ?? NO_VALUE
        if (constraint === undefined || value === NO_VALUE) continue
        const place = constraint.topologyKey === HOSTNAME ? slot : value + 1
        score += (counts[i]?.[place] ?? 0) * (weights[i] ?? 0) + (constraint.maxSkew - 1)
      }
      return Math.round(score)
    },
    normalize: (state, _pod, nodes, scores) => {
      const ignored = state.read(scoreState)?.ignored
      normalize(scores, (i) => ignored?.has(nodes[i]?.slot ?? NO_VALUE) ?? false)
    },
  }
}

/** Marks the values that candidates carry; how many there are. */
function markAsked(
  byValue: Int32Array,
  { valueOf }: TopologyKey,
  candidates: readonly NodeInfo[],
  ignored: ReadonlySet<number>,
): number {
  let asked = 0
  for (const { slot } of candidates) {
    const place = (valueOf[slot] ?? NO_VALUE) + 1
    if (byValue[place] !== NOT_ASKED || ignored.has(slot)) continue
    byValue[place] = 0
    asked++
  }
  return asked
}

/** The fewer, the better; a node that is ignored gets nothing. */
function normalize(scores: number[], isIgnored: (i: number) => boolean): void {
  let low = Infinity
  let high = 0
  for (let i = 0; i < scores.length; i++) {
    if (isIgnored(i)) continue
    low = Math.min(low, scores[i] ?? 0)
    high = Math.max(high, scores[i] ?? 0)
  }
  for (let i = 0; i < scores.length; i++) {
    if (isIgnored(i)) scores[i] = 0
    else if (high === 0) scores[i] = MAX_NODE_SCORE
    else scores[i] = Math.trunc((MAX_NODE_SCORE * (high + low - (scores[i] ?? 0))) / high)
  }
}
