import type { Micros, Seq } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import type { ActorContext } from '../actor.ts'
import { exponential } from './backoff.ts'
import { Line } from './line.ts'
import { TokenBucket } from './token-bucket.ts'

/** Source: client-go/util/workqueue/default_rate_limiters.go, DefaultTypedControllerRateLimiter: 5 ms·2^n ≤ 1000 s, 10 qps with burst 100. */
const RETRY_BASE: Micros = millis(5)
const RETRY_MAX: Micros = seconds(1000)
const RETRY_QPS = 10
const RETRY_BURST = 100

export const QUEUE_TIMER = 'queue'

export interface QueueLimits {
  readonly base?: Micros
  readonly max?: Micros
}

/**
 * client-go's rate-limiting work queue: keys, each at most once, never two workers on one key.
 * A key that is added while it is worked on waits until that is done. With each key goes the position of the event that
 * woke it first: the cause of what the worker will do.
 */
export class WorkQueue {
  private readonly ready = new Line<Seq>()
  private readonly processing = new Set<string>()
  private readonly again = new Map<string, Seq>()
  private readonly delayed = new Map<string, { readonly due: Micros; readonly cause: Seq }>()
  private readonly failures = new Map<string, number>()
  private readonly bucket = new TokenBucket(RETRY_QPS, RETRY_BURST)
  private readonly base: Micros
  private readonly max: Micros

  constructor(limits: QueueLimits = {}) {
    this.base = limits.base ?? RETRY_BASE
    this.max = limits.max ?? RETRY_MAX
  }

  get length(): number {
    return this.ready.size
  }

  add(key: string, cause: Seq): void {
    if (this.processing.has(key)) {
      if (!this.again.has(key)) this.again.set(key, cause)
    } else this.ready.add(key, cause)
  }

  /** Adds the key later; of several delays the shortest counts. */
  addAfter(context: ActorContext, key: string, delay: Micros, cause: Seq): void {
    if (delay <= 0) {
      this.add(key, cause)
      return
    }
    const due = context.monotonic + delay
    const planned = this.delayed.get(key)
    if (planned !== undefined && planned.due <= due) return
    this.delayed.set(key, { due, cause })
    context.setTimer(QUEUE_TIMER, key, delay)
  }

  /** Adds the key after its own back-off, but no sooner than the queue's overall rate allows. */
  addRateLimited(context: ActorContext, key: string, cause: Seq): void {
    const failures = this.failures.get(key) ?? 0
    this.failures.set(key, failures + 1)
    const own = exponential(this.base, this.max, failures)
    this.addAfter(context, key, Math.max(own, this.bucket.reserve(context.monotonic)), cause)
  }

  forget(key: string): void {
    this.failures.delete(key)
  }

  retries(key: string): number {
    return this.failures.get(key) ?? 0
  }

  /** A delay is over. */
  due(key: string): void {
    const planned = this.delayed.get(key)
    if (planned === undefined) return
    this.delayed.delete(key)
    this.add(key, planned.cause)
  }

  take(): { readonly key: string; readonly cause: Seq } | undefined {
    const first = this.ready.shift()
    if (first === undefined) return undefined
    this.processing.add(first.key)
    return { key: first.key, cause: first.value }
  }

  done(key: string): void {
    this.processing.delete(key)
    const cause = this.again.get(key)
    if (cause === undefined) return
    this.again.delete(key)
    this.ready.add(key, cause)
  }
}
