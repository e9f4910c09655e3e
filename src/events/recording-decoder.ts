import { either } from 'fp-ts'
import { decodeLine } from './decode.ts'
import { CHECKPOINT_EVERY, DigestChain, type Checkpoint } from './digest.ts'
import type { LogEvent, Micros, Seq } from './envelope.ts'
import { errorAt, warningAt, type Problem } from './problem.ts'
import {
  decodeCheckpoint,
  decodeEnd,
  decodeHeader,
  DIGEST_START,
  EVENT_START,
  HEADER_START,
  isEndLine,
  type RecordingEnd,
  type RecordingHeader,
} from './recording.ts'

/** Errors that are listed; the others are counted. */
const MAX_LISTED = 100

const NOTHING: readonly LogEvent[] = []

/**
 * Reads a recording line by line, wherever the lines come from.
 *
 * Events leave it in blocks, each only after its digest was found right, so nobody folds a damaged one; after the first
 * error none leaves at all and the rest is read to tell what else is wrong. The one exception is said in a warning: the
 * tail of a recording whose writer was stopped has no digest yet.
 */
export class RecordingDecoder {
  /** Undefined before the first line and when that is no header. */
  header: RecordingHeader | undefined
  end: RecordingEnd | undefined
  errorCount = 0
  readonly problems: Problem[] = []
  readonly checkpoints: Checkpoint[] = []

  private chain = new DigestChain()
  private block: LogEvent[] = []
  /** Event lines since the last digest line, sound or not. */
  private blockLines = 0
  private blockStart = 2
  /** An error inside the block has been told already, so that its digest being wrong is no news. */
  private blockDamaged = false
  private line = 0
  private lastSeq: Seq = 0
  private lastAt: Micros = 0
  private foreign = false

  /** Not a recording at all: the rest is not worth reading. */
  get isForeign(): boolean {
    return this.foreign
  }

  get damaged(): boolean {
    return this.errorCount > 0
  }

  /** The next line without its newline; undefined for one that is not UTF-8. Gives the events that are now known sound. */
  take(text: string | undefined): readonly LogEvent[] {
    this.line++
    if (text === undefined) this.blame(errorAt(this.line, '', 'not UTF-8'))
    else if (this.line === 1) this.takeHeader(text)
    else if (this.end !== undefined) this.blame(errorAt(this.line, '', 'stands behind the end of the recording'))
    else if (!text.startsWith(DIGEST_START)) this.takeEvent(text)
    else return isEndLine(text) ? this.takeEnd(text) : this.takeCheckpoint(text)
    return NOTHING
  }

  /** What the source of the lines itself complains about. */
  note(problem: Problem): void {
    if (problem.severity === 'error') this.blame(problem)
    else this.problems.push(problem)
  }

  /**
   * No more lines. `rest` is what stands behind the last newline: a complete line is taken, a torn one is cut off and
   * reported. Gives the last events.
   */
  finish(rest: string | undefined): readonly LogEvent[] {
    const released = rest === '' ? NOTHING : this.takeRest(rest)
    if (this.line === 0) this.blame(errorAt(0, '', 'empty: no header of a Seatrial recording'))
    if (this.end !== undefined || this.foreign) return released
    const after = this.block.length === 0 ? '' : `; the last ${this.block.length} events are not covered by a digest`
    this.problems.push(warningAt(0, `the recording stops after event ${this.lastSeq} without an end line${after}`))
    return this.damaged ? NOTHING : this.block
  }

  private takeRest(rest: string | undefined): readonly LogEvent[] {
    const complete = rest !== undefined && isCompleteJson(rest)
    if (!complete && this.line > 0) {
      this.problems.push(warningAt(this.line + 1, 'torn off in the middle of the line; cut'))
      return NOTHING
    }
    this.problems.push(warningAt(this.line + 1, 'the last line has no newline'))
    return this.take(rest)
  }

  private takeHeader(text: string): void {
    const header = decodeHeader(text, this.line)
    if (either.isRight(header)) this.header = header.right
    else {
      this.blame(header.left)
      // Without its header a recording can still be searched for other damage; anything else cannot.
      const ours = text.startsWith(HEADER_START) && header.left.path !== 'format'
      this.foreign = !ours && !text.startsWith(EVENT_START)
      if (text.startsWith(EVENT_START)) this.takeEvent(text)
    }
  }

  private takeEvent(text: string): void {
    if (this.blockLines === CHECKPOINT_EVERY && !this.blockDamaged) {
      this.blame(
        errorAt(this.line, '', `the digest line of lines ${this.blockStart} to ${this.line - 1} is missing here`),
      )
    }
    this.blockLines++
    this.chain.append(text)
    const decoded = decodeLine(text, this.line)
    const problem = either.isLeft(decoded) ? decoded.left : this.misplaced(decoded.right)
    if (problem !== undefined) this.blame(problem)
    if (either.isLeft(decoded)) return
    this.lastSeq = decoded.right.seq
    this.lastAt = decoded.right.at
    if (!this.damaged) this.block.push(decoded.right)
  }

  private misplaced({ seq, at }: LogEvent): Problem | undefined {
    if (seq <= this.lastSeq) return errorAt(this.line, 'seq', `event ${seq} stands behind event ${this.lastSeq}`)
    // Behind a damaged line a gap is that line's.
    if (this.header?.keep === 'all' && seq !== this.lastSeq + 1 && !this.blockDamaged) {
      return errorAt(this.line, 'seq', `event ${seq} follows event ${this.lastSeq}: what stood between is missing`)
    }
    if (at < this.lastAt) return errorAt(this.line, 'at', `time goes back from ${this.lastAt} to ${at}`)
    return undefined
  }

  private takeCheckpoint(text: string): readonly LogEvent[] {
    const mark = decodeCheckpoint(text, this.line)
    if (either.isLeft(mark)) {
      this.blame(mark.left)
      return NOTHING
    }
    const { digest, seq } = mark.right
    if (!this.blockDamaged && this.blockLines !== CHECKPOINT_EVERY) {
      this.blame(
        errorAt(
          this.line,
          '',
          `a digest line after ${this.blockLines} events: lines are missing or doubled since line ${this.blockStart}`,
        ),
      )
    }
    if (!this.blockDamaged) this.compare(digest, seq)
    this.checkpoints.push({ seq, digest })
    return this.nextBlock(digest)
  }

  private takeEnd(text: string): readonly LogEvent[] {
    const end = decodeEnd(text, this.line)
    if (either.isLeft(end)) {
      this.blame(end.left)
      return NOTHING
    }
    this.end = end.right
    // A recording of facts may end long after its last one; its seal vouches for the number.
    if (!this.blockDamaged) this.compare(end.right.digest, this.header?.keep === 'all' ? end.right.seq : this.lastSeq)
    return this.nextBlock(end.right.digest)
  }

  private compare(digest: string, seq: Seq): void {
    if (seq !== this.lastSeq) {
      this.blame(errorAt(this.line, 'seq', `a digest up to event ${seq} stands behind event ${this.lastSeq}`))
    } else if (digest !== this.chain.digest()) {
      const lines = `lines ${this.blockStart} to ${this.line - 1}`
      this.blame(
        errorAt(this.line, 'digest', `${lines} or this line were changed: their digest is ${this.chain.digest()}`),
      )
    }
  }

  /** Goes on behind a digest line, from what it says, so that each block is judged by itself. */
  private nextBlock(digest: string): readonly LogEvent[] {
    const released = this.damaged ? NOTHING : this.block
    this.chain = new DigestChain(digest)
    this.block = []
    this.blockLines = 0
    this.blockStart = this.line + 1
    this.blockDamaged = false
    return released
  }

  private blame(problem: Problem): void {
    this.blockDamaged = true
    if (this.errorCount++ < MAX_LISTED) this.problems.push(problem)
  }
}

const isCompleteJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
