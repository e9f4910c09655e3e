import type { Seq } from './envelope.ts'
import { sha256 } from './sha256.ts'

/** The state of a chain after its first `seq` lines. */
export interface Checkpoint {
  readonly seq: Seq
  readonly digest: string
}

/** Lines between two checkpoints: a divergence is found by comparing one digest per this many events. */
export const CHECKPOINT_EVERY = 1_000

/**
 * Lines hashed at once. Divides `CHECKPOINT_EVERY`, so that a checkpoint is a link of the chain and costs nothing; large
 * enough that the call into the hash does not count (0.2 µs per line, against 0.5 µs line by line), small enough that
 * joining the lines stays in the processor's cache (1,000 at once takes 1.6 times as long).
 */
const BATCH = 250

/** The chain before its first line. */
export const EMPTY_DIGEST = '0'.repeat(64)

/**
 * The identity of a sequence of lines: `next = SHA-256(previous in hex, newline, up to 250 lines each with its newline)`.
 *
 * Hex and newlines instead of raw bytes, so that head, tail and sha256sum can check a recording. Equal digests mean equal
 * lines in equal order; since every link holds the one before, two chains that once differ never agree again.
 */
export class DigestChain {
  private link: string
  private pending = ''
  private pendingLines = 0
  private count = 0
  private readonly marks: Checkpoint[] = []

  /** `link` is the digest to go on from: that of a checkpoint, for whoever has only the lines behind it. */
  constructor(link = EMPTY_DIGEST) {
    this.link = link
  }

  /** Number of lines appended. */
  get length(): number {
    return this.count
  }

  /** One per `CHECKPOINT_EVERY` lines, oldest first. */
  get checkpoints(): readonly Checkpoint[] {
    return this.marks
  }

  append(line: string): void {
    this.pending += line + '\n'
    this.count++
    if (++this.pendingLines < BATCH) return
    this.link = next(this.link, this.pending)
    this.pending = ''
    this.pendingLines = 0
    if (this.count % CHECKPOINT_EVERY === 0) this.marks.push({ seq: this.count, digest: this.link })
  }

  /** Digest of everything appended so far. The chain goes on as if nobody had asked. */
  digest(): string {
    return this.pendingLines === 0 ? this.link : next(this.link, this.pending)
  }
}

const next = (link: string, lines: string): string => sha256(`${link}\n${lines}`)
