const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567'
const BITS = 5

/** Bytes in small letters, without padding. Source: RFC 4648, section 6. */
export const base32 = (bytes: Uint8Array): string => {
  let text = ''
  let [held, bits] = [0, 0]
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    for (; bits >= BITS; bits -= BITS) text += DIGITS[(held >> (bits - BITS)) & 31]
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + DIGITS[(held << (BITS - bits)) & 31]
}
