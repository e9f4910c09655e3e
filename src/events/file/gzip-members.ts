import { constants, crc32, inflateRawSync } from 'node:zlib'
import { errorAt, warningAt, type Problem } from '../problem.ts'

/** The first bytes of every gzip file. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/**
 * Reads a gzip file member by member, synchronously and in little memory.
 *
 * A recorder writes one member per block of text, so that whatever was on disk when it was stopped can be read. Node's own
 * `gunzipSync` wants the whole file at once and gives nothing of a damaged one. A file of one large member, as `gzip`
 * makes it, works too and takes as much memory as it has text.
 * Source of the layout: RFC 1952, section 2.3.
 */
export function* gunzipped(chunks: Iterable<Uint8Array>, onProblem: (problem: Problem) => void): Generator<Buffer> {
  let parts: Uint8Array[] = []
  let size = 0
  // A member that is still open is tried again only when there is twice as much of it.
  let wanted = 1
  for (const chunk of chunks) {
    parts.push(chunk)
    size += chunk.length
    if (size < wanted) continue
    const rest = yield* readMembers(Buffer.concat(parts), onProblem)
    if (rest === undefined) return
    parts = [rest]
    size = rest.length
    wanted = rest.length * 2
  }
  const rest = yield* readMembers(Buffer.concat(parts), onProblem)
  if (rest !== undefined && rest.length > 0) yield* readTorn(rest, onProblem)
}

/** Yields the text of each whole member; gives the bytes behind the last of them, or undefined when one is damaged. */
function* readMembers(bytes: Buffer, onProblem: (problem: Problem) => void): Generator<Buffer, Buffer | undefined> {
  let start = 0
  while (start < bytes.length) {
    const member = readMember(bytes.subarray(start))
    if (member.state === 'open') break
    if (member.state === 'damaged') {
      onProblem(errorAt(0, '', member.why))
      return undefined
    }
    yield member.text
    start += member.length
  }
  return bytes.subarray(start)
}

/** The end of a file whose writer was stopped: as much of its last member as is there. */
function* readTorn(bytes: Buffer, onProblem: (problem: Problem) => void): Generator<Buffer> {
  onProblem(warningAt(0, 'the compressed data end early; read as far as they go'))
  const start = headerLength(bytes)
  if (start === undefined || start >= bytes.length) return
  try {
    yield inflateRawSync(bytes.subarray(start), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (error) {
    onProblem(errorAt(0, '', damage(error)))
  }
}

type Member =
  | { readonly state: 'whole'; readonly text: Buffer; readonly length: number }
  /** The bytes end before the member does. */
  | { readonly state: 'open' }
  | { readonly state: 'damaged'; readonly why: string }

/** Bytes behind the compressed data: CRC-32 and length of the text, modulo 2^32. */
const TRAILER = 8

const readMember = (bytes: Buffer): Member => {
  const start = headerLength(bytes)
  if (start === undefined) return { state: 'damaged', why: 'no gzip data where they should go on' }
  if (start >= bytes.length) return { state: 'open' }
  try {
    const { text, taken } = inflateFirst(bytes.subarray(start))
    const end = start + taken
    if (end + TRAILER > bytes.length) return { state: 'open' }
    const sound = bytes.readUInt32LE(end) === crc32(text) && bytes.readUInt32LE(end + 4) === text.length >>> 0
    if (!sound) return { state: 'damaged', why: 'the compressed data are damaged: a checksum is wrong' }
    return { state: 'whole', text, length: end + TRAILER }
  } catch (error) {
    return isShort(error) ? { state: 'open' } : { state: 'damaged', why: damage(error) }
  }
}

/** Inflates up to the end of the compressed stream and says how many bytes that took. @throws what zlib throws */
const inflateFirst = (bytes: Buffer): { readonly text: Buffer; readonly taken: number } => {
  const result: unknown = inflateRawSync(bytes, { info: true })
  if (!isInflated(result)) throw new Error('zlib does not tell how much it read')
  return { text: result.buffer, taken: result.engine.bytesWritten }
}

/** What `info: true` gives, which the types of Node leave out. */
const isInflated = (
  value: unknown,
): value is { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } =>
  typeof value === 'object' && value !== null && 'buffer' in value && 'engine' in value

const isShort = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR'

const damage = (error: unknown): string =>
  `the compressed data are damaged: ${error instanceof Error ? error.message : String(error)}`

const FIXED_HEADER = 10
const FLAG_HEADER_CRC = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16

/** Bytes before the compressed data; more than there are when the header is cut off, undefined when it is none. */
const headerLength = (bytes: Buffer): number | undefined => {
  if (bytes.length >= 2 && !isGzip(bytes)) return undefined
  if (bytes.length < FIXED_HEADER) return FIXED_HEADER
  const flags = bytes[3] ?? 0
  let length = FIXED_HEADER
  if (flags & FLAG_EXTRA) {
    if (bytes.length < length + 2) return length + 2
    length += 2 + bytes.readUInt16LE(length)
  }
  // A name and a comment end with a zero byte each.
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (!(flags & flag)) continue
    const zero = bytes.indexOf(0, length)
    if (zero < 0) return bytes.length + 1
    length = zero + 1
  }
  return length + (flags & FLAG_HEADER_CRC ? 2 : 0)
}
