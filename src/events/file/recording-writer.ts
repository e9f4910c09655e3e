import { closeSync, openSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { encodeEvent } from '../encode.ts'
import { invariant } from '../invariant.ts'
import type { EventLog, LogSink } from '../log.ts'
import type { RecordingHeader } from '../recording.ts'
import { RecordingEncoder } from '../recording-encoder.ts'

/** Characters collected before they are written: what a crash of this process can cost at most. */
const BLOCK = 256 * 1024

/** How hard gzip tries. The next level saves a tenth of the space for twice the time. */
const GZIP_LEVEL = 1

/**
 * Writes a recording as the log grows; gzipped when the name ends in `.gz`.
 *
 * Synchronous, because the kernel runs for minutes of virtual time without giving the event loop a turn: a stream would
 * only collect. Each block is one `write`, and one gzip member, so a writer that is stopped at any moment leaves a prefix
 * that can be read. Errors of the disk are thrown as Node throws them.
 */
export class RecordingWriter {
  private readonly encoder: RecordingEncoder
  private readonly gzip: boolean
  private file: number | undefined
  private text = ''

  constructor(path: string, header: RecordingHeader) {
    this.encoder = new RecordingEncoder({ tz: process.versions['tz'], ...header })
    this.gzip = path.endsWith('.gz')
    this.file = openSync(path, 'w')
    this.collect(this.encoder.begin())
    this.flush()
  }

  /** To be given to the log that is recorded. */
  readonly sink: LogSink = (event, line) => this.collect(this.encoder.take(event, line))

  /** Takes the next event of a log that has not retained it; only a recording of facts can leave it out. */
  skip(cause: number): void {
    this.encoder.skip(cause)
  }

  /** Hands over to the operating system what is still collected. */
  flush(): void {
    if (this.file === undefined || this.text === '') return
    const bytes = Buffer.from(this.text, 'utf8')
    writeFully(this.file, this.gzip ? gzipSync(bytes, { level: GZIP_LEVEL }) : bytes)
    this.text = ''
  }

  /** Ends the recording. `logDigest`, that of the whole log, is worth giving when only facts are kept. Closing again does nothing. */
  close(logDigest?: string): void {
    if (this.file === undefined) return
    this.text += this.encoder.end(logDigest)
    this.abandon()
  }

  /** Lets go of the file without an end line: what stands in it is a beginning. */
  abandon(): void {
    if (this.file === undefined) return
    this.flush()
    closeSync(this.file)
    this.file = undefined
  }

  private collect(text: string): void {
    invariant(this.file !== undefined, 'a recording that was closed takes no more events')
    this.text += text
    if (this.text.length >= BLOCK) this.flush()
  }
}

/** Records a log that is already there. With `keep: all` the log has to retain all. */
export const writeRecording = (path: string, header: RecordingHeader, log: EventLog, logDigest?: string): void => {
  const writer = new RecordingWriter(path, header)
  try {
    let next = 1
    const skipTo = (seq: number): void => {
      for (; next < seq; next++) writer.skip(log.causeOf(next))
    }
    for (const event of log.range(1)) {
      skipTo(event.seq)
      writer.sink(event, encodeEvent(event))
      next++
    }
    skipTo(log.nextSeq)
    writer.close(logDigest)
  } catch (error) {
    writer.abandon()
    throw error
  }
}

const writeFully = (file: number, bytes: Uint8Array): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
}
