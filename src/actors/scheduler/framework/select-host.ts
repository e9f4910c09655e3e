/**
 * The node to take: the root of a binary heap over the totals in order of evaluation. Not the first of the best: which
 * of equal ones comes to the top follows from how the heap is built.
 * Source: Go container/heap, Init and Pop; pkg/scheduler/schedule_one.go, nodeScoreHeap (v1.36).
 */
export class ScoreHeap {
  /** Indexes into the totals. */
  private readonly heap: number[] = []
  private readonly totals: readonly number[]

  constructor(totals: readonly number[]) {
    this.totals = totals
    const n = totals.length
    for (let i = 0; i < n; i++) this.heap.push(i)
    for (let i = (n >> 1) - 1; i >= 0; i--) this.down(i, n)
  }

  get size(): number {
    return this.heap.length
  }

  /** Takes the root off. */
  pop(): number | undefined {
    const last = this.heap.length - 1
    if (last < 0) return undefined
    this.swap(0, last)
    this.down(0, last)
    return this.heap.pop()
  }

  private down(start: number, n: number): void {
    let parent = start
    for (;;) {
      const left = 2 * parent + 1
      if (left >= n) return
      const right = left + 1
      const child = right < n && this.above(right, left) ? right : left
      if (!this.above(child, parent)) return
      this.swap(parent, child)
      parent = child
    }
  }

  private above(a: number, b: number): boolean {
    return this.total(a) > this.total(b)
  }

  private total(place: number): number {
    return this.totals[this.heap[place] ?? 0] ?? 0
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.heap[a] ?? 0, this.heap[b] ?? 0]
    this.heap[a] = y
    this.heap[b] = x
  }
}
