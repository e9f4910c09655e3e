import { either } from 'fp-ts'
import { firstFailure } from './codec-failure.ts'
import type { LogEvent } from './envelope.ts'
import { errorAt, type Problem } from './problem.ts'
import { rows, type EventRow } from './rows.ts'

/** A line of a recording as an event, or what is wrong with it. `lineNumber` counts from 1. */
export const decodeLine = (line: string, lineNumber: number): either.Either<Problem, LogEvent> =>
  decodeLineWith(rows, line, lineNumber)

/** The same by any catalogue: what an upcaster does can be shown before the first real one exists. */
export const decodeLineWith = (
  catalogue: ReadonlyMap<string, EventRow>,
  line: string,
  lineNumber: number,
): either.Either<Problem, LogEvent> => {
  const decoded = decode(catalogue, line)
  return 'message' in decoded ? either.left(errorAt(lineNumber, decoded.path, decoded.message)) : either.right(decoded)
}

interface Fault {
  readonly path: string
  readonly message: string
}

type Fields = Readonly<Record<string, unknown>>

/** The way of a sound line allocates nothing besides the event itself: half a million of them pass per second. */
const decode = (catalogue: ReadonlyMap<string, EventRow>, line: string): LogEvent | Fault => {
  let envelope: unknown
  try {
    envelope = JSON.parse(line)
  } catch (error) {
    return { path: '', message: `not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (!isRecord(envelope)) return { path: '', message: 'not an event: no JSON object' }
  const fault = envelopeFault(envelope)
  if (fault !== undefined) return fault

  const { type, v, data } = envelope
  const row = catalogue.get(String(type))
  if (row === undefined) return { path: 'type', message: `${JSON.stringify(type)} is not in the catalogue` }
  // What already is what the codec describes is taken as it stands; only a refusal needs the slower way that explains.
  // The one cast: envelope and data have been vouched for, the data by the codec that belongs to the type.
  if (v === row.v && row.data.is(data)) return envelope as Fields & LogEvent
  return decodeData(row, envelope)
}

const decodeData = (row: EventRow, envelope: Fields): LogEvent | Fault => {
  const lifted = upcast(row, String(envelope['type']), Number(envelope['v']), envelope['data'])
  if (either.isLeft(lifted)) return { path: 'v', message: lifted.left }
  const checked = row.data.decode(lifted.right)
  if (either.isRight(checked)) return { ...envelope, v: row.v, data: checked.right } as Fields & LogEvent
  const { path, message } = firstFailure(checked.left)
  return { path: path === '' ? 'data' : `data.${path}`, message }
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Number of fields that every event has; `to` comes on top. */
const REQUIRED_FIELDS = 7

const KNOWN_FIELDS: ReadonlySet<string> = new Set(['seq', 'at', 'by', 'to', 'cause', 'type', 'v', 'data'])

/** Field by field, because a codec for eight fields known in advance would cost more than the rest of the line. */
const envelopeFault = (fields: Fields): Fault | undefined => {
  const { seq, at, by, to, cause, type, v, data } = fields
  if (!isInteger(seq, 1)) return unlike(fields, 'seq', 'an integer from 1')
  if (!isInteger(at, 0)) return unlike(fields, 'at', 'an integer from 0')
  if (typeof by !== 'string') return unlike(fields, 'by', 'a string')
  if (to !== undefined && typeof to !== 'string') return unlike(fields, 'to', 'a string')
  if (!isInteger(cause, 0) || cause >= seq) return unlike(fields, 'cause', `an integer from 0 to ${seq - 1}`)
  if (typeof type !== 'string') return unlike(fields, 'type', 'a string')
  if (!isInteger(v, 1)) return unlike(fields, 'v', 'an integer from 1')
  if (data === undefined) return unlike(fields, 'data', 'what the type asks for')
  const keys = Object.keys(fields)
  if (keys.length === REQUIRED_FIELDS + (to === undefined ? 0 : 1)) return undefined
  return { path: keys.find((key) => !KNOWN_FIELDS.has(key)) ?? '', message: 'no field of an event' }
}

const isInteger = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least

const unlike = (fields: Fields, path: string, expected: string): Fault => {
  const got = fields[path] === undefined ? 'nothing' : JSON.stringify(fields[path])
  return { path, message: `expected ${expected}, got ${got}` }
}

/** Lifts `data` from its version to today's, one version at a time. */
const upcast = (row: EventRow, type: string, from: number, data: unknown): either.Either<string, unknown> => {
  if (from > row.v) {
    return either.left(`${type} v${from} is newer than the v${row.v} known here: read it with a newer Seatrial`)
  }
  let lifted = data
  for (let v = from; v < row.v; v++) {
    const step = row.upcast?.[v]
    if (step === undefined) return either.left(`${type} v${v} cannot be lifted to v${v + 1}`)
    try {
      lifted = step(lifted)
    } catch (error) {
      // An upcaster reads data that no codec has vouched for, so what it throws says something about the bytes.
      const why = error instanceof Error ? error.message : String(error)
      return either.left(`${type} v${v} cannot be lifted to v${v + 1}: ${why}`)
    }
  }
  return either.right(lifted)
}
