import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { requiredTerms, termMatches, type AffinityTerm } from '../framework/affinity-term.ts'
import { Action, type ClusterEvent, type EventHint } from '../framework/events.ts'

const affinityTerms = (pod: Pod): readonly AffinityTerm[] =>
  requiredTerms(pod, pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution)

const antiAffinityTerms = (pod: Pod): readonly AffinityTerm[] =>
  requiredTerms(pod, pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution)

/** No namespace labels are at hand in a hint: terms with a namespace selector match by named namespaces only. */
const matchesAll = (terms: readonly AffinityTerm[], pod: Pod): boolean =>
  terms.length > 0 && terms.every((term) => termMatches(term, pod, undefined))

const isPlaced = (pod: Pod | undefined): pod is Pod =>
  pod !== undefined && ((pod.spec.nodeName ?? '') !== '' || (pod.status?.nominatedNodeName ?? '') !== '')

/**
 * A friend that came, or a stranger that went.
 *
 * Known upstream fault, kept: a Pod kept out by another's anti-affinity with a namespace selector is not woken when that
 * one goes, since the selector cannot be asked here; the flush of unschedulable Pods finds it minutes later.
 * Source: plugins/interpodaffinity/plugin.go, isSchedulableAfterPodChange (v1.36).
 */
function podMayHelp(pod: Pod, { before, after }: ClusterEvent): boolean {
  const [was, is] = [before as Pod | undefined, after as Pod | undefined].map((p) => (isPlaced(p) ? p : undefined))
  const [friends, strangers] = [affinityTerms(pod), antiAffinityTerms(pod)]
  if (was !== undefined && is !== undefined) {
    return (
      (!matchesAll(friends, was) && matchesAll(friends, is)) ||
      (matchesAll(strangers, was) && !matchesAll(strangers, is))
    )
  }
  if (is !== undefined) return matchesAll(friends, is)
  if (was === undefined) return false
  return matchesAll(strangers, was) || matchesAll(antiAffinityTerms(was), pod)
}

/** A node that came into a domain the Pod cares about, or left one. Source: plugin.go, isSchedulableAfterNodeChange. */
function nodeMayHelp(pod: Pod, event: ClusterEvent): boolean {
  const [before, after] = [event.before as Node | undefined, event.after as Node | undefined]
  const domain = (node: Node | undefined, { topologyKey }: AffinityTerm): string | undefined =>
    node?.metadata.labels?.[topologyKey]
  for (const term of affinityTerms(pod)) {
    const [was, is] = [domain(before, term), domain(after, term)]
    if (is !== undefined && is !== was) return true
  }
  for (const term of antiAffinityTerms(pod)) {
    if (before === undefined) return true
    const [was, is] = [domain(before, term), domain(after, term)]
    if (was !== undefined && is !== was) return true
  }
  return false
}

export const interPodAffinityHints: readonly EventHint[] = [
  { resource: 'Pod', actions: Action.add | Action.updatePodLabel | Action.delete, worthTrying: podMayHelp },
  { resource: 'Node', actions: Action.add | Action.updateNodeLabel, worthTrying: nodeMayHelp },
]
