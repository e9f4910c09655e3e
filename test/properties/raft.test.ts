/**
 * Goal: no storm breaks a promise of Raft, and when it is over the cluster is of use again.
 * Method: clusters of 1, 3, 5 and 7 members under random loss, delay, doubling, overtaking, partitions, power cuts that lose what
 * was not synced, pauses and changes of the membership, with clients that write and read one register. `RaftSafety`
 * checks after every step; then all faults end, and a leader, a write and a read must come in time.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ride, storms } from './raft-storm.ts'

const RUNS = 150

test('whatever happens: one leader per term, one log, one state, no stale read; and after it a working cluster', () => {
  let answered = 0
  fc.assert(
    fc.property(storms, (storm) => {
      const ridden = ride(storm)
      expect(ridden.recovers()).toBe(true)
      expect(ridden.history.anomaly()).toBeUndefined()
      answered += ridden.history.answered
    }),
    { numRuns: RUNS },
  )
  // Storms in which nothing is ever answered would prove nothing.
  expect(answered / RUNS).toBeGreaterThan(20)
})
