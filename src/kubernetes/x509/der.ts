/** The distinguished encoding of ASN.1, as far as requests and certificates need it. Source: ITU-T X.690. */

/** One element: its tag, its content, and both with the header, as they stood. */
export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** The elements that follow each other in `bytes`; undefined when they are cut or malformed. */
export function readElements(bytes: Uint8Array): readonly Element[] | undefined {
  const elements: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0
    let start = at + 2
    let length = bytes[at + 1] ?? 0
    if (length >= 0x80) {
      const digits = length - 0x80
      if (digits === 0 || digits > 3) return undefined
      length = 0
      for (const byte of bytes.subarray(start, start + digits)) length = length * 256 + byte
      start += digits
    }
    const end = start + length
    // A tag of more than one byte occurs in nothing that we read.
    if ((tag & 0x1f) === 0x1f || end > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) })
    at = end
  }
  return elements
}

/** What stands in an element of a tag; undefined when it has another tag. */
export const within = (element: Element | undefined, tag: number): readonly Element[] | undefined =>
  element?.tag === tag ? readElements(element.content) : undefined

/** An object identifier as people write it: `2.5.4.3`. */
export function readOid({ content }: Element): string {
  const parts: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      parts.push(value)
      value = 0
    }
  }
  const [first = 0, ...rest] = parts
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}

export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0)
  const header = [tag, ...lengthOf(length)]
  const bytes = new Uint8Array(header.length + length)
  bytes.set(header)
  let at = header.length
  for (const content of contents) {
    bytes.set(content, at)
    at += content.length
  }
  return bytes
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  return [0x82, length >> 8, length & 0xff]
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array => element(TAG.sequence, ...contents)

export function oid(text: string): Uint8Array {
  const [root = 0, second = 0, ...rest] = text.split('.').map(Number)
  return element(TAG.oid, Uint8Array.from([root * 40 + second, ...rest].flatMap(base128)))
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

/** Bits that fill whole bytes. */
export const bitString = (bytes: Uint8Array): Uint8Array => element(TAG.bitString, Uint8Array.of(0), bytes)

export const octetString = (bytes: Uint8Array): Uint8Array => element(TAG.octetString, bytes)

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const utf8String = (text: string): Uint8Array => element(TAG.utf8String, encoder.encode(text))

export const textOf = ({ content }: Element): string => decoder.decode(content)
