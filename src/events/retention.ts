import { OUTSIDE, type LogEvent, type Seq } from './envelope.ts'
import { invariant } from './invariant.ts'
import { rows } from './rows.ts'
import { SeqColumn } from './seq-column.ts'

/** What is kept of a log: every event; what cannot be regenerated or explains the rest; nothing but causes and digest. */
export type Retain = 'all' | 'facts' | 'none'

/** Facts and faults say what happened, inputs from outside say why; messages, timers and inner commands come again from the seed. */
export const isKept = (retain: Retain, event: LogEvent): boolean => {
  if (retain !== 'facts') return retain === 'all'
  const kind = rows.get(event.type)?.class
  return kind === 'fact' || kind === 'fault' || event.by === OUTSIDE
}

/** For every event the nearest kept one among itself and its ancestors, so that chains stay whole when their links are left out. */
export class KeptAncestors {
  private readonly column = new SeqColumn()

  constructor() {
    this.column.push(0)
  }

  /** Takes the next event of the log, in order, kept or not. */
  note(seq: Seq, cause: Seq, kept: boolean): void {
    invariant(seq === this.column.length, `event ${this.column.length} comes next, not ${seq}`)
    this.column.push(kept ? seq : this.column.at(cause))
  }

  /** 0 when nothing that led to `seq` is kept. */
  of(seq: Seq): Seq {
    return this.column.at(seq)
  }
}

/**
 * The kept events among `events`, each with its cause lifted to its nearest kept ancestor: what a recording of facts holds.
 * `causeOf` is asked for positions that `events` leaves out.
 */
export function* factsOf(events: Iterable<LogEvent>, causeOf: (seq: Seq) => Seq): Generator<LogEvent> {
  const ancestors = new KeptAncestors()
  let next: Seq = 1
  for (const event of events) {
    for (; next < event.seq; next++) ancestors.note(next, causeOf(next), false)
    const kept = isKept('facts', event)
    ancestors.note(event.seq, event.cause, kept)
    next = event.seq + 1
    if (!kept) continue
    const cause = ancestors.of(event.cause)
    yield cause === event.cause ? event : { ...event, cause }
  }
}
