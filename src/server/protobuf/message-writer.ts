/** A protobuf message as it is written, field by field. Source: protobuf.dev, Encoding. */
export class MessageWriter {
  private readonly parts: Uint8Array[] = []

  varint(number: number, value: bigint): this {
    this.parts.push(varint(BigInt(number << 3)), varint(BigInt.asUintN(64, value)))
    return this
  }

  double(number: number, value: number): this {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(value)
    this.parts.push(varint(BigInt((number << 3) | FIXED64)), bytes)
    return this
  }

  bytes(number: number, value: Uint8Array): this {
    this.parts.push(varint(BigInt((number << 3) | BYTES)), varint(BigInt(value.length)), value)
    return this
  }

  text(number: number, value: string): this {
    return this.bytes(number, Buffer.from(value))
  }

  done(): Buffer {
    return Buffer.concat(this.parts)
  }
}

const FIXED64 = 1
const BYTES = 2

const varint = (value: bigint): Uint8Array => {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
