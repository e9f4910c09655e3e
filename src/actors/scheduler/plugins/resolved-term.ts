import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { View } from '../../../kubernetes/view.ts'
import { termMatches, type AffinityTerm } from '../framework/affinity-term.ts'
import type { PodQuestion } from '../framework/pod-counts.ts'

/** A term whose namespace selector has been resolved: what the Pod's own terms are when they are asked. */
export interface ResolvedTerm {
  readonly term: AffinityTerm
  readonly namespaces: readonly string[]
}

/** Labels of a namespace; none while it is not known. */
export const namespaceLabels = (view: View, name: string): Labels =>
  view.get('Namespace', undefined, name)?.metadata.labels ?? {}

/**
 * The namespaces a term looks into, by name, as they stand now.
 * Source: plugins/interpodaffinity/plugin.go, mergeAffinityTermNamespacesIfNotEmpty.
 */
export function resolveTerm(view: View, term: AffinityTerm): ResolvedTerm {
  const { namespaceSelector } = term
  if (namespaceSelector === undefined) return { term, namespaces: [...term.namespaces] }
  const names = new Set(term.namespaces)
  for (const { metadata } of view.list('Namespace')) if (namespaceSelector(metadata.labels)) names.add(metadata.name)
  const namespaces = [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return { term: { ...term, namespaces: names, namespaceSelector: undefined }, namespaces }
}

/** Counts of Pods that one term selects. */
export const podsMatching = (term: AffinityTerm, namespaces: readonly string[]): PodQuestion => ({
  key: `${term.selectorKey}@${namespaces.join(',')}`,
  namespaces,
  matches: ({ pod }) => termMatches(term, pod, undefined),
})
