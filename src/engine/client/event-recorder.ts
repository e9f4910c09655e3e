import type { Micros, Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { minutes, seconds } from '../../events/time.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { Event } from '../../kubernetes/types/core.ts'
import type { ActorContext } from '../actor.ts'
import type { ApiClient } from './api-client.ts'
import { TokenBucket } from './token-bucket.ts'

/** Source: client-go/tools/record/events_cache.go: defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds, defaultSpamBurst, defaultSpamQPS. */
const AGGREGATE_AFTER = 10
const AGGREGATE_WINDOW: Micros = minutes(10)
const SPAM_BURST = 25
const SPAM_REFILL: Micros = seconds(300)
/** Source: client-go/tools/record/event.go, maxTriesPerEvent and defaultSleepDuration. */
const MAX_TRIES = 12
const TRY_AGAIN: Micros = seconds(10)

export const EVENT_RETRY = 'event-retry'

interface Seen {
  readonly name: string
  count: number
  readonly first: Micros
}

interface Aggregate {
  messages: Set<string>
  last: Micros
}

interface Unsent {
  readonly event: Event
  readonly cause: Seq
  readonly patch: boolean
  tries: number
}

/**
 * Writes v1 Events about objects, as client-go's recorder does: repeated ones become a higher count, many similar ones
 * are combined, too many from one source about one object are dropped.
 * Source: client-go/tools/record/events_cache.go, EventCorrelator (v1.36).
 */
export class EventRecorder {
  private readonly client: ApiClient
  private readonly component: string
  private readonly host: string | undefined
  private readonly seen = new Map<string, Seen>()
  private readonly aggregates = new Map<string, Aggregate>()
  private readonly spam = new Map<string, SpamBucket>()
  private readonly unsent = new Map<string, Unsent>()
  private readonly limiter: TokenBucket | undefined
  private next = 0

  constructor(options: { client: ApiClient; component: string; host?: string; qps?: number; burst?: number }) {
    this.client = options.client
    this.component = options.component
    this.host = options.host
    this.limiter = options.qps === undefined ? undefined : new TokenBucket(options.qps, options.burst ?? options.qps)
  }

  record(
    context: ActorContext,
    about: { readonly kind: Kind; readonly object: ApiObject; readonly fieldPath?: string },
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    cause: Seq = context.seq,
  ): void {
    const { object } = about
    const source = `${object.metadata.namespace ?? ''}/${object.metadata.name}/${object.metadata.uid}`
    if (!this.allows(source, context.now)) return
    const group = `${source}/${about.fieldPath ?? ''}/${type}/${reason}`
    const text = this.aggregate(group, message, context.now)
    const key = `${group}/${text}`
    const { now } = context
    const known = this.seen.get(key)
    if (known !== undefined) known.count++
    const seen = known ?? { name: this.nameFor(object.metadata.name, context), count: 1, first: now }
    if (known === undefined) this.seen.set(key, seen)
    const event = this.eventOf(about, seen, type, reason, text, now)
    this.send(context, { event, cause, patch: known !== undefined, tries: 0 })
  }

  /** A try that failed is due again. */
  retry(context: ActorContext, key: string): void {
    const item = this.unsent.get(key)
    this.unsent.delete(key)
    if (item !== undefined) this.send(context, item)
  }

  private send(context: ActorContext, item: Unsent): void {
    const { event, patch, cause } = item
    const { namespace, name } = event.metadata
    const call = patch
      ? ({
          verb: 'patch',
          kind: 'Event',
          namespace,
          name,
          patchType: 'strategic',
          body: { count: event.count, lastTimestamp: event.lastTimestamp, message: event.message },
        } as const)
      : ({ verb: 'create', kind: 'Event', namespace, name, body: event } as const)
    this.client.call(
      context,
      call,
      (answer, later) => {
        if (answer.ok) return
        if (answer.code === 404 && patch) this.send(later, { ...item, patch: false })
        else if (answer.code === 0 && ++item.tries < MAX_TRIES) {
          const key = `${name}/${item.tries}`
          this.unsent.set(key, item)
          later.setTimer(EVENT_RETRY, key, TRY_AGAIN)
        }
      },
      { cause, limiter: this.limiter },
    )
  }

  private allows(source: string, now: Micros): boolean {
    let bucket = this.spam.get(source)
    if (bucket === undefined) this.spam.set(source, (bucket = new SpamBucket(now)))
    return bucket.take(now)
  }

  private aggregate(group: string, message: string, now: Micros): string {
    let aggregate = this.aggregates.get(group)
    if (aggregate === undefined || now - aggregate.last > AGGREGATE_WINDOW) {
      aggregate = { messages: new Set(), last: now }
      this.aggregates.set(group, aggregate)
    }
    aggregate.messages.add(message)
    aggregate.last = now
    return aggregate.messages.size < AGGREGATE_AFTER ? message : `(combined from similar events): ${message}`
  }

  private nameFor(name: string, context: ActorContext): string {
    // Upstream appends the time in nanoseconds, in hexadecimal; a counter keeps two events of one instant apart.
    const stamp = context.now * 1000 + (this.next++ % 1000)
    return `${name}.${stamp.toString(16)}`
  }

  private eventOf(
    about: { readonly kind: Kind; readonly object: ApiObject; readonly fieldPath?: string },
    seen: Seen,
    type: string,
    reason: string,
    message: string,
    now: Micros,
  ): Event {
    const { metadata, apiVersion } = about.object
    const namespace = metadata.namespace ?? 'default'
    const source =
      this.host === undefined ? { component: this.component } : { component: this.component, host: this.host }
    return {
      apiVersion: 'v1',
      kind: 'Event',
      // The API server fills in uid, resourceVersion and creationTimestamp.
      metadata: { name: seen.name, namespace, uid: '', resourceVersion: '', creationTimestamp: rfc3339(seen.first) },
      involvedObject: {
        kind: about.kind,
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        apiVersion,
        resourceVersion: metadata.resourceVersion,
        ...(about.fieldPath === undefined ? {} : { fieldPath: about.fieldPath }),
      },
      reason,
      message,
      source,
      firstTimestamp: rfc3339(seen.first),
      lastTimestamp: rfc3339(now),
      count: seen.count,
      type,
      eventTime: null,
      reportingComponent: this.component,
      reportingInstance: this.host ?? '',
    }
  }
}

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
