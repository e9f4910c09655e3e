import { termMatches, type AffinityTerm } from '../framework/affinity-term.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey } from '../framework/cycle-state.ts'
import { DomainCounts } from '../framework/domain-counts.ts'
import { MAX_NODE_SCORE, type PluginHandle, type SchedulerPlugin } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { SKIP } from '../framework/status.ts'
import type { TermKind } from '../framework/term-groups.ts'
import { namespaceLabels, podsMatching, resolveTerm } from './resolved-term.ts'

/** Sums of weights per domain, one entry per topology key. */
const weights = new StateKey<readonly DomainCounts[]>('InterPodAffinity/score')

/**
 * The wishes of the Pod and of those that run already, added up by domain.
 * Source: plugins/interpodaffinity/scoring.go (v1.36).
 */
export const affinityScore = (
  args: PluginArgs,
  { cache, view }: PluginHandle,
): Pick<SchedulerPlugin, 'preScore' | 'score' | 'normalize'> => {
  const hardWeight = args.hardPodAffinityWeight ?? 1
  const ignoreOthers = args.ignorePreferredTermsOfExistingPods === true

  /** Whether anything at all was found, even if it adds up to nothing. */
  const gather = (pod: PodInfo, sums: Map<string, DomainCounts>): boolean => {
    let touched = false
    const sum = (topologyKey: string): DomainCounts => {
      let domain = sums.get(topologyKey)
      if (domain === undefined) sums.set(topologyKey, (domain = new DomainCounts(cache.topologyKey(topologyKey))))
      return domain
    }
    const own = (terms: readonly AffinityTerm[], sign: 1 | -1): void => {
      for (const term of terms) {
        const { term: resolved, namespaces } = resolveTerm(view, term)
        const counter = cache.podCounter(podsMatching(resolved, namespaces))
        if (sum(term.topologyKey).addCounter(counter, sign * term.weight)) touched = true
      }
    }
    const others = (kind: TermKind, factor: (term: AffinityTerm) => number): void => {
      if (cache.terms.isEmpty(kind)) return
      const labels = namespaceLabels(view, pod.namespace)
      for (const group of cache.terms.of(kind)) {
        if (!termMatches(group.term, pod.pod, labels)) continue
        if (sum(group.term.topologyKey).addGroup(group, factor(group.term))) touched = true
      }
    }
    own(pod.preferredAffinity, 1)
    own(pod.preferredAntiAffinity, -1)
    if (hardWeight > 0) others('requiredAffinity', () => hardWeight)
    others('preferredAffinity', (term) => term.weight)
    others('preferredAntiAffinity', (term) => -term.weight)
    return touched
  }

  return {
    preScore: (state, pod) => {
      const hasOwn = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0
      if (ignoreOthers && !hasOwn) return SKIP
      const sums = new Map<string, DomainCounts>()
      if (!gather(pod, sums)) return SKIP
      state.write(weights, [...sums.values()])
      return undefined
    },
    score: (state, _pod, { slot }) => {
      let score = 0
      for (const domain of state.read(weights) ?? []) score += domain.at(slot)
      return score
    },
    normalize: (_state, _pod, _nodes, scores) => {
      let low = Infinity
      let high = -Infinity
      for (const score of scores) {
        if (score < low) low = score
        if (score > high) high = score
      }
      const range = high - low
      for (let i = 0; i < scores.length; i++) {
        scores[i] = range > 0 ? Math.trunc(MAX_NODE_SCORE * (((scores[i] ?? 0) - low) / range)) : 0
      }
    },
  }
}
