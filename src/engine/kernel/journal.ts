import { Subject, type Observable } from 'rxjs'
import { catalogue, type EventData, type EventType } from '../../events/catalogue/index.ts'
import type { ActorId, EventOf, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import { invariant } from '../invariant.ts'

/** Where the kernel puts events: the log, or anything that takes them in order. */
export interface EventSink {
  append(event: LogEvent): void
}

/** By whom an event is that the kernel tells. */
export const KERNEL: ActorId = 'kernel'

/** The clock, the event in hand, and the one way into the log. */
export class Journal {
  /** Since the run began, whatever a machine's clock shows. */
  now: Micros = 0
  /** The event in hand: the default cause of what is emitted. */
  current: LogEvent | undefined
  private lastSeq: Seq = 0
  private readonly log: EventSink
  private readonly fold: ((event: LogEvent) => void) | undefined
  private readonly subject = new Subject<LogEvent>()

  readonly events$: Observable<LogEvent> = this.subject.asObservable()

  constructor(log: EventSink, fold: ((event: LogEvent) => void) | undefined) {
    this.log = log
    this.fold = fold
  }

  /** Position of the newest event. */
  get seq(): Seq {
    return this.lastSeq
  }

  get cause(): Seq {
    return this.current?.seq ?? 0
  }

  append<T extends EventType>(by: ActorId, type: T, data: EventData<T>, to: ActorId | undefined, cause: Seq): LogEvent {
    invariant(cause <= this.lastSeq, 'a cause stands before its effect')
    const seq = ++this.lastSeq
    // The one cast of the kernel: T is one member of the union, which TypeScript cannot follow through a generic.
    const event: EventOf<T> = { seq, at: this.now, by, to, cause, type, v: catalogue[type].v, data }
    return this.write(event as LogEvent)
  }

  private write(event: LogEvent): LogEvent {
    this.log.append(event)
    if (this.fold !== undefined) this.fold(event)
    if (this.subject.observed) this.subject.next(event)
    return event
  }
}
