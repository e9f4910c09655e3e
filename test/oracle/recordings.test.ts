/**
 * Goal: what our control plane does in a recorded incident is what the real one did.
 * Method: incidents of a real cluster v1.36.2 are simulated again: people and kubelets do what they did when they did it, our
 * components do the rest. Every write is compared with what was written then. The floors are what stands today.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareCourse, compareExpected } from '../../src/replay/recorded/course.ts'
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
  /** Owners whose Pods may be made and deleted in another order, and conditions that may go through another sequence. */
  readonly pods: number
  readonly conditions: number
}

const FLOORS: readonly Floor[] = [
  { name: '01-deployment-lifecycle', same: 100, equal: 100, otherwise: 0, pods: 0, conditions: 0 },
  { name: '02-rolling-update', same: 99, equal: 97, otherwise: 0, pods: 0, conditions: 0 },
  { name: '03-node-crash', same: 100, equal: 98, otherwise: 0, pods: 0, conditions: 0 },
  { name: '04-drain-pdb', same: 100, equal: 100, otherwise: 0, pods: 0, conditions: 0 },
  { name: '05-preemption', same: 99, equal: 96, otherwise: 0, pods: 1, conditions: 0 },
  { name: '06-statefulset', same: 100, equal: 97, otherwise: 1, pods: 0, conditions: 0 },
  { name: '07-daemonset', same: 98, equal: 93, otherwise: 0, pods: 0, conditions: 0 },
  { name: '08-quota-limitrange', same: 99, equal: 98, otherwise: 0, pods: 0, conditions: 0 },
  { name: '09-namespace-finalizer', same: 98, equal: 96, otherwise: 0, pods: 0, conditions: 0 },
  { name: '10-service-endpoints', same: 100, equal: 99, otherwise: 0, pods: 0, conditions: 0 },
  { name: '11-scheduling-failures', same: 99, equal: 98, otherwise: 0, pods: 0, conditions: 0 },
  { name: '12-garbage-collection', same: 99, equal: 99, otherwise: 0, pods: 1, conditions: 0 },
  { name: '13-controller-manager-restart', same: 100, equal: 84, otherwise: 1, pods: 0, conditions: 0 },
  { name: '14-apply-conflicts', same: 100, equal: 98, otherwise: 0, pods: 0, conditions: 1 },
  { name: '15-jobs-cronjob', same: 100, equal: 100, otherwise: 0, pods: 0, conditions: 0 },
]

describe.skipIf(!existsSync(RECORDINGS))('recorded incidents (../shared/recordings; skipped where absent)', () => {
  test.each(FLOORS)('$name', (floor) => {
    const { name, same, equal, otherwise } = floor
    const incident = readIncident(join(RECORDINGS, name))
    const { cluster, writes } = resimulate(incident)
    const { actors } = compareWrites(incident, writes)
    const sum = (of: 'recorded' | 'same' | 'equal'): number => actors.reduce((total, one) => total + one[of], 0)
    expect(sum('recorded')).toBeGreaterThan(50)
    expect((sum('same') * 100) / sum('recorded')).toBeGreaterThanOrEqual(same)
    expect((sum('equal') * 100) / sum('recorded')).toBeGreaterThanOrEqual(equal)
    const final = compareFinalState(incident, cluster)
    expect(final.differences.length).toBeLessThanOrEqual(otherwise)
    const { pods, conditions } = compareCourse(incident, writes)
    expect(pods.recorded).toBeGreaterThan(0)
    expect(conditions.recorded + pods.recorded).toBeGreaterThan(1)
    expect(pods.recorded - pods.same).toBeLessThanOrEqual(floor.pods)
    expect(conditions.recorded - conditions.same).toBeLessThanOrEqual(floor.conditions)
    expect(compareExpected(incident, writes, cluster).recorded).toBeGreaterThan(3)
  })

  test('the same incident gives the same log, and what really differs is seen', () => {
    const incident = readIncident(join(RECORDINGS, '01-deployment-lifecycle'))
    const { cluster, writes } = resimulate(incident)
    expect(resimulate(incident).cluster.digest()).toBe(cluster.digest())
    const [gone] = writes.filter(
      ({ verb, row, at }) => verb === 'create' && row.kind === 'Pod' && at > incident.window.from,
    )
    const less = writes.filter((write) => write !== gone)
    const missing = (from: typeof writes): number => compareWrites(incident, from).missing.length
    expect(missing(less)).toBeGreaterThan(missing(writes))
    expect(compareCourse(incident, writes).pods.first).toBeUndefined()
    expect(compareCourse(incident, less).pods.first).toBeDefined()
    expect(compareExpected(incident, less, cluster).same).toBeLessThan(compareExpected(incident, writes, cluster).same)
    // Without one of its rules the comparison finds less alike.
    for (const rule of ['times', 'versions', 'names'] as const) {
      const { actors } = compareWrites(incident, writes, rule)
      const equal = actors.reduce((total, one) => total + one.equal, 0)
      expect(equal).toBeLessThan(compareWrites(incident, writes).actors.reduce((total, one) => total + one.equal, 0))
    }
    const labels = { planted: 'yes' }
    const final = incident.final.map((object) => ({ ...object, metadata: { ...object.metadata, labels } }))
    const planted = compareFinalState({ final }, cluster).differences.length
    expect(planted).toBeGreaterThan(compareFinalState(incident, cluster).differences.length)
  })
})
