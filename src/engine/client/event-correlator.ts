import type { Micros } from '../../events/envelope.ts'
import { minutes, seconds } from '../../events/time.ts'
import { LruMap } from './lru-map.ts'

/** Source: client-go/tools/record/events_cache.go: maxLruCacheEntries, defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds, defaultSpamBurst, defaultSpamQPS. */
const CACHE_SIZE = 4096
const AGGREGATE_FROM = 10
const AGGREGATE_WINDOW: Micros = minutes(10)
const SPAM_BURST = 25
const SPAM_REFILL: Micros = seconds(300)

/** What tells events apart. */
export interface EventIdentity {
  /** About whom: kind, namespace, name, uid. */
  readonly subject: string
  readonly fieldPath: string
  readonly type: string
  readonly reason: string
  readonly message: string
}

/** How an event is written: as a new object, or as a higher count of one that was written before. */
export interface Correlated {
  readonly name: string
  readonly message: string
  readonly count: number
  readonly first: Micros
  readonly patch: boolean
  /** Stands for similar ones. */
  readonly combined: boolean
}

interface Similar {
  /** Different messages of late. */
  readonly messages: Set<string>
  last: Micros
}

interface Observed {
  readonly name: string
  readonly count: number
  readonly first: Micros
}

/**
 * Repeated events become a higher count; from the tenth different message on, similar ones are combined into one event
 * that is written over; too many of one type about one object are dropped, though they still count.
 * Source: client-go/tools/record/events_cache.go, EventCorrelator.EventCorrelate (v1.36).
 */
export class EventCorrelator {
  private readonly similar = new LruMap<Similar>(CACHE_SIZE)
  private readonly observed = new LruMap<Observed>(CACHE_SIZE)
  private readonly spam = new LruMap<SpamBucket>(CACHE_SIZE)

  /** `at` is when the event happened, on the clock that is written down; `elapsed` is a clock that never jumps. Undefined: dropped. */
  correlate(event: EventIdentity, name: string, at: Micros, elapsed: Micros): Correlated | undefined {
    const group = groupOf(event)
    const combined = this.isOneOfMany(group, event.message, elapsed)
    const key = combined ? group : keyOf(event, event.message)
    const before = this.observed.get(key)
    const seen = before === undefined ? { name, count: 1, first: at } : { ...before, count: before.count + 1 }
    this.observed.set(key, seen)
    if (!this.allows(`${event.subject}/${event.type}`, elapsed)) return undefined
    const message = combined ? `(combined from similar events): ${event.message}` : event.message
    return { ...seen, message, combined, patch: before !== undefined }
  }

  /** An event has been written: the next one that says the same adds to it. Source: eventLogger.updateState. */
  written(event: EventIdentity, { name, count, first, message }: Correlated): void {
    this.observed.set(keyOf(event, message), { name, count, first })
  }

  /** Source: EventAggregator.EventAggregate. Upstream forgets any one message of a full set; here it is the oldest. */
  private isOneOfMany(group: string, message: string, elapsed: Micros): boolean {
    let similar = this.similar.get(group)
    if (similar === undefined || elapsed - similar.last > AGGREGATE_WINDOW) {
      similar = { messages: new Set(), last: elapsed }
      this.similar.set(group, similar)
    }
    const { messages } = similar
    messages.add(message)
    similar.last = elapsed
    if (messages.size < AGGREGATE_FROM) return false
    for (const oldest of messages) {
      messages.delete(oldest)
      break
    }
    return true
  }

  /** Warnings about an object and what is normal are counted apart: observed with v1.36.2, kubelet and replicaset-controller. */
  private allows(key: string, elapsed: Micros): boolean {
    let bucket = this.spam.get(key)
    if (bucket === undefined) this.spam.set(key, (bucket = new SpamBucket(elapsed)))
    return bucket.take(elapsed)
  }
}

const groupOf = ({ subject, type, reason }: EventIdentity): string => `${subject}/${type}/${reason}`

const keyOf = (event: EventIdentity, message: string): string => `${groupOf(event)}/${event.fieldPath}/${message}`

/** 25 events at once, then one in five minutes. */
class SpamBucket {
  private tokens = SPAM_BURST
  private refilledAt: Micros

  constructor(now: Micros) {
    this.refilledAt = now
  }

  take(now: Micros): boolean {
    const earned = Math.floor((now - this.refilledAt) / SPAM_REFILL)
    if (earned > 0) {
      this.tokens = Math.min(SPAM_BURST, this.tokens + earned)
      this.refilledAt += earned * SPAM_REFILL
    }
    if (this.tokens === 0) return false
    this.tokens--
    return true
  }
}
