import type { Seq } from './envelope.ts'
import { invariant } from './invariant.ts'

/** What the smallest column holds: a short trial run never grows it. */
const FIRST_CAPACITY = 1_024

/** Seqs side by side, 4 bytes each (2^32 events are more than any memory holds). Grows by doubling. */
export class SeqColumn {
  private values = new Uint32Array(FIRST_CAPACITY)
  private count = 0

  get length(): number {
    return this.count
  }

  push(value: Seq): void {
    if (this.count === this.values.length) {
      const grown = new Uint32Array(this.count * 2)
      grown.set(this.values)
      this.values = grown
    }
    this.values[this.count++] = value
  }

  at(index: number): Seq {
    const value = index < this.count ? this.values[index] : undefined
    invariant(value !== undefined, `a column of ${this.count} has no row ${index}`)
    return value
  }
}
