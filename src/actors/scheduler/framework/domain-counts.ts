import type { Cloneable } from './cycle-state.ts'
import type { TermGroup } from './term-groups.ts'
import { NO_VALUE, type TopologyKey } from './topology.ts'
import type { PodCounter } from './pod-counts.ts'

/** Counts per value of one topology key: Pods, or weights. A copy shares the numbers until one of the two is changed. */
export class DomainCounts implements Cloneable {
  readonly topology: TopologyKey
  /** Sum over all domains. */
  total = 0
  private counts: Int32Array
  private shared = false

  constructor(topology: TopologyKey, counts: Int32Array = new Int32Array(topology.bound)) {
    this.topology = topology
    this.counts = counts
  }

  /** In the domain of a node; 0 where the node has none. */
  at(slot: number): number {
    return this.counts[this.topology.valueOf[slot] ?? NO_VALUE] ?? 0
  }

  has(slot: number): boolean {
    return (this.topology.valueOf[slot] ?? NO_VALUE) !== NO_VALUE
  }

  /** A node without the label has no domain to count in. */
  add(slot: number, amount: number): void {
    const value = this.topology.valueOf[slot] ?? NO_VALUE
    if (value === NO_VALUE || amount === 0) return
    if (this.shared) {
      this.counts = this.counts.slice()
      this.shared = false
    }
    this.counts[value] = (this.counts[value] ?? 0) + amount
    this.total += amount
  }

  /** Adds every Pod that the counter has seen. Whether any of them is in a domain. */
  addCounter({ counts, total }: PodCounter, factor: number): boolean {
    if (total === 0) return false
    const { valueOf } = this.topology
    const slots = Math.min(counts.length, valueOf.length)
    let found = false
    for (let slot = 0; slot < slots; slot++) {
      const count = counts[slot] ?? 0
      if (count === 0) continue
      const value = valueOf[slot] ?? NO_VALUE
      if (value === NO_VALUE) continue
      found = true
      this.counts[value] = (this.counts[value] ?? 0) + count * factor
      this.total += count * factor
    }
    return found
  }

  addGroup({ podsBySlot }: TermGroup, factor: number): boolean {
    let found = false
    for (const [slot, count] of podsBySlot) {
      if (!this.has(slot)) continue
      found = true
      this.add(slot, count * factor)
    }
    return found
  }

  clone(): this {
    const copy = new DomainCounts(this.topology, this.counts)
    copy.total = this.total
    copy.shared = true
    this.shared = true
    return copy as this
  }
}
