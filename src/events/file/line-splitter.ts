import { isUtf8 } from 'node:buffer'

/** Longest line that is taken for one: a damaged file must not fill the memory. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

const NEWLINE = 10

/** Cuts chunks of bytes into lines of text; undefined stands for a line that is not UTF-8. */
export class LineSplitter {
  private carried: Uint8Array[] = []
  private carriedBytes = 0

  /** Whether the line under way is longer than any line of a recording. */
  get overflows(): boolean {
    return this.carriedBytes > MAX_LINE_BYTES
  }

  /** The lines that this chunk completes, without their newlines. Keeps the chunk when it ends in the middle of a line. */
  push(chunk: Uint8Array): readonly (string | undefined)[] {
    const last = chunk.lastIndexOf(NEWLINE)
    if (last < 0) {
      this.carry(chunk)
      return []
    }
    const whole = this.joined(chunk.subarray(0, last))
    this.carried = []
    this.carriedBytes = 0
    if (last + 1 < chunk.length) this.carry(chunk.subarray(last + 1))
    return isUtf8(whole) ? whole.toString('utf8').split('\n') : eachLine(whole)
  }

  /** What stands behind the last newline; undefined when that is not UTF-8. */
  rest(): string | undefined {
    return text(this.joined(new Uint8Array()))
  }

  private carry(bytes: Uint8Array): void {
    this.carried.push(bytes)
    this.carriedBytes += bytes.length
  }

  private joined(tail: Uint8Array): Buffer {
    if (this.carriedBytes === 0) return Buffer.from(tail.buffer, tail.byteOffset, tail.length)
    return Buffer.concat([...this.carried, tail])
  }
}

/** The slow way, to find out which of the lines are at fault. */
const eachLine = (bytes: Buffer): (string | undefined)[] => {
  const lines: (string | undefined)[] = []
  for (let start = 0; ;) {
    const end = bytes.indexOf(NEWLINE, start)
    lines.push(text(bytes.subarray(start, end < 0 ? bytes.length : end)))
    if (end < 0) return lines
    start = end + 1
  }
}

const text = (bytes: Buffer): string | undefined => (isUtf8(bytes) ? bytes.toString('utf8') : undefined)
