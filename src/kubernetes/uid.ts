const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const UINT32 = 0x1_0000_0000

const hex = (byte: number): string => HEX[byte & 0xff] as string
const pair = (word: number, shift: number): string => hex(word >>> (shift + 8)) + hex(word >>> shift)

/** A version 4 UUID from a seeded stream. Source: RFC 9562, section 5.4. */
export const newUid = (random: { below(bound: number): number }): string => {
  const a = random.below(UINT32)
  const b = (random.below(UINT32) & ~0xf000) | 0x4000
  const c = (random.below(UINT32) & ~(0xc000 << 16)) | (0x8000 << 16)
  const d = random.below(UINT32)
  return (
    `${pair(a, 16)}${pair(a, 0)}-${pair(b, 16)}-${pair(b, 0)}-${pair(c, 16)}-` +
    `${pair(c, 0)}${pair(d, 16)}${pair(d, 0)}`
  )
}
