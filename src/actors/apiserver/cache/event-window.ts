import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { Change } from '../../../kubernetes/view.ts'

/** Source: apiserver/pkg/storage/cacher/watch_cache.go, defaultLowerBoundCapacity and defaultUpperBoundCapacity. */
const CAPACITY_MIN = 100
const CAPACITY_MAX = 102_400
/** A full window grows rather than lose what is younger. Source: cacher/cacher.go, eventFreshDuration. */
const FRESH: Micros = seconds(75)

/** A change as the cache took it in. */
export interface CachedChange {
  readonly revision: number
  readonly at: Micros
  readonly change: Change
}

/**
 * The recent changes of one kind: what a watch that begins in the past is served from.
 *
 * Holds between 100 and 102,400 changes and no promise beyond: a busy kind loses its past sooner than a calm one.
 * Source: apiserver/pkg/storage/cacher/watch_cache.go, resizeCacheLocked and getAllEventsSinceLocked (v1.36).
 */
export class EventWindow {
  private ring: (CachedChange | undefined)[] = new Array<CachedChange | undefined>(CAPACITY_MIN)
  private start = 0
  private count = 0
  /** Where the cache was filled from storage; what happened before is unknown to it. */
  private readonly listedAt: number
  private overflowed = false

  constructor(listedAt: number) {
    this.listedAt = listedAt
  }

  get capacity(): number {
    return this.ring.length
  }

  add(cached: CachedChange): void {
    this.resize(cached.at)
    if (this.count === this.ring.length) {
      this.start = (this.start + 1) % this.ring.length
      this.count--
      this.overflowed = true
    }
    this.ring[(this.start + this.count) % this.ring.length] = cached
    this.count++
  }

  /** The oldest revision after which every change is known. */
  get oldest(): number {
    const first = this.overflowed ? this.ring[this.start] : undefined
    return first === undefined ? this.listedAt : first.revision - 1
  }

  /** Changes after `revision`, oldest first; undefined when some of them are gone. */
  since(revision: number): readonly CachedChange[] | undefined {
    if (revision < this.oldest) return undefined
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.nth(middle).revision <= revision) low = middle + 1
      else high = middle
    }
    const changes: CachedChange[] = []
    for (let i = low; i < this.count; i++) changes.push(this.nth(i))
    return changes
  }

  private nth(index: number): CachedChange {
    return this.ring[(this.start + index) % this.ring.length] as CachedChange
  }

  private resize(now: Micros): void {
    const { length } = this.ring
    if (this.count < length) return
    if (now - this.nth(0).at < FRESH) {
      const larger = Math.min(length * 2, CAPACITY_MAX)
      if (larger > length) this.move(larger)
      return
    }
    // Smaller only when three quarters of the window are stale, so that it does not swing.
    if (now - this.nth(this.count - Math.floor(length / 4)).at > FRESH) {
      const smaller = Math.max(Math.floor(length / 2), CAPACITY_MIN)
      if (smaller < length) this.move(smaller)
    }
  }

  private move(capacity: number): void {
    const kept = Math.min(this.count, capacity)
    const ring = new Array<CachedChange | undefined>(capacity)
    for (let i = 0; i < kept; i++) ring[i] = this.nth(this.count - kept + i)
    if (kept < this.count) this.overflowed = true
    this.ring = ring
    this.start = 0
    this.count = kept
  }
}
