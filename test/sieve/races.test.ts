/**
 * Goal: races that real clusters have had are found here too, and those that StaleControllerConsistency (KEP-5647) prevents
 * are not found with it.
 * Method: each race's world under its one disturbance, with the gate off and on; gated ones on at every position as well.
 * The seed is 1 throughout. `SIEVE=tell` prints every call.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { racesPage } from '../../docs/races.ts'
import { exhaust, problemOf } from './exhaust.ts'
import { ending } from './ending.ts'
import { RACES, type Race } from './races.ts'
import { Stage } from './stage.ts'
import { parse } from './world.ts'

const problem = (race: Race, readsOwnWrites: boolean): string | undefined => {
  const world = race.world(readsOwnWrites)
  const calm = new Stage(world, { pattern: 'none' }).run()
  const stage = new Stage(world, parse(race.disturbance)).run()
  const found = problemOf(stage, ending(calm, world), world)
  if (process.env['SIEVE'] === 'tell') process.stdout.write(`${race.what}\n${stage.told.join('\n')}\n=> ${found}\n`)
  return found
}

describe.each(RACES)('$issue: $what', (race) => {
  test('is found', () => {
    expect(problem(race, false)).toMatch(race.wrong)
  })
  test(race.isGated ? 'is not found with the gate' : 'is found with the gate, too', () => {
    if (!race.isGated) {
      expect(problem(race, true)).toMatch(race.wrong)
      return
    }
    const { findings } = exhaust(race.world(true))
    expect(findings.filter((finding) => race.wrong.test(finding.problem))).toEqual([])
  })
})

test('at least twelve, and the page docs/races.md tells of them (npm run docs)', () => {
  expect(RACES.length).toBeGreaterThanOrEqual(12)
  expect(readFileSync(new URL('../../docs/races.md', import.meta.url), 'utf8')).toBe(racesPage())
})
