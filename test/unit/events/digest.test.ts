/**
 * Goal: a digest names a sequence of lines: the same for the same, another for any other, and it does not matter how often
 * or when it is asked for.
 * Method: a second implementation of the chain in five lines, random lines, and every single change to a sequence.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHECKPOINT_EVERY, DigestChain, EMPTY_DIGEST } from '../../../src/events/digest.ts'

/** The chain as its documentation tells it. */
const digestOf = (lines: readonly string[]): string => {
  let link = EMPTY_DIGEST
  for (let start = 0; start < lines.length; start += 250) {
    const batch = lines.slice(start, start + 250)
    link = createHash('sha256')
      .update([link, ...batch, ''].join('\n'))
      .digest('hex')
  }
  return link
}

const chainOf = (lines: readonly string[]): DigestChain => {
  const chain = new DigestChain()
  for (const line of lines) chain.append(line)
  return chain
}

const numbered = (length: number): string[] => Array.from({ length }, (_, index) => `line ${index}`)

test.each([0, 1, 249, 250, 251, 999, 1_000, 1_001, 2_500])('of %i lines it is what is documented', (length) => {
  expect(chainOf(numbered(length)).digest()).toBe(digestOf(numbered(length)))
})

test('asking does not disturb the chain', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.boolean()), { maxLength: 600, size: 'max' }), (steps) => {
      const asked = new DigestChain()
      for (const [line, ask] of steps) {
        asked.append(line)
        if (ask) expect(asked.digest()).toBe(asked.digest())
      }
      expect(asked.digest()).toBe(digestOf(steps.map(([line]) => line)))
    }),
    { numRuns: 20 },
  )
})

test('there is a checkpoint after every thousand lines: the digest as it was then', () => {
  const lines = numbered(3_456)
  const chain = new DigestChain()
  const then: string[] = []
  for (const line of lines) {
    chain.append(line)
    if (chain.length % CHECKPOINT_EVERY === 0) then.push(chain.digest())
  }
  expect(chain.checkpoints).toEqual([1_000, 2_000, 3_000].map((seq, index) => ({ seq, digest: then[index] })))
  expect(chain.checkpoints[1]?.digest).toBe(digestOf(lines.slice(0, 2_000)))
})

test('it goes on from a checkpoint as if it had never stopped', () => {
  const lines = numbered(2_300)
  const whole = chainOf(lines)
  const resumed = new DigestChain(whole.checkpoints[0]?.digest)
  for (const line of lines.slice(1_000)) resumed.append(line)
  expect(resumed.digest()).toBe(whole.digest())
})

describe('another digest comes from', () => {
  const lines = numbered(600)
  const positions = [0, 1, 248, 249, 250, 251, 499, 500, 598, 599]
  const without = (position: number): string[] => lines.filter((_, index) => index !== position)

  test.each(positions)('a change at line %i, its removal and its doubling', (position) => {
    const variants = [
      lines.map((line, index) => (index === position ? `${line}!` : line)),
      without(position),
      lines.flatMap((line, index) => (index === position ? [line, line] : [line])),
      [...without(position), lines[position] ?? ''],
    ]
    const digests = variants.map((variant) => chainOf(variant).digest())
    // Moving the last line to the end changes nothing.
    const expected = position === lines.length - 1 ? 4 : 5
    expect(new Set([...digests, chainOf(lines).digest()]).size).toBe(expected)
  })
})
