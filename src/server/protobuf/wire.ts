/** Protobuf's wire format: a message as numbered fields. Source: protobuf.dev, Encoding. */

export interface WireField {
  readonly number: number
  /** Of a varint, as a two's complement of 64 bits. */
  readonly value?: bigint
  /** Of strings, bytes and messages. */
  readonly bytes?: Uint8Array
  /** Of a double. */
  readonly double?: number
}

/** The bytes are no message. */
export class WireProblem extends Error {}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

export const fieldsOf = (message: Uint8Array): readonly WireField[] => {
  const fields: WireField[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined || shift > 63n) throw new WireProblem('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
  }
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > message.length) throw new WireProblem('unexpected EOF')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = Number(varint())
    const number = key >>> 3
    switch (key & 7) {
      case VARINT:
        fields.push({ number, value: varint() })
        break
      case FIXED64: {
        const bytes = take(8)
        fields.push({ number, double: new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true) })
        break
      }
      case BYTES:
        fields.push({ number, bytes: take(Number(varint())) })
        break
      case FIXED32:
        take(4)
        break
      default:
        throw new WireProblem(`proto: illegal wireType ${key & 7}`)
    }
  }
  return fields
}
