import { CHECKPOINT_EVERY, DigestChain } from './digest.ts'
import { withCause } from './encode.ts'
import type { LogEvent, Seq } from './envelope.ts'
import { invariant } from './invariant.ts'
import { checkpointLine, endLine, headerLine, type Keep, type RecordingHeader } from './recording.ts'
import { isKept, KeptAncestors } from './retention.ts'

/**
 * Turns a log into the text of a recording, piece by piece; writes nothing itself.
 *
 * Fed with every event of the log in order. Each answer is the text that comes next, whole lines with their newlines,
 * empty when the event is not kept.
 */
export class RecordingEncoder {
  private readonly keep: Keep
  private readonly header: RecordingHeader
  private readonly chain = new DigestChain()
  private readonly ancestors: KeptAncestors | undefined
  private lastSeq: Seq = 0

  constructor(header: RecordingHeader) {
    this.header = header
    this.keep = header.keep
    this.ancestors = header.keep === 'facts' ? new KeptAncestors() : undefined
  }

  begin(): string {
    return `${headerLine(this.header)}\n`
  }

  /** `line` is the event's own, from `encodeEvent`. */
  take(event: LogEvent, line: string): string {
    const kept = isKept(this.keep, event)
    const cause = this.ancestors === undefined ? event.cause : this.ancestors.of(event.cause)
    this.pass(event.seq, event.cause, kept)
    if (!kept) return ''
    const written = withCause(event, line, cause)
    this.chain.append(written)
    if (this.chain.length % CHECKPOINT_EVERY !== 0) return `${written}\n`
    return `${written}\n${checkpointLine({ digest: this.chain.digest(), seq: event.seq })}\n`
  }

  /** The next event of a log that has not retained it. */
  skip(cause: Seq): void {
    invariant(this.keep === 'facts', 'a recording of everything is made from a log that retains everything')
    this.pass(this.lastSeq + 1, cause, false)
  }

  /** `logDigest` is that of the whole log, if it is known; a recording of everything knows it itself. */
  end(logDigest?: string): string {
    const digest = this.chain.digest()
    invariant(
      this.keep === 'facts' || logDigest === undefined || logDigest === digest,
      'a recording of everything has the digest of its log',
    )
    const log = this.keep === 'facts' ? logDigest : undefined
    return `${endLine({ digest, seq: this.lastSeq, log })}\n`
  }

  private pass(seq: Seq, cause: Seq, kept: boolean): void {
    if (seq !== this.lastSeq + 1) invariant(false, `a recorder is shown event ${this.lastSeq + 1} next, not ${seq}`)
    this.lastSeq = seq
    this.ancestors?.note(seq, cause, kept)
  }
}
