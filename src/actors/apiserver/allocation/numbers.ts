import type { Random } from '../../../engine/kernel/random.ts'

/** A block of consecutive numbers of which the first `reserved` are left to people who ask for one by name. */
export interface Block {
  readonly first: number
  readonly size: number
  readonly reserved: number
}

/**
 * Draws a free number: from a random place in the dynamic part on, round to where it began; only when that is full, from
 * the reserved part. Undefined when all are taken.
 * Source: pkg/registry/core/service/ipallocator/ipallocator.go and portallocator (v1.36), which search from a random offset.
 */
export const drawFree = (block: Block, isTaken: (n: number) => boolean, random: Random): number | undefined => {
  const { first, size, reserved } = block
  return search(first + reserved, size - reserved, isTaken, random) ?? search(first, reserved, isTaken, random)
}

const search = (first: number, size: number, isTaken: (n: number) => boolean, random: Random): number | undefined => {
  if (size <= 0) return undefined
  const offset = random.below(size)
  for (let i = 0; i < size; i++) {
    const n = first + ((offset + i) % size)
    if (!isTaken(n)) return n
  }
  return undefined
}
