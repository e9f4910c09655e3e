import type { Cloneable } from '../framework/cycle-state.ts'
import type { PodCounter } from '../framework/pod-counts.ts'
import { hasAll, NO_VALUE, type TopologyKey } from '../framework/topology.ts'

/** More than any count. Source: plugins/podtopologyspread/filtering.go, newCriticalPaths. */
const MOST = 2_147_483_647
/** A value that is no domain here: no node that counts carries it. */
const NO_DOMAIN = -1

/**
 * Pods per domain of one constraint, and the two emptiest domains.
 *
 * Only two are remembered, as upstream does: when what-ifs fill both, the minimum is too high, for the third is unknown.
 * Source: filtering.go, preFilterState and criticalPaths.update (v1.36).
 */
export class SpreadDomains implements Cloneable {
  private readonly topology: TopologyKey
  private counts: Int32Array
  private shared = false
  private domains = 0
  private firstValue = NO_VALUE
  private firstCount = MOST
  private secondValue = NO_VALUE
  private secondCount = MOST

  constructor(topology: TopologyKey, counts: Int32Array = new Int32Array(topology.bound).fill(NO_DOMAIN)) {
    this.topology = topology
    this.counts = counts
  }

  has(slot: number): boolean {
    return (this.topology.valueOf[slot] ?? NO_VALUE) !== NO_VALUE
  }

  /** Adds a node to its domain, making the domain if need be. The node must have the label. */
  count(slot: number, pods: number): void {
    const value = this.topology.valueOf[slot] ?? 0
    const before = this.counts[value] ?? 0
    if (before === NO_DOMAIN) {
      this.domains++
      this.counts[value] = pods
    } else this.counts[value] = before + pods
  }

  /**
   * Counts every node that has a value for each of the keys. As `count`, node by node, without looking at any of them.
   * @param slots tables by node are this long
   */
  countAll({ counts }: PodCounter, keys: readonly TopologyKey[], slots: number): void {
    const { valueOf } = this.topology
    for (let slot = 0; slot < slots; slot++) {
      const value = valueOf[slot] ?? NO_VALUE
      if (value === NO_VALUE || (keys.length > 1 && !hasAll(keys, slot))) continue
      const before = this.counts[value] ?? 0
      const pods = counts[slot] ?? 0
      if (before === NO_DOMAIN) {
        this.domains++
        this.counts[value] = pods
      } else if (pods !== 0) this.counts[value] = before + pods
    }
  }

  /** To be called once all nodes are counted. */
  findFewest(): void {
    for (let value = 0; value < this.counts.length; value++) {
      const count = this.counts[value] ?? NO_DOMAIN
      if (count !== NO_DOMAIN) this.remember(value, count)
    }
  }

  /** Pods in the node's domain. */
  at(slot: number): number {
    const count = this.counts[this.topology.valueOf[slot] ?? NO_VALUE] ?? 0
    return count === NO_DOMAIN ? 0 : count
  }

  /** Pods in the emptiest domain; 0 while there are fewer domains than wanted. */
  fewest(minDomains: number): number {
    return this.domains < minDomains ? 0 : this.firstCount
  }

  change(slot: number, delta: number): void {
    const value = this.topology.valueOf[slot] ?? NO_VALUE
    if (this.shared) {
      this.counts = this.counts.slice()
      this.shared = false
    }
    const before = this.counts[value] ?? 0
    if (before === NO_DOMAIN) this.domains++
    const after = (before === NO_DOMAIN ? 0 : before) + delta
    this.counts[value] = after
    this.remember(value, after)
  }

  clone(): this {
    const copy = new SpreadDomains(this.topology, this.counts)
    copy.shared = true
    this.shared = true
    copy.domains = this.domains
    copy.firstValue = this.firstValue
    copy.firstCount = this.firstCount
    copy.secondValue = this.secondValue
    copy.secondCount = this.secondCount
    return copy as this
  }

  private remember(value: number, count: number): void {
    if (value === this.firstValue) this.firstCount = count
    else if (value === this.secondValue) this.secondCount = count
    else if (count < this.firstCount) {
      this.secondValue = this.firstValue
      this.secondCount = this.firstCount
      this.firstValue = value
      this.firstCount = count
    } else if (count < this.secondCount) {
      this.secondValue = value
      this.secondCount = count
    }
    if (this.firstCount > this.secondCount) this.swap()
  }

  private swap(): void {
    const [value, count] = [this.firstValue, this.firstCount]
    this.firstValue = this.secondValue
    this.firstCount = this.secondCount
    this.secondValue = value
    this.secondCount = count
  }
}
