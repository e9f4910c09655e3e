import type { AffinityTerm } from './affinity-term.ts'
import type { PodInfo } from './pod-info.ts'

/** Pods on nodes that carry one and the same affinity term: how many per node. */
export interface TermGroup {
  readonly term: AffinityTerm
  /** By the node's slot. */
  readonly podsBySlot: Map<number, number>
}

export type TermKind = 'requiredAffinity' | 'requiredAntiAffinity' | 'preferredAffinity' | 'preferredAntiAffinity'

export const TERM_KINDS: readonly TermKind[] = [
  'requiredAffinity',
  'requiredAntiAffinity',
  'preferredAffinity',
  'preferredAntiAffinity',
]

/**
 * The affinity terms of the Pods on nodes, equal terms together.
 *
 * A new Pod must be held against the terms of all Pods that run already. Replicas carry equal terms, so there are as
 * many groups as workloads, not as Pods.
 */
export class TermGroups {
  private readonly kinds: Readonly<Record<TermKind, Map<string, TermGroup>>> = {
    requiredAffinity: new Map(),
    requiredAntiAffinity: new Map(),
    preferredAffinity: new Map(),
    preferredAntiAffinity: new Map(),
  }

  of(kind: TermKind): Iterable<TermGroup> {
    return this.kinds[kind].values()
  }

  isEmpty(kind: TermKind): boolean {
    return this.kinds[kind].size === 0
  }

  add(pod: PodInfo, slot: number, sign: 1 | -1): void {
    for (const kind of TERM_KINDS) {
      for (const term of pod[kind]) this.count(this.kinds[kind], term, slot, sign)
    }
  }

  private count(groups: Map<string, TermGroup>, term: AffinityTerm, slot: number, sign: 1 | -1): void {
    let group = groups.get(term.key)
    if (group === undefined) groups.set(term.key, (group = { term, podsBySlot: new Map() }))
    const left = (group.podsBySlot.get(slot) ?? 0) + sign
    if (left > 0) {
      group.podsBySlot.set(slot, left)
      return
    }
    group.podsBySlot.delete(slot)
    if (group.podsBySlot.size === 0) groups.delete(term.key)
  }
}
