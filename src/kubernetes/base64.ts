/** Base64 of bytes and of UTF-8 texts, without the host's help. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const toBase64 = (text: string): string => base64Of(encoder.encode(text))

export function base64Of(bytes: Uint8Array): string {
  let base64 = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3)
    const group = (a << 16) | (b << 8) | c
    const length = Math.min(bytes.length - i, 3) + 1
    for (let j = 0; j < 4; j += 1) base64 += j < length ? ALPHABET.charAt((group >> (18 - 6 * j)) & 63) : '='
  }
  return base64
}

/** The text of valid base64; what isn't UTF-8 in it becomes U+FFFD. */
export const fromBase64 = (base64: string): string => decoder.decode(bytesOfBase64(base64))

export function bytesOfBase64(base64: string): Uint8Array {
  const digits = base64.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  for (let i = 0; i < digits.length; i += 1) {
    held = ((held << 6) | ALPHABET.indexOf(digits.charAt(i))) & 0xffffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at] = (held >> bits) & 255
    at += 1
  }
  return bytes
}
