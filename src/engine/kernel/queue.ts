import type { Micros } from '../../events/envelope.ts'

/**
 * What is going to happen, ordered by time and, within one microsecond, by when it was planned.
 *
 * Items of one instant share a bucket, served first in, first out; a binary heap orders the instants only. Most instants
 * of a busy cluster hold several items, so this beats a heap over all items, in the same order.
 */
export interface EventQueue<T> {
  push(at: Micros, item: T): void
  /** The next instant at which something is due; undefined when nothing is planned. */
  nextAt(): Micros | undefined
  /** Takes the next item. */
  pop(): T | undefined
  readonly size: number
}

interface Bucket<T> {
  items: (T | undefined)[]
  head: number
}

export const createEventQueue = <T>(): EventQueue<T> => {
  const buckets = new Map<Micros, Bucket<T>>()
  const instants: Micros[] = []
  let size = 0

  const siftUp = (from: number): void => {
    let i = from
    const value = instants[i] as Micros
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = instants[parent] as Micros
      if (above <= value) break
      instants[i] = above
      i = parent
    }
    instants[i] = value
  }

  const removeFirstInstant = (): void => {
    const last = instants.pop() as Micros
    const length = instants.length
    if (length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= length) break
      if (child + 1 < length && (instants[child + 1] as Micros) < (instants[child] as Micros)) child++
      if ((instants[child] as Micros) >= last) break
      instants[i] = instants[child] as Micros
      i = child
    }
    instants[i] = last
  }

  return {
    push(at, item) {
      size++
      const bucket = buckets.get(at)
      if (bucket !== undefined) {
        bucket.items.push(item)
        return
      }
      buckets.set(at, { items: [item], head: 0 })
      instants.push(at)
      siftUp(instants.length - 1)
    },
    nextAt: () => instants[0],
    pop() {
      const at = instants[0]
      if (at === undefined) return undefined
      const bucket = buckets.get(at) as Bucket<T>
      const item = bucket.items[bucket.head]
      bucket.items[bucket.head++] = undefined
      size--
      if (bucket.head === bucket.items.length) {
        buckets.delete(at)
        removeFirstInstant()
      }
      return item
    },
    get size() {
      return size
    },
  }
}
