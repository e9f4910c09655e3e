import { ClusterProjections } from '../cluster/projections.ts'
import type { LogEvent, Micros, Seq } from '../events/envelope.ts'
import type { Recording } from '../events/recording.ts'

/** What a recording shows, folded up to a moment. Nothing runs again. */
export interface Record {
  readonly projections: ClusterProjections
  /** The events by position, for causal chains. */
  readonly log: { get(seq: Seq): LogEvent | undefined; causeOf(seq: Seq): Seq }
  /** Time of the last event that was folded. */
  readonly end: Micros
}

/** Folds a recording's events up to and including `until`. */
export const openRecord = ({ events }: Pick<Recording, 'events'>, until: Micros = Number.MAX_SAFE_INTEGER): Record => {
  const bySeq = new Map<Seq, LogEvent>()
  const log = {
    get: (seq: Seq) => bySeq.get(seq),
    causeOf: (seq: Seq) => bySeq.get(seq)?.cause ?? 0,
  }
  const projections = new ClusterProjections('all', (seq) => log.causeOf(seq))
  let end = 0
  for (const event of events) {
    if (event.at > until) break
    bySeq.set(event.seq, event)
    projections.fold(event)
    end = event.at
  }
  return { projections, log, end }
}
