import type { PodInfo } from './pod-info.ts'

/** How many counters are kept; the one asked for least recently goes first. What is dropped is counted again when asked for. */
const LIMIT = 512

/** Which Pods to count. Equal `key`s must mean equal answers. */
export interface PodQuestion {
  readonly key: string
  /** The namespaces to look in. */
  readonly namespaces: Iterable<string>
  matches(pod: PodInfo): boolean
}

/** For one question: how many Pods on each node answer it. */
export class PodCounter {
  readonly question: PodQuestion
  /** By the node's slot. */
  counts: Int32Array
  /** Over all nodes. */
  total = 0

  constructor(question: PodQuestion, slots: number) {
    this.question = question
    this.counts = new Int32Array(Math.max(16, slots))
  }

  add(pod: PodInfo, slot: number, sign: 1 | -1): void {
    if (!this.question.matches(pod)) return
    if (slot >= this.counts.length) this.grow(slot + 1)
    this.counts[slot] = (this.counts[slot] ?? 0) + sign
    this.total += sign
  }

  private grow(slots: number): void {
    const wider = new Int32Array(Math.max(slots, this.counts.length * 2))
    wider.set(this.counts)
    this.counts = wider
  }
}

/**
 * Counts of Pods per node for the label selectors that Pods spread over or keep (away from), kept up Pod by Pod.
 *
 * Upstream walks every Pod of every node in each attempt. Pods of one Deployment ask the same question again and again,
 * so the answer is kept: an attempt then costs the nodes, not the Pods.
 */
export class PodCounts {
  /** Least recently asked first. */
  private readonly counters = new Map<string, PodCounter>()
  private readonly byNamespace = new Map<string, Set<PodCounter>>()
  private readonly podsOf: (namespace: string) => Iterable<{ readonly pod: PodInfo; readonly slot: number }>
  private readonly slots: () => number

  constructor(
    podsOf: (namespace: string) => Iterable<{ readonly pod: PodInfo; readonly slot: number }>,
    slots: () => number,
  ) {
    this.podsOf = podsOf
    this.slots = slots
  }

  counter(question: PodQuestion): PodCounter {
    const known = this.counters.get(question.key)
    if (known !== undefined) {
      this.counters.delete(question.key)
      this.counters.set(question.key, known)
      return known
    }
    const counter = new PodCounter(question, this.slots())
    for (const namespace of question.namespaces) {
      for (const { pod, slot } of this.podsOf(namespace)) counter.add(pod, slot, 1)
      let counters = this.byNamespace.get(namespace)
      if (counters === undefined) this.byNamespace.set(namespace, (counters = new Set()))
      counters.add(counter)
    }
    this.counters.set(question.key, counter)
    if (this.counters.size > LIMIT) this.dropOldest()
    return counter
  }

  add(pod: PodInfo, slot: number, sign: 1 | -1): void {
    const counters = this.byNamespace.get(pod.namespace)
    if (counters === undefined) return
    for (const counter of counters) counter.add(pod, slot, sign)
  }

  private dropOldest(): void {
    for (const [key, counter] of this.counters) {
      this.counters.delete(key)
      for (const namespace of counter.question.namespaces) this.byNamespace.get(namespace)?.delete(counter)
      return
    }
  }
}
