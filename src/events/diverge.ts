import { CHECKPOINT_EVERY, type Checkpoint } from './digest.ts'
import { encodeEvent } from './encode.ts'
import type { LogEvent, Seq } from './envelope.ts'
import { invariant, InvariantError } from './invariant.ts'
import type { EventLog } from './log.ts'
import type { Keep, Recording } from './recording.ts'
import { factsOf } from './retention.ts'

/** One of two histories that should be the same. */
export interface History {
  readonly keep: Keep
  /** Digests of just the events that `events` gives; may be empty. */
  readonly checkpoints: readonly Checkpoint[]
  /** What is known from position `from` on, in order. */
  events(from: Seq): Iterable<LogEvent>
}

/** Where two histories part. */
export interface Divergence {
  /** How many events both have in common before this one. */
  readonly index: number
  /** Absent when this history ends here. */
  readonly left?: LogEvent
  readonly right?: LogEvent
  /** The first field that differs, `data.status.phase`; `length` when one history ends before the other. */
  readonly field: string
}

/** A log's history as far as the log retains it. */
export const historyOfLog = (log: EventLog): History => {
  invariant(log.retain !== 'none', 'a log that retains nothing has no history to compare')
  if (log.retain === 'all') return { keep: 'all', checkpoints: log.checkpoints, events: (from) => log.range(from) }
  // Its checkpoints cover events that it does not hold, so they cannot stand for those it does.
  return {
    keep: 'facts',
    checkpoints: [],
    events: (from) =>
      since(
        from,
        factsOf(log.range(1), (seq) => log.causeOf(seq)),
      ),
  }
}

export const historyOfRecording = ({ header, checkpoints, events }: Recording): History => ({
  keep: header.keep,
  checkpoints,
  events: (from) => since(from, events),
})

/**
 * The first event in which two histories differ; undefined when there is none.
 *
 * Checkpoints lead to the right thousand, whose events are then compared line by line. A history of everything and one of
 * facts are compared by their facts.
 */
export const firstDivergence = (left: History, right: History): Divergence | undefined => {
  if (left.keep !== right.keep) return firstDivergence(factsIn(left), factsIn(right))
  const common = commonCheckpoints(left.checkpoints, right.checkpoints)
  const from = common === 0 ? 1 : (left.checkpoints[common - 1]?.seq ?? 0) + 1
  const lefts = left.events(from)[Symbol.iterator]()
  const rights = right.events(from)[Symbol.iterator]()
  for (let index = common * CHECKPOINT_EVERY; ; index++) {
    const mine = take(lefts)
    const other = take(rights)
    if (mine === undefined && other === undefined) return undefined
    if (mine === undefined || other === undefined) return { index, left: mine, right: other, field: 'length' }
    const field = mine === other ? undefined : differingField(mine, other)
    if (field !== undefined) return { index, left: mine, right: other, field }
  }
}

const factsIn = (history: History): History => {
  if (history.keep === 'facts') return { ...history, checkpoints: [] }
  const facts = (): Iterable<LogEvent> => factsOf(history.events(1), unreachable)
  return { keep: 'facts', checkpoints: [], events: (from) => since(from, facts()) }
}

const unreachable = (seq: Seq): never => {
  throw new InvariantError(`a history of everything holds event ${seq}`)
}

/** How many checkpoints agree from the start. Chained digests never agree again, so bisection finds the last that does. */
const commonCheckpoints = (left: readonly Checkpoint[], right: readonly Checkpoint[]): number => {
  let low = 0
  let high = Math.min(left.length, right.length)
  while (low < high) {
    const middle = (low + high) >>> 1
    const mine = left[middle]
    const other = right[middle]
    if (mine?.digest === other?.digest && mine?.seq === other?.seq) low = middle + 1
    else high = middle
  }
  return low
}

const differingField = (left: LogEvent, right: LogEvent): string | undefined => {
  const mine = encodeEvent(left)
  const other = encodeEvent(right)
  return mine === other
    ? undefined
    : (differingPath(JSON.parse(mine), JSON.parse(other), '') ?? 'data, order of fields')
}

/** Path of the first difference between two JSON values, fields in the order of the left one; undefined when they hold the same. */
const differingPath = (left: unknown, right: unknown, path: string): string | undefined => {
  if (!isBranch(left) || !isBranch(right) || Array.isArray(left) !== Array.isArray(right)) {
    return left === right ? undefined : path
  }
  const mine = new Map<string, unknown>(Object.entries(left))
  const other = new Map<string, unknown>(Object.entries(right))
  for (const key of new Set([...mine.keys(), ...other.keys()])) {
    const inner = path === '' ? key : `${path}.${key}`
    if (mine.has(key) !== other.has(key)) return inner
    const found = differingPath(mine.get(key), other.get(key), inner)
    if (found !== undefined) return found
  }
  return undefined
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null

const take = (events: Iterator<LogEvent>): LogEvent | undefined => {
  const next = events.next()
  return next.done === true ? undefined : next.value
}

function* since(from: Seq, events: Iterable<LogEvent>): Generator<LogEvent> {
  for (const event of events) if (event.seq >= from) yield event
}
