import type { Labels } from '../../../kubernetes/types/meta.ts'
import { termMatches, type AffinityTerm } from '../framework/affinity-term.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey, type Cloneable } from '../framework/cycle-state.ts'
import { DomainCounts } from '../framework/domain-counts.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { SKIP, unresolvable, unschedulable, type Status } from '../framework/status.ts'
import { interPodAffinityHints } from './inter-pod-affinity-hints.ts'
import { affinityScore } from './inter-pod-affinity-score.ts'
import { namespaceLabels, podsMatching, resolveTerm, type ResolvedTerm } from './resolved-term.ts'

const NAME = 'InterPodAffinity'
const NO_FRIENDS = unresolvable(NAME, "node(s) didn't match pod affinity rules")
const STRANGERS = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules")
const UNWELCOME = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules")

/** Pods per domain that matter to one Pod; follows what-ifs. Source: plugins/interpodaffinity/filtering.go, preFilterState. */
class AffinityState implements Cloneable {
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  readonly labels: Labels
  /** Pods that match all of the Pod's affinity terms, by topology key. */
  readonly friends: Map<string, DomainCounts>
  /** Pods that the Pod does not want near. */
  readonly strangers: Map<string, DomainCounts>
  /** Pods that do not want the Pod near. */
  readonly objectors: Map<string, DomainCounts>

  constructor(
    affinity: readonly AffinityTerm[],
    antiAffinity: readonly AffinityTerm[],
    labels: Labels,
    counts: readonly Map<string, DomainCounts>[] = [],
  ) {
    this.affinity = affinity
    this.antiAffinity = antiAffinity
    this.labels = labels
    const [friends = new Map(), strangers = new Map(), objectors = new Map()] = counts
    this.friends = friends
    this.strangers = strangers
    this.objectors = objectors
  }

  clone(): this {
    const counts = [this.friends, this.strangers, this.objectors].map(cloneCounts)
    return new AffinityState(this.affinity, this.antiAffinity, this.labels, counts) as this
  }
}

const cloneCounts = (counts: Map<string, DomainCounts>): Map<string, DomainCounts> => {
  const copy = new Map<string, DomainCounts>()
  for (const [key, domain] of counts) copy.set(key, domain.clone())
  return copy
}

const affinityState = new StateKey<AffinityState>(NAME)

const matchesAll = (terms: readonly AffinityTerm[], { pod }: PodInfo): boolean =>
  terms.every((term) => termMatches(term, pod, undefined))

/**
 * Pods that want to be near others, or far from them.
 * Source: plugins/interpodaffinity/{plugin,filtering}.go (v1.36).
 */
export const interPodAffinity = (args: PluginArgs, handle: PluginHandle): SchedulerPlugin => {
  const { cache, view } = handle

  const counts = (into: Map<string, DomainCounts>, topologyKey: string): DomainCounts => {
    let domain = into.get(topologyKey)
    if (domain === undefined) into.set(topologyKey, (domain = new DomainCounts(cache.topologyKey(topologyKey))))
    return domain
  }

  const countFriends = (state: AffinityState, terms: readonly ResolvedTerm[]): void => {
    if (terms.length === 0) return
    const [first] = terms
    const own = state.affinity
    const counter = cache.podCounter({
      key: `all|${terms.map(({ term, namespaces }) => `${term.selectorKey}@${namespaces.join(',')}`).join('|')}`,
      namespaces: first?.namespaces ?? [],
      matches: (pod) => matchesAll(own, pod),
    })
    for (const { topologyKey } of own) counts(state.friends, topologyKey).addCounter(counter, 1)
  }

  const countStrangers = (state: AffinityState, terms: readonly ResolvedTerm[]): void => {
    for (const { term, namespaces } of terms) {
      const counter = cache.podCounter(podsMatching(term, namespaces))
      counts(state.strangers, term.topologyKey).addCounter(counter, 1)
    }
  }

  const countObjectors = (state: AffinityState, pod: PodInfo): void => {
    for (const group of cache.terms.of('requiredAntiAffinity')) {
      if (termMatches(group.term, pod.pod, state.labels))
        counts(state.objectors, group.term.topologyKey).addGroup(group, 1)
    }
  }

  const change = (state: AffinityState, pod: PodInfo, other: PodInfo, { slot }: NodeInfo, sign: 1 | -1): void => {
    for (const term of other.requiredAntiAffinity) {
      if (termMatches(term, pod.pod, state.labels)) counts(state.objectors, term.topologyKey).add(slot, sign)
    }
    if (state.affinity.length > 0 && matchesAll(state.affinity, other)) {
      for (const { topologyKey } of state.affinity) counts(state.friends, topologyKey).add(slot, sign)
    }
    for (const term of state.antiAffinity) {
      if (termMatches(term, other.pod, undefined)) counts(state.strangers, term.topologyKey).add(slot, sign)
    }
  }

  return {
    name: NAME,
    preFilter: (cycle, pod) => {
      const affinity = pod.requiredAffinity.map((term) => resolveTerm(view, term))
      const antiAffinity = pod.requiredAntiAffinity.map((term) => resolveTerm(view, term))
      const state = new AffinityState(
        affinity.map(({ term }) => term),
        antiAffinity.map(({ term }) => term),
        namespaceLabels(view, pod.namespace),
      )
      countObjectors(state, pod)
      const objected = [...state.objectors.values()].some(({ total }) => total > 0)
      if (!objected && affinity.length === 0 && antiAffinity.length === 0) return SKIP
      countFriends(state, affinity)
      countStrangers(state, antiAffinity)
      cycle.write(affinityState, state)
      return undefined
    },
    preFilterAddPod: (cycle, pod, added, node) => {
      const state = cycle.read(affinityState)
      if (state !== undefined) change(state, pod, added, node, 1)
    },
    preFilterRemovePod: (cycle, pod, removed, node) => {
      const state = cycle.read(affinityState)
      if (state !== undefined) change(state, pod, removed, node, -1)
    },
    filter: (cycle, pod, { slot }): Status | undefined => {
      const state = cycle.read(affinityState)
      if (state === undefined) return undefined
      if (state.affinity.length > 0 && !findsFriends(state, pod, slot)) return NO_FRIENDS
      for (const { topologyKey } of state.antiAffinity) {
        if ((state.strangers.get(topologyKey)?.at(slot) ?? 0) > 0) return STRANGERS
      }
      for (const domain of state.objectors.values()) if (domain.at(slot) > 0) return UNWELCOME
      return undefined
    },
    ...affinityScore(args, handle),
    sign: ({ metadata, spec }) =>
      spec.affinity?.podAffinity === undefined && spec.affinity?.podAntiAffinity === undefined
        ? JSON.stringify([metadata.namespace, metadata.labels ?? {}])
        : undefined,
    hints: interPodAffinityHints,
  }
}

/**
 * Every domain asked for must exist and hold a friend; the first of a group that wants to be with itself needs none.
 * Source: filtering.go, satisfyPodAffinity.
 */
function findsFriends(state: AffinityState, pod: PodInfo, slot: number): boolean {
  let found = true
  for (const { topologyKey } of state.affinity) {
    const domain = state.friends.get(topologyKey)
    if (domain === undefined || !domain.has(slot)) return false
    if (domain.at(slot) <= 0) found = false
  }
  if (found) return true
  for (const { total } of state.friends.values()) if (total > 0) return false
  return matchesAll(state.affinity, pod)
}
