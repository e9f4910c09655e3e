/**
 * Goal: what our control plane does in a recorded incident is what the real one did.
 * Method: incidents of a real cluster v1.36.2 are simulated again: people and kubelets do what they did when they did it, our
 * components do the rest. Every write is compared with what was written then. The floors are what stands today.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareWrites } from '../../src/replay/recorded/fidelity.ts'
import { compareFinalState } from '../../src/replay/recorded/final-state.ts'
import { readIncident } from '../../src/replay/recorded/recording.ts'
import { resimulate } from '../../src/replay/recorded/resimulate.ts'

const RECORDINGS = join(import.meta.dirname, '../../../shared/recordings')

interface Floor {
  readonly name: string
  /** Share of the recorded writes that are written again, in percent. */
  readonly same: number
  /** With equal content. */
  readonly equal: number
  /** Final objects that may differ. */
  readonly otherwise: number
}

const FLOORS: readonly Floor[] = [
  { name: '01-deployment-lifecycle', same: 99, equal: 98, otherwise: 0 },
  { name: '06-statefulset', same: 98, equal: 80, otherwise: 2 },
  { name: '11-scheduling-failures', same: 95, equal: 91, otherwise: 0 },
  { name: '12-garbage-collection', same: 98, equal: 97, otherwise: 0 },
  { name: '14-apply-conflicts', same: 98, equal: 96, otherwise: 0 },
]

describe.skipIf(!existsSync(RECORDINGS))('recorded incidents (../shared/recordings; skipped where absent)', () => {
  test.each(FLOORS)('$name', ({ name, same, equal, otherwise }) => {
    const incident = readIncident(join(RECORDINGS, name))
    const { cluster, writes } = resimulate(incident)
    const { actors } = compareWrites(incident, writes)
    const sum = (of: 'recorded' | 'same' | 'equal'): number => actors.reduce((total, one) => total + one[of], 0)
    expect(sum('recorded')).toBeGreaterThan(50)
    expect((sum('same') * 100) / sum('recorded')).toBeGreaterThanOrEqual(same)
    expect((sum('equal') * 100) / sum('recorded')).toBeGreaterThanOrEqual(equal)
    const final = compareFinalState(incident, cluster)
    expect(final.differences.length).toBeLessThanOrEqual(otherwise)
    const again = resimulate(incident)
    expect(again.cluster.digest()).toBe(cluster.digest())
  })
})
