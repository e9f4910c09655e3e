import { either } from 'fp-ts'
import * as t from 'io-ts'
import { firstFailure } from './codec-failure.ts'
import type { Checkpoint } from './digest.ts'
import type { LogEvent, Seq } from './envelope.ts'
import { errorAt, type Problem } from './problem.ts'
import { sha256 } from './sha256.ts'

/**
 * The format of a recording: JSON lines.
 *
 *     {"seatrial":"recording","format":1,"seed":7,"options":{},"keep":"all","version":"0.1.0","seal":"9f2c…"}
 *     {"seq":1,"at":0,"by":"kernel",…}                      one event per line
 *     {"digest":"5b1e…","seq":1000}                         after every 1,000 event lines
 *     {"digest":"77a0…","seq":1234,"end":true,"seal":"…"}   the last line
 *
 * The digest is the `DigestChain` over the event lines of the file, so in a recording that keeps all it is the digest of
 * the log itself. With `keep: facts` the cause of an event is its nearest ancestor in the file; the digest of the whole
 * log then stands in the end line as `log`, for whoever runs the seed again. `seal` guards the lines that no digest covers.
 */
export const FORMAT = 1

/** What a recording keeps of its log. */
export type Keep = 'all' | 'facts'

const keep = t.keyof({ all: 1, facts: 1 })

/** What a run is made of: with these, the log can be made again. */
export interface RecordingHeader {
  readonly seed: number
  /** What the cluster was created with, as plain JSON. */
  readonly options: Readonly<Record<string, unknown>>
  readonly keep: Keep
  /** Version of Seatrial that wrote it. */
  readonly version: string
  /** Version of the time zone database, which decides when a CronJob with a time zone is due. */
  readonly tz?: string
}

/** How a recording ends. */
export interface RecordingEnd {
  /** Digest of the event lines of the file. */
  readonly digest: string
  /** Length of the log, which with `keep: facts` may go on behind the last event of the file. */
  readonly seq: Seq
  /** Digest of the whole log, where it is not the digest of the file. */
  readonly log?: string
}

/** A recording that has been read and found sound as far as it goes. */
export interface Recording {
  readonly header: RecordingHeader
  readonly events: readonly LogEvent[]
  /** Digests by the last event before them. */
  readonly checkpoints: readonly Checkpoint[]
  /** Absent when the writer was stopped: the recording then is a prefix, and `warnings` says so. */
  readonly end?: RecordingEnd
  readonly warnings: readonly Problem[]
}

/** A recording that must not be used as a whole. */
export interface DamagedRecording {
  readonly header?: RecordingHeader
  /** What stands before the first damaged block: sound, but not the whole story. */
  readonly events: readonly LogEvent[]
  /** The first ones, errors and warnings, in the order of their discovery. */
  readonly problems: readonly Problem[]
  /** How many errors there are, also those that are not listed. */
  readonly errorCount: number
}

export type ReadOutcome = either.Either<DamagedRecording, Recording>

const headerCodec = t.intersection([
  t.type({
    seatrial: t.literal('recording'),
    format: t.Int,
    seed: t.number,
    options: t.UnknownRecord,
    keep,
    version: t.string,
  }),
  t.partial({ tz: t.string }),
])

const checkpointCodec = t.type({ digest: t.string, seq: t.Int })

const endCodec = t.intersection([
  t.type({ digest: t.string, seq: t.Int, end: t.literal(true) }),
  t.partial({ log: t.string }),
])

export const headerLine = ({ seed, options, keep, version, tz }: RecordingHeader): string =>
  seal(JSON.stringify({ seatrial: 'recording', format: FORMAT, seed, options, keep, tz, version }))

export const checkpointLine = ({ digest, seq }: Checkpoint): string => JSON.stringify({ digest, seq })

export const endLine = ({ digest, seq, log }: RecordingEnd): string =>
  seal(JSON.stringify({ digest, seq, end: true, log }))

/** How each sort of line begins: told apart without parsing. */
export const HEADER_START = '{"seatrial":'
export const DIGEST_START = '{"digest":'
export const EVENT_START = '{"seq":'

export const decodeHeader = (line: string, lineNumber: number): either.Either<Problem, RecordingHeader> => {
  const format = FORMAT_FIELD.exec(line)?.[1]
  if (line.startsWith(HEADER_START) && format !== undefined && Number(format) > FORMAT) {
    return either.left(
      errorAt(
        lineNumber,
        'format',
        `recording format ${format} is newer than the ${FORMAT} known here: read it with a newer Seatrial`,
      ),
    )
  }
  if (!line.startsWith(HEADER_START)) return either.left(errorAt(lineNumber, '', `no header of a Seatrial recording`))
  const decoded = decodeSealed(headerCodec, line, lineNumber, 'header')
  if (either.isLeft(decoded)) return decoded
  const { seed, options, keep, version, tz } = decoded.right
  const header = { seed, options, keep, version }
  return either.right(tz === undefined ? header : { ...header, tz })
}

const FORMAT_FIELD = /"format":(\d+)[,}]/

export const decodeCheckpoint = (line: string, lineNumber: number): either.Either<Problem, Checkpoint> => {
  const decoded = decodeControl(checkpointCodec, line, lineNumber)
  // No digest covers a digest line, so it has to be exactly what a writer writes.
  if (either.isLeft(decoded) || checkpointLine(decoded.right) === line) return decoded
  return either.left(errorAt(lineNumber, '', 'the digest line was changed or damaged'))
}

export const isEndLine = (line: string): boolean => line.includes('"end":')

export const decodeEnd = (line: string, lineNumber: number): either.Either<Problem, RecordingEnd> => {
  const decoded = decodeSealed(endCodec, line, lineNumber, 'end')
  if (either.isLeft(decoded)) return decoded
  const { digest, seq, log } = decoded.right
  return either.right(log === undefined ? { digest, seq } : { digest, seq, log })
}

/** Hex digits of a seal: enough against accident; nothing here guards against malice. */
const SEAL_DIGITS = 16

const seal = (json: string): string => `${json.slice(0, -1)},"seal":"${sha256(json).slice(0, SEAL_DIGITS)}"}`

const SEALED = /^(.*),"seal":"([0-9a-f]{16})"}$/s

const decodeSealed = <A>(
  codec: t.Type<A, unknown>,
  line: string,
  lineNumber: number,
  name: string,
): either.Either<Problem, A> => {
  const [, body, digits] = SEALED.exec(line) ?? []
  if (body === undefined || seal(`${body}}`) !== line) {
    const why = digits === undefined ? 'has no seal' : 'does not match its seal'
    return either.left(errorAt(lineNumber, '', `the ${name} line ${why}: it was changed or damaged`))
  }
  return decodeControl(codec, `${body}}`, lineNumber)
}

const decodeControl = <A>(codec: t.Type<A, unknown>, line: string, lineNumber: number): either.Either<Problem, A> => {
  try {
    const decoded = codec.decode(JSON.parse(line))
    if (either.isRight(decoded)) return decoded
    const { path, message } = firstFailure(decoded.left)
    return either.left(errorAt(lineNumber, path, message))
  } catch (error) {
    return either.left(errorAt(lineNumber, '', `not JSON: ${error instanceof Error ? error.message : String(error)}`))
  }
}
