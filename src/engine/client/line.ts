/**
 * Keys that wait, each once, in the order in which they came.
 *
 * Rejected: a Map alone. To find its first key it steps over all that were deleted in front of it, so that a line of
 * 100,000 costs a tenth of a millisecond a key to be served.
 */
export class Line<V> {
  private readonly values = new Map<string, V>()
  private readonly order: string[] = []
  /** How many at the beginning of `order` have been served. */
  private served = 0

  get size(): number {
    return this.values.size
  }

  has(key: string): boolean {
    return this.values.has(key)
  }

  /** Puts a key at the end, unless it waits already. */
  add(key: string, value: V): void {
    if (this.values.has(key)) return
    this.values.set(key, value)
    this.order.push(key)
  }

  /** Takes the first. */
  shift(): { readonly key: string; readonly value: V } | undefined {
    const key = this.order[this.served]
    const value = key === undefined ? undefined : this.values.get(key)
    if (key === undefined || value === undefined) return undefined
    this.values.delete(key)
    this.served++
    if (this.served >= COMPACT_AT && this.served * 2 >= this.order.length) {
      this.order.splice(0, this.served)
      this.served = 0
    }
    return { key, value }
  }
}

/** From so many served keys on their places are given back once they are half of all. */
const COMPACT_AT = 64
