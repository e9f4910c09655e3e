import type { Micros, Seq } from '../../events/envelope.ts'
import { minutes } from '../../events/time.ts'
import { eventStamp } from '../../kubernetes/names.ts'
import { microTime } from '../../kubernetes/time.ts'
import type { ActorContext } from '../actor.ts'
import type { ApiCall, ApiClient } from './api-client.ts'
import { referenceTo, type EventSubject } from './event-recorder.ts'
import type { TokenBucket } from './token-bucket.ts'

/** Source: client-go/tools/events/event_broadcaster.go, finishTime and refreshTime. */
const FINISH: Micros = minutes(6)
const REFRESH: Micros = minutes(30)

export const SERIES_TIMER = 'event-series'

/** What makes two occurrences one event: all but when, and in which words. Source: event_broadcaster.go, eventKey. */
interface Occurrence {
  readonly about: EventSubject
  readonly type: 'Normal' | 'Warning'
  readonly action: string
  readonly reason: string
  readonly note: string
}

interface Told {
  readonly namespace: string
  readonly name: string
  readonly since: Micros
  count: number
  last: Micros
  /** How many occurrences the API server knows of. */
  written: number
}

/**
 * Writes Events of events.k8s.io: the first occurrence as an object, the second as the beginning of a series, further ones only
 * counted and told every half hour or when nothing has happened for six minutes.
 * Source: client-go/tools/events/event_broadcaster.go, recordToSink, refreshExistingEventSeries and finishSeries (v1.36).
 */
export class EventSeriesRecorder {
  private readonly client: ApiClient
  private readonly controller: string
  private readonly limiter: TokenBucket | undefined
  private readonly told = new Map<string, Told>()
  private serial = 0

  constructor(options: { client: ApiClient; controller: string; limiter?: TokenBucket }) {
    this.client = options.client
    this.controller = options.controller
    this.limiter = options.limiter
  }

  record(context: ActorContext, occurrence: Occurrence, cause: Seq = context.seq): void {
    const key = keyOf(occurrence)
    const known = this.told.get(key)
    if (known === undefined) {
      this.told.set(key, this.create(context, occurrence, cause))
      if (!context.hasTimer(SERIES_TIMER, '')) context.setTimer(SERIES_TIMER, '', FINISH)
      return
    }
    known.count++
    known.last = context.now
    if (known.count === 2) this.writeSeries(context, known, cause)
  }

  /** The alarm SERIES_TIMER fired: forgets what has ended, tells what goes on. */
  fired(context: ActorContext): void {
    for (const [key, one] of this.told) {
      const isOver = context.now - one.last >= FINISH
      const isStale = one.count > one.written && context.now - one.since >= REFRESH
      if (one.count > one.written && (isOver || isStale)) this.writeSeries(context, one, context.seq)
      if (isOver) this.told.delete(key)
    }
    if (this.told.size > 0) context.setTimer(SERIES_TIMER, '', FINISH)
  }

  private create(context: ActorContext, { about, type, action, reason, note }: Occurrence, cause: Seq): Told {
    const { now, host } = context
    const { namespace = 'default', name: subject } = about.object.metadata
    const name = `${subject}.${eventStamp(context.monotonic, this.serial++)}`
    const body = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: microTime(now),
      reportingController: this.controller,
      reportingInstance: `${this.controller}-${host}`,
      action,
      reason,
      regarding: referenceTo(about),
      note,
      type,
    }
    this.send(context, { verb: 'create', kind: 'Event', apiVersion: 'events.k8s.io/v1', namespace, name, body }, cause)
    return { namespace, name, since: now, count: 1, last: now, written: 1 }
  }

  private writeSeries(context: ActorContext, one: Told, cause: Seq): void {
    one.written = one.count
    const body = { series: { count: one.count, lastObservedTime: microTime(one.last) } }
    const { namespace, name } = one
    const object = { kind: 'Event', apiVersion: 'events.k8s.io/v1', namespace, name } as const
    this.send(context, { verb: 'patch', ...object, patchType: 'strategic', body }, cause)
  }

  private send(context: ActorContext, call: ApiCall<'Event'>, cause: Seq): void {
    this.client.call(context, call, () => {}, { cause, limiter: this.limiter })
  }
}

const keyOf = ({ about: { kind, object }, type, action, reason }: Occurrence): string => {
  const { namespace, name, uid, resourceVersion } = object.metadata
  return `${type}/${action}/${reason}/${kind}/${namespace ?? ''}/${name}/${uid}/${resourceVersion}`
}
