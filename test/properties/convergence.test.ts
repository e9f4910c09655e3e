/**
 * Goal: faults may delay the desired state, never change it; and a run can be run again to the byte.
 * Method: any workload on any small cluster through any storm. Safety is watched with every event (Raft's promises, no
 * node over its allocatable); then the storm ends and within a stated bound everything is as asked.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storms } from '../arbitraries/storms.ts'
import { workloads } from '../arbitraries/workloads.ts'
import { CONVERGES_WITHIN, reproduction, runTrial, type Trial } from '../support/trial.ts'

const RUNS = Number(process.env['SEATRIAL_RUNS'] ?? 200)

const terrains = fc.record({
  nodes: fc.integer({ min: 2, max: 4 }),
  controlPlane: fc.constantFrom(1 as const, 3 as const),
})

const trials: fc.Arbitrary<Trial> = terrains.chain((terrain) =>
  fc.record({
    options: fc.record({
      seed: fc.nat(),
      nodes: fc.constant(terrain.nodes),
      controlPlane: fc.constant(terrain.controlPlane),
    }),
    workload: workloads,
    storm: storms(terrain),
  }),
)

const told = (trial: Trial, check: () => void): void => {
  try {
    check()
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\n\nSee it again:\n${reproduction(trial)}\n`,
      {
        cause: error,
      },
    )
  }
}

test(
  `after any storm everything is as asked within 15 minutes, twice with one digest (${RUNS} runs)`,
  () => {
    fc.assert(
      fc.property(trials, (trial) => {
        told(trial, () => {
          const cluster = runTrial(trial)
          cluster.runUntil((one) => one.converged, { within: CONVERGES_WITHIN })
          expect(cluster.unsettled()).toEqual([])
          const again = runTrial(trial)
          again.run(cluster.now - again.now)
          expect(again.digest()).toBe(cluster.digest())
        })
      }),
      { numRuns: RUNS, endOnFailure: false },
    )
  },
  15 * 60_000,
)
