import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey, type Cloneable } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { SKIP, unresolvable, unschedulable } from '../framework/status.ts'
import { podTopologySpreadHints } from './pod-topology-spread-hints.ts'
import { podTopologySpreadScore } from './pod-topology-spread-score.ts'
import { constraintsOf, defaultConstraints, type SpreadConstraint } from './spread-constraints.ts'
import { hasAll } from '../framework/topology.ts'
import { NodeInclusion, spreadCounter } from './spread-counting.ts'
import { SpreadDomains } from './spread-domains.ts'

const NAME = 'PodTopologySpread'
const UNEVEN = unschedulable(NAME, "node(s) didn't match pod topology spread constraints")
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)")

/** Source: plugins/podtopologyspread/filtering.go, preFilterState. */
class SpreadState implements Cloneable {
  readonly constraints: readonly SpreadConstraint[]
  readonly inclusion: NodeInclusion
  readonly domains: readonly SpreadDomains[]
  /** Whether the Pod counts in its own constraint. */
  readonly selfMatch: readonly boolean[]

  constructor(
    constraints: readonly SpreadConstraint[],
    inclusion: NodeInclusion,
    domains: readonly SpreadDomains[],
    selfMatch: readonly boolean[],
  ) {
    this.constraints = constraints
    this.inclusion = inclusion
    this.domains = domains
    this.selfMatch = selfMatch
  }

  clone(): this {
    const domains = this.domains.map((domain) => domain.clone())
    return new SpreadState(this.constraints, this.inclusion, domains, this.selfMatch) as this
  }

  /** A node without all the labels is no place in any constraint. */
  hasAllLabels({ slot }: NodeInfo): boolean {
    for (const domain of this.domains) if (!domain.has(slot)) return false
    return true
  }

  change(pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    if (other.namespace !== pod.namespace || !this.hasAllLabels(node)) return
    for (let i = 0; i < this.constraints.length; i++) {
      const [constraint, domain] = [this.constraints[i], this.domains[i]]
      if (constraint === undefined || domain === undefined) continue
      if (!constraint.selector(other.pod.metadata.labels) || !this.inclusion.includes(constraint, node)) continue
      domain.change(node.slot, delta)
    }
  }
}

const spreadState = new StateKey<SpreadState>(NAME)

/** Spreads Pods evenly over domains. Source: plugins/podtopologyspread/filtering.go (v1.36). */
export const podTopologySpread = (args: PluginArgs, handle: PluginHandle): SchedulerPlugin => {
  const { cache, view } = handle
  const defaults = defaultConstraints(args)

  const count = (state: SpreadState, pod: PodInfo, nodes: readonly NodeInfo[]): void => {
    const keys = state.constraints.map(({ topologyKey }) => cache.topologyKey(topologyKey))
    state.constraints.forEach((constraint, i) => {
      const domain = state.domains[i]
      if (domain === undefined) return
      const counter = spreadCounter(handle, pod, constraint)
      if (state.inclusion.isTrivial(constraint)) domain.countAll(counter, keys, cache.slots)
      else {
        for (const node of nodes) {
          if (!hasAll(keys, node.slot) || !state.inclusion.includes(constraint, node)) continue
          domain.count(node.slot, counter.counts[node.slot] ?? 0)
        }
      }
      domain.findFewest()
    })
  }

  return {
    name: NAME,
    preFilter: (cycle, pod, nodes) => {
      const constraints = constraintsOf(pod.pod, 'DoNotSchedule', defaults, view)
      if (constraints.length === 0) return SKIP
      const domains = constraints.map(({ topologyKey }) => new SpreadDomains(cache.topologyKey(topologyKey)))
      const selfMatch = constraints.map(({ selector }) => selector(pod.pod.metadata.labels))
      const state = new SpreadState(constraints, new NodeInclusion(pod.pod), domains, selfMatch)
      count(state, pod, nodes)
      cycle.write(spreadState, state)
      return undefined
    },
    preFilterAddPod: (cycle, pod, added, node) => cycle.read(spreadState)?.change(pod, added, node, 1),
    preFilterRemovePod: (cycle, pod, removed, node) => cycle.read(spreadState)?.change(pod, removed, node, -1),
    filter: (cycle, _pod, { slot }) => {
      const state = cycle.read(spreadState)
      if (state === undefined) return undefined
      for (let i = 0; i < state.constraints.length; i++) {
        const [constraint, domain] = [state.constraints[i], state.domains[i]]
        if (constraint === undefined || domain === undefined) continue
        if (!domain.has(slot)) return NO_LABEL
        const own = state.selfMatch[i] === true ? 1 : 0
        if (domain.at(slot) + own - domain.fewest(constraint.minDomains) > constraint.maxSkew) return UNEVEN
      }
      return undefined
    },
    ...podTopologySpreadScore(args, handle),
    // With defaults any Pod may be spread: its verdict depends on where its siblings are.
    sign:
      defaults.length > 0
        ? undefined
        : ({ spec }) => ((spec.topologySpreadConstraints?.length ?? 0) > 0 ? undefined : ''),
    hints: podTopologySpreadHints(defaults, view),
  }
}
