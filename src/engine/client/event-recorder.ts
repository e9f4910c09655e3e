import type { Micros, Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { seconds } from '../../events/time.ts'
import { fnv32a } from '../../kubernetes/hash.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { eventStamp } from '../../kubernetes/names.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { Event } from '../../kubernetes/types/core.ts'
import type { ObjectReference } from '../../kubernetes/types/meta.ts'
import type { ActorContext } from '../actor.ts'
import type { ApiAnswer, ApiCall, ApiClient } from './api-client.ts'
import { EventCorrelator, type Correlated, type EventIdentity } from './event-correlator.ts'
import { TokenBucket } from './token-bucket.ts'

/** Source: client-go/tools/record/event.go: maxTriesPerEvent, defaultSleepDuration, maxQueuedEvents. */
const MAX_TRIES = 12
const TRY_AGAIN: Micros = seconds(10)
const MAX_QUEUED = 1000

export const EVENT_RETRY = 'event-retry'

/** Whom an event is about. Of an object that is known by name only, uid and resourceVersion are empty and left out. */
export interface EventSubject {
  readonly kind: Kind
  readonly object: ApiObject
  readonly fieldPath?: string
}

interface Recorded {
  readonly identity: EventIdentity
  readonly reference: ObjectReference
  readonly namespace: string
  readonly name: string
  readonly at: Micros
  readonly cause: Seq
}

/**
 * Writes v1 Events about objects, one after the other, in the order in which they happened. What cannot be delivered holds
 * up the rest until it is or is given up.
 * Source: client-go/tools/record/event.go, recordToSink and recordEvent (v1.36).
 */
export class EventRecorder {
  private readonly client: ApiClient
  private readonly component: string
  private readonly host: string | undefined
  private readonly correlator = new EventCorrelator()
  private readonly queue: Recorded[] = []
  private readonly limiter: TokenBucket | undefined
  /** The event that is being written. */
  private current: { readonly event: Recorded; readonly as: Correlated; tries: number } | undefined
  private serial: number

  /** With `qps` events take turns of their own, as a kubelet's do; with `limiter` in that one; else they share the client's. */
  constructor(options: {
    client: ApiClient
    component: string
    host?: string
    qps?: number
    burst?: number
    limiter?: TokenBucket
  }) {
    this.client = options.client
    this.component = options.component
    this.host = options.host
    const { qps, burst } = options
    this.limiter = qps === undefined ? options.limiter : new TokenBucket(qps, burst ?? qps)
    this.serial = fnv32a(options.component) % 1000
  }

  record(
    context: ActorContext,
    about: EventSubject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    cause: Seq = context.seq,
  ): void {
    if (this.queue.length >= MAX_QUEUED) return
    const { kind, object, fieldPath } = about
    const { namespace, name, uid } = object.metadata
    this.queue.push({
      identity: {
        subject: `${kind}/${namespace ?? ''}/${name}/${uid}`,
        fieldPath: fieldPath ?? '',
        type,
        reason,
        message,
      },
      reference: referenceTo(about),
      namespace: namespace ?? 'default',
      name: `${name}.${eventStamp(context.monotonic, this.serial++)}`,
      at: context.now,
      cause,
    })
    if (this.current === undefined) this.next(context)
  }

  /** A pause after a try without answer is over. */
  retry(context: ActorContext, _key: string): void {
    if (this.current !== undefined) this.send(context, this.current.as.patch)
  }

  private next(context: ActorContext): void {
    this.current = undefined
    for (let event = this.queue.shift(); event !== undefined; event = this.queue.shift()) {
      const as = this.correlator.correlate(event.identity, event.name, event.at, context.monotonic)
      if (as === undefined) continue
      this.current = { event, as, tries: 0 }
      this.send(context, as.patch)
      return
    }
  }

  private send(context: ActorContext, patch: boolean): void {
    if (this.current === undefined) return
    const { event, as } = this.current
    const call = patch ? patchCall(event, as) : this.createCall(event, as)
    const done = (answer: ApiAnswer, later: ActorContext): void => this.answered(answer, patch, later)
    this.client.call(context, call, done, { cause: event.cause, limiter: this.limiter })
  }

  private answered(answer: ApiAnswer, patch: boolean, context: ActorContext): void {
    if (this.current === undefined) return
    const { event, as } = this.current
    if (answer.ok) this.correlator.written(event.identity, as)
    else if (patch && answer.code === 404) {
      this.send(context, false)
      return
    } else if (answer.code === 0 && ++this.current.tries < MAX_TRIES) {
      // The first pause is a random part, so that not all clients come back together.
      const pause = this.current.tries === 1 ? context.random.below(TRY_AGAIN) : TRY_AGAIN
      context.setTimer(EVENT_RETRY, '', pause)
      return
    }
    this.next(context)
  }

  private createCall({ identity, reference, namespace, at }: Recorded, as: Correlated): ApiCall<'Event'> {
    const { component, host } = this
    const body: NewEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: as.name, namespace },
      involvedObject: reference,
      reason: identity.reason,
      message: as.message,
      source: host === undefined ? { component } : { component, host },
      firstTimestamp: rfc3339(as.first),
      lastTimestamp: rfc3339(at),
      count: as.count,
      type: identity.type,
      eventTime: null,
      // Upstream makes the combined Event anew and leaves these out. Source: events_cache.go, EventAggregate.
      reportingComponent: as.combined ? '' : component,
      reportingInstance: as.combined ? '' : (host ?? ''),
    }
    return { verb: 'create', kind: 'Event', namespace, name: as.name, body }
  }
}

/** An Event as its writer sends it: the API server gives it the rest of its metadata. */
type NewEvent = Omit<Event, 'metadata'> & { readonly metadata: { readonly name: string; readonly namespace: string } }

const patchCall = ({ namespace, at }: Recorded, { name, count, message }: Correlated): ApiCall<'Event'> => ({
  verb: 'patch',
  kind: 'Event',
  namespace,
  name,
  patchType: 'strategic',
  body: { count, lastTimestamp: rfc3339(at), message },
})

export const referenceTo = ({ kind, object, fieldPath }: EventSubject): ObjectReference => {
  const { namespace, name, uid, resourceVersion } = object.metadata
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === '' ? {} : { uid }),
    apiVersion: object.apiVersion,
    ...(resourceVersion === '' ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  }
}
