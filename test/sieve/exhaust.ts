/** Every disturbance of a small world, and what comes of it. */
import { difference, ending } from './ending.ts'
import { Stage } from './stage.ts'
import { describe, type Disturbance, type SmallWorld } from './world.ts'

export interface Finding {
  readonly disturbance: Disturbance
  readonly problem: string
}

export interface Outcome {
  readonly runs: number
  /** How many writes the controllers could see, and how many of their own calls changed something, undisturbed. */
  readonly writes: number
  readonly effects: number
  readonly findings: readonly Finding[]
}

/**
 * All disturbances at every position of the undisturbed run. A process that begins again with an old list is not among them:
 * real controllers do go wrong then, and so do ours (races.ts).
 */
export const disturbancesOf = (calm: Stage): readonly Disturbance[] => {
  const kinds = new Set(calm.writes.map(({ kind }) => kind))
  const ofWrites = calm.writes.flatMap(({ kind }, at): readonly Disturbance[] => [
    { pattern: 'hidden', at },
    { pattern: 'stale', at },
    ...(kinds.size > 1 ? [{ pattern: 'stale', at, kind } as const] : []),
  ])
  const ofEffects = calm.effects.map((_, at): Disturbance => ({ pattern: 'restart', at }))
  return [...ofWrites, ...ofEffects]
}

/** What is wrong with a run, seen on its own and beside the undisturbed one. */
export const problemOf = (stage: Stage, expected: readonly string[], world: SmallWorld): string | undefined =>
  stage.wrong ?? difference(expected, ending(stage, world))

/** Runs a world undisturbed, then under each disturbance, or under those that `only` lets through. */
export const exhaust = (world: SmallWorld, only: (disturbance: Disturbance) => boolean = () => true): Outcome => {
  const calm = new Stage(world, { pattern: 'none' }).run()
  const expected = ending(calm, world)
  const counted = { writes: calm.writes.length, effects: calm.effects.length }
  if (calm.wrong !== undefined) {
    return { runs: 1, ...counted, findings: [{ disturbance: { pattern: 'none' }, problem: calm.wrong }] }
  }
  const disturbances = disturbancesOf(calm).filter(only)
  const findings = disturbances.flatMap((disturbance): readonly Finding[] => {
    const problem = problemOf(new Stage(world, disturbance).run(), expected, world)
    return problem === undefined ? [] : [{ disturbance, problem }]
  })
  return { runs: 1 + disturbances.length, ...counted, findings }
}

/** A finding with the command that shows it again, call by call. */
export const report = (world: SmallWorld, { disturbance, problem }: Finding): string =>
  `${world.name}, ${describe(disturbance)}: ${problem}\nsee it: ${commandOf(world.name, disturbance)}`

export const commandOf = (name: string, disturbance: Disturbance): string =>
  `SIEVE='${describe(disturbance)}' npx vitest run test/sieve/sieve.test.ts -t '${name}'`
