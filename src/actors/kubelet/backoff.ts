import type { Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'

/**
 * Delays per key that double with each failure, up to a maximum; a key that has been quiet for twice the maximum begins
 * again. Source: client-go/util/flowcontrol/backoff.go (v1.36).
 */
export class Backoff {
  private readonly entries = new Map<string, { delay: Micros; updatedAt: Micros }>()
  private readonly base: Micros
  private readonly max: Micros

  /** Defaults of the kubelet for restarts and for pulls. Source: pkg/kubelet/kubelet.go, MaxCrashLoopBackOff, initialBackOff. */
  constructor(base: Micros = seconds(10), max: Micros = seconds(300)) {
    this.base = base
    this.max = max
  }

  /** The delay of a key; 0 before the first failure. */
  get(key: string): Micros {
    return this.entries.get(key)?.delay ?? 0
  }

  /** Notes a failure. `since` is when whatever failed had ended. */
  next(key: string, since: Micros, now: Micros): void {
    const entry = this.entries.get(key)
    const delay = entry === undefined || this.hasExpired(since, entry.updatedAt) ? this.base : entry.delay * 2
    this.entries.set(key, { delay: Math.min(delay, this.max), updatedAt: now })
  }

  /** When the delay that counts from `since` is over; undefined if it is or if there is none. */
  until(key: string, since: Micros, now: Micros): Micros | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || this.hasExpired(since, entry.updatedAt)) return undefined
    const over = since + entry.delay
    return now < over ? over : undefined
  }

  /** As `until`, counted from the last failure. */
  untilSinceUpdate(key: string, now: Micros): Micros | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || this.hasExpired(now, entry.updatedAt)) return undefined
    const over = entry.updatedAt + entry.delay
    return now < over ? over : undefined
  }

  forget(prefix: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) this.entries.delete(key)
  }

  private hasExpired(at: Micros, updatedAt: Micros): boolean {
    return at - updatedAt > 2 * this.max
  }
}
