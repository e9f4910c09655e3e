/**
 * Goal: whatever a controller sees late, never sees, or forgets by dying, its world ends as it would have, and is never
 * wrong meanwhile.
 * Method: one small world for each controller, run once undisturbed, then once for each position of each of Sieve's three
 * patterns (Sun et al., OSDI 2022). `SIEVE='restart/3'` runs one disturbance alone and prints every call.
 */
import { describe, expect, test } from 'vitest'
import { ending } from './ending.ts'
import { exhaust, problemOf, report } from './exhaust.ts'
import { Stage } from './stage.ts'
import { describe as describeDisturbance, parse, type SmallWorld } from './world.ts'
import { WORLDS } from './worlds.ts'

const { SIEVE } = process.env

/** One disturbance alone, told call by call. */
const tell = (world: SmallWorld, what: string): string | undefined => {
  const expected = ending(new Stage(world, { pattern: 'none' }).run(), world)
  const stage = new Stage(world, parse(what)).run()
  const problem = problemOf(stage, expected, world)
  process.stdout.write(`${world.name}, ${what}\n${stage.told.join('\n')}\n=> ${problem ?? 'as undisturbed'}\n`)
  return problem
}

describe.each(WORLDS)('$name', (world) => {
  test('ends as undisturbed and is never wrong', () => {
    if (SIEVE !== undefined) {
      expect(tell(world, SIEVE)).toBeUndefined()
      return
    }
    const { findings, writes, effects } = exhaust(world)
    const known = new Set(Object.keys(world.knownWrong ?? {}))
    const unknown = findings.filter(({ disturbance }) => !known.delete(describeDisturbance(disturbance)))
    expect(unknown.map((finding) => report(world, finding)).join('\n\n')).toBe('')
    // What was wrong upstream and here must not become right unnoticed.
    expect([...known]).toEqual([])
    // A world in which nothing happens proves nothing.
    expect(Math.min(writes, effects)).toBeGreaterThan(0)
  })
})

test('there is a world for each of at least 25 controllers', () => {
  expect(new Set(WORLDS.map(({ name }) => name)).size).toBe(WORLDS.length)
  expect(WORLDS.length).toBeGreaterThanOrEqual(25)
})
