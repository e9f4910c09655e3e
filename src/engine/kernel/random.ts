import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded stream of chance. One component draws from one stream, so a new draw in one does not shift another. */
export interface Random {
  /** Uniform integer in [0, n). */
  below(n: number): number
  /** Uniform integer in [low, high]. */
  between(low: number, high: number): number
  /** True with the given probability in millionths. */
  chance(ppm: number): boolean
  /** An independent stream; the same name gives the same stream, whatever was drawn before. */
  fork(name: string): Random
}

/** FNV-1a over the code units of a text, then mixed: names become seeds. */
export const hashName = (seed: number, name: string): number => {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return mix(hash)
}

/** A 32-bit finaliser (after MurmurHash3): neighbours in, strangers out. Unsigned. */
export const mix = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const UINT32 = 0x1_0000_0000

export const createRandom = (seed: number, name = ''): Random => {
  // Seeds above 32 bits keep all their bits: the high half salts the hash of the low half.
  const own = hashName(mix(seed % UINT32) ^ Math.floor(seed / UINT32), name)
  const source = xoroshiro128plus(own)
  const draw = (): number => source.next() >>> 0

  const below = (n: number): number => {
    if (n <= 1) return 0
    if (n > UINT32) return (draw() * Math.floor(n / UINT32) + draw()) % n
    // Rejects the uneven rest of the 32-bit range, so that every value is equally likely.
    const limit = UINT32 - (UINT32 % n)
    let value = draw()
    while (value >= limit) value = draw()
    return value % n
  }

  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (ppm) => below(1_000_000) < ppm,
    fork: (child) => createRandom(own, child),
  }
}
