/** Terms of Pod affinity, compiled. Source: pkg/scheduler/framework/types.go, AffinityTerm (v1.36). */
import {
  compileLabelSelector,
  formatRequirements,
  requirementsOf,
  sortedSet,
  type LabelMatch,
} from '../../../kubernetes/selectors.ts'
import type { Labels, LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PodAffinityTerm, WeightedPodAffinityTerm } from '../../../kubernetes/types/scheduling.ts'

export interface AffinityTerm {
  /** Equal for terms that ask for the same. */
  readonly key: string
  readonly namespaces: ReadonlySet<string>
  /** Undefined selects no namespace. */
  readonly namespaceSelector: LabelMatch | undefined
  readonly selector: LabelMatch
  /** Identity of `selector` alone. */
  readonly selectorKey: string
  readonly topologyKey: string
  /** Of a preferred term, 0 of a required one. */
  readonly weight: number
}

/** @param namespaceLabels labels of the Pod's namespace; undefined where the selector has been resolved to names. */
export const termMatches = (term: AffinityTerm, pod: Pod, namespaceLabels: Labels | undefined): boolean =>
  (term.namespaces.has(pod.metadata.namespace ?? '') ||
    (term.namespaceSelector !== undefined &&
      namespaceLabels !== undefined &&
      term.namespaceSelector(namespaceLabels))) &&
  term.selector(pod.metadata.labels)

/** Identity of a selector: the same text for selectors that ask for the same. */
export const selectorKey = (selector: LabelSelector | undefined): string =>
  selector === undefined ? '!' : formatRequirements(requirementsOf(selector))

export function compileTerm(pod: Pod, term: PodAffinityTerm, weight: number): AffinityTerm {
  const { topologyKey, labelSelector, namespaceSelector } = term
  const named = term.namespaces ?? []
  const namespaces =
    named.length === 0 && namespaceSelector === undefined ? [pod.metadata.namespace ?? ''] : sortedSet(named)
  const own = selectorKey(labelSelector)
  return {
    key: [topologyKey, own, namespaces.join(','), selectorKey(namespaceSelector), weight].join('|'),
    namespaces: new Set(namespaces),
    namespaceSelector: namespaceSelector === undefined ? undefined : compileLabelSelector(namespaceSelector),
    selector: compileLabelSelector(labelSelector),
    selectorKey: own,
    topologyKey,
    weight,
  }
}

const NONE: readonly AffinityTerm[] = []

export const requiredTerms = (pod: Pod, terms: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
  terms === undefined || terms.length === 0 ? NONE : terms.map((term) => compileTerm(pod, term, 0))

export const preferredTerms = (
  pod: Pod,
  terms: readonly WeightedPodAffinityTerm[] | undefined,
): readonly AffinityTerm[] =>
  terms === undefined || terms.length === 0
    ? NONE
    : terms.map(({ podAffinityTerm, weight }) => compileTerm(pod, podAffinityTerm, weight))
