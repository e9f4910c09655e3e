/**
 * Bytes as a string that loses none: UTF-8 is read as it is, and a byte that belongs to no character stands as a lone surrogate,
 * U+DC00 and the byte. No UTF-8 holds one, so what is written is what was read. Files of containers and what flows between
 * processes are such strings: text stays text, and an archive or an image gets through.
 * Source: PEP 383, surrogateescape.
 */
import { bytesOfBase64 } from '../base64.ts'

const ESCAPED = 0xdc00
const LONE = /[\uDC80-\uDCFF]/u

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The bytes that a string stands for. */
export const bytesOfText = (text: string): Uint8Array => {
  if (!LONE.test(text)) return encoder.encode(text)
  const bytes = new Uint8Array(text.length * 3)
  let length = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80) bytes[length++] = code
    else if (code >= ESCAPED + 0x80 && code <= ESCAPED + 0xff) bytes[length++] = code - ESCAPED
    else {
      const encoded = encoder.encode(char)
      bytes.set(encoded, length)
      length += encoded.length
    }
  }
  return bytes.slice(0, length)
}

/** The string that stands for some bytes. */
export const textOfBytes = (bytes: Uint8Array): string => {
  let text = ''
  let sound = 0
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    text += strict.decode(bytes.subarray(sound, at)) + String.fromCharCode(ESCAPED + (bytes[at] ?? 0))
    at += 1
    sound = at
  }
  return sound === 0 ? strict.decode(bytes) : text + strict.decode(bytes.subarray(sound))
}

/** The content of a Secret's or a ConfigMap's binary key. */
export const textOfBase64 = (base64: string): string => textOfBytes(bytesOfBase64(base64))

/** Reads what comes in pieces, which may end within a character. */
export class ByteReader {
  private rest: Uint8Array = new Uint8Array()

  read(piece: Uint8Array): string {
    const bytes = new Uint8Array(this.rest.length + piece.length)
    bytes.set(this.rest)
    bytes.set(piece, this.rest.length)
    const end = bytes.length - begun(bytes)
    this.rest = bytes.slice(end)
    return textOfBytes(bytes.subarray(0, end))
  }

  /** What was kept for a character that never came whole. */
  finish(): string {
    const { rest } = this
    this.rest = new Uint8Array()
    return textOfBytes(rest)
  }
}

/** How many bytes the character at a place has; 0 where there is none. Source: RFC 3629, section 4. */
const characterAt = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const length = lengthBy(first)
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0
    const [low, high] = i === 1 ? secondOf(first) : [0x80, 0xbf]
    if (next < low || next > high) return 0
  }
  return length
}

const lengthBy = (first: number): number => (first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4)

/** Neither longer than need be, nor a surrogate, nor beyond Unicode. */
const secondOf = (first: number): readonly [low: number, high: number] => {
  switch (first) {
    case 0xe0:
      return [0xa0, 0xbf]
    case 0xed:
      return [0x80, 0x9f]
    case 0xf0:
      return [0x90, 0xbf]
    case 0xf4:
      return [0x80, 0x8f]
    default:
      return [0x80, 0xbf]
  }
}

/** How many bytes at the end may be the beginning of a character. */
const begun = (bytes: Uint8Array): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return lengthBy(byte) > back ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}
