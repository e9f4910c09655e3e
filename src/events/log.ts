import type { Checkpoint } from './digest.ts'
import type { LogEvent, Seq } from './envelope.ts'
import type { Retain } from './retention.ts'

/** Takes every event as it is appended, with the line it is written as: a recorder. Must not append. */
export type LogSink = (event: LogEvent, line: string) => void

export interface LogOptions {
  readonly retain: Retain
  /** Whether the log knows its own digest; costs the encoding of every event. */
  readonly digest: boolean
  /** Given at birth, because a sink that joins late would record a log without a beginning. */
  readonly sinks?: readonly LogSink[]
}

/**
 * The one history of a run: append-only, by consecutive positions from 1, in order of time.
 *
 * Deliberately absent: changing or removing an event, queries by content (projections fold what they need), waiting.
 */
export interface EventLog {
  readonly retain: Retain
  /** Number of events ever appended, retained or not; also the position of the newest. */
  readonly length: number
  readonly nextSeq: Seq
  /** @throws InvariantError when the event is not the next one. */
  append(event: LogEvent): void
  /** Undefined when the event is not retained or not there yet. */
  get(seq: Seq): LogEvent | undefined
  /** What is retained of the positions from `from` up to but not including `to` (to the end by default), in order. */
  range(from: Seq, to?: Seq): Iterable<LogEvent>
  /** Cause of any event ever appended, whether or not the event itself is retained. */
  causeOf(seq: Seq): Seq
  /** Digest of every event ever appended, retained or not. @throws InvariantError when the log keeps none. */
  digest(): string
  /** The digest after every 1,000 events; empty when the log keeps none. */
  readonly checkpoints: readonly Checkpoint[]
}
