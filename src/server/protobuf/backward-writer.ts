/**
 * A protobuf message as it is written: from its last field to its first, so that the length of a message is known when it is due,
 * which is before its content. Source: protobuf.dev, Encoding; gogo/protobuf's MarshalToSizedBuffer does so too.
 */
export class BackwardWriter {
  private buffer: Buffer
  /** Where what is written begins; all before is free. */
  private at: number

  constructor(size = 1024) {
    this.buffer = Buffer.allocUnsafe(size)
    this.at = size
  }

  varint(number: number, value: number): void {
    this.unsigned(value)
    this.unsigned(number << 3)
  }

  double(number: number, value: number): void {
    this.room(8)
    this.at -= 8
    this.buffer.writeDoubleLE(value, this.at)
    this.unsigned((number << 3) | FIXED64)
  }

  bytes(number: number, value: Uint8Array): void {
    this.room(value.length)
    this.at -= value.length
    this.buffer.set(value, this.at)
    this.head(number, value.length)
  }

  text(number: number, value: string): void {
    const length = Buffer.byteLength(value)
    this.room(length)
    this.at -= length
    this.buffer.write(value, this.at)
    this.head(number, length)
  }

  /** What `write` writes is a message, or whatever else has a length. */
  message(number: number, write: () => void): void {
    const end = this.buffer.length - this.at
    write()
    this.head(number, this.buffer.length - this.at - end)
  }

  /** What was written, with something before it. */
  done(prefix: Uint8Array = EMPTY): Buffer {
    this.room(prefix.length)
    this.at -= prefix.length
    this.buffer.set(prefix, this.at)
    return this.buffer.subarray(this.at)
  }

  private head(number: number, length: number): void {
    this.unsigned(length)
    this.unsigned((number << 3) | BYTES)
  }

  /** Least significant first; what is negative has ten bytes. */
  private unsigned(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.room(1)
      this.buffer[--this.at] = value
      return
    }
    const bytes: number[] = []
    if (Number.isSafeInteger(value) && value >= 0) {
      for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
        bytes.push(rest < 0x80 ? rest : (rest % 0x80) | 0x80)
        if (rest < 0x80) break
      }
    } else {
      for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
        bytes.push(rest < 0x80n ? Number(rest) : Number(rest & 0x7fn) | 0x80)
        if (rest < 0x80n) break
      }
    }
    this.room(bytes.length)
    this.at -= bytes.length
    this.buffer.set(bytes, this.at)
  }

  private room(length: number): void {
    if (length <= this.at) return
    const used = this.buffer.length - this.at
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, used + length))
    this.buffer.copy(larger, larger.length - used, this.at)
    this.at = larger.length - used
    this.buffer = larger
  }
}

const EMPTY = new Uint8Array()
const FIXED64 = 1
const BYTES = 2
