import type { LogEvent, Seq } from './envelope.ts'
import { invariant } from './invariant.ts'
import { rows } from './rows.ts'

/**
 * The one line that an event is written and hashed as: JSON without spaces, keys in the envelope's order, `data` in the
 * order in which its fields were written.
 *
 * Sorting the keys of `data` would cost more than writing it, and actors are deterministic: the same run builds the same
 * objects in the same order. A lone surrogate is escaped by JSON itself, so the line is always valid UTF-8.
 */
export const encodeEvent = (event: LogEvent): string => {
  const row = rows.get(event.type)
  invariant(row !== undefined, `${event.type} is in the catalogue`)
  // `undefined` is the one value JSON cannot write although TypeScript says it can.
  const data: string | undefined = JSON.stringify(row.encode === undefined ? event.data : row.encode(event.data))
  invariant(data !== undefined, `the data of ${event.type} can be written as JSON`)
  return `${head(event, event.cause)},"data":${data}}`
}

/** The line of an event under another cause, made from the line it has. */
export const withCause = (event: LogEvent, line: string, cause: Seq): string =>
  // The first `,"data":` is the key: inside the strings before it every quote is escaped.
  cause === event.cause ? line : head(event, cause) + line.slice(line.indexOf(',"data":'))

const head = ({ seq, at, by, to, type, v }: LogEvent, cause: Seq): string => {
  const addressee = to === undefined ? '' : `"to":${JSON.stringify(to)},`
  return `{"seq":${seq},"at":${at},"by":${JSON.stringify(by)},${addressee}"cause":${cause},"type":"${type}","v":${v}`
}
