import type { Micros } from '../../../events/envelope.ts'

const SECOND: Micros = 1_000_000

/**
 * What is due when, to the second: bookmarks and ends of thousands of watches behind one alarm.
 * Source: apiserver/pkg/storage/cacher/cacher.go, watcherBookmarkTimeBuckets (v1.36).
 */
export class Deadlines<T> {
  private readonly buckets = new Map<number, Set<T>>()
  private readonly planned = new Map<T, number>()
  /** No bucket before this second; none after `last`. */
  private first = 0
  private last = -1

  /** Plans an item, in the place of an earlier plan for it. Rounded up to a whole second. */
  set(item: T, due: Micros): void {
    this.delete(item)
    const second = Math.ceil(due / SECOND)
    let bucket = this.buckets.get(second)
    if (bucket === undefined) this.buckets.set(second, (bucket = new Set()))
    if (this.planned.size === 0) this.first = this.last = second
    bucket.add(item)
    this.planned.set(item, second)
    if (second < this.first) this.first = second
    if (second > this.last) this.last = second
  }

  delete(item: T): void {
    const second = this.planned.get(item)
    if (second === undefined) return
    this.planned.delete(item)
    const bucket = this.buckets.get(second)
    bucket?.delete(item)
    if (bucket?.size === 0) this.buckets.delete(second)
  }

  /** When the first item is due; undefined when there is none. */
  next(): Micros | undefined {
    if (this.buckets.size === 0) return undefined
    while (this.first <= this.last && !this.buckets.has(this.first)) this.first++
    return this.first * SECOND
  }

  /** Takes out what is due at `now`, in order of time and planning. */
  take(now: Micros): readonly T[] {
    const due: T[] = []
    for (let at = this.next(); at !== undefined && at <= now; at = this.next()) {
      for (const item of this.buckets.get(this.first) ?? []) {
        due.push(item)
        this.planned.delete(item)
      }
      this.buckets.delete(this.first)
    }
    return due
  }
}
