/**
 * Goal: what the scheduler keeps up step by step (sums, counts, indexes, what-ifs) is what it would work out anew, and its
 * promises about nodes hold after any history.
 * Method: run random histories of nodes, Pods, deletions and moves; then ask the scheduler that lived through them, and
 * one that has just come up on the same objects, where a Pod of each kind would go.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { broken, essence, histories, restarted, SmallCluster } from './scheduler-checker.ts'

test('a scheduler that lived through a history decides as one that has just come up', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const cluster = new SmallCluster()
      cluster.run(history)
      const anew = restarted(cluster)
      expect(cluster.probe().map(essence)).toEqual(anew.probe().map(essence))
    }),
    { numRuns: 150 },
  )
})

test('asking leaves no trace: the same question has the same answer', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const cluster = new SmallCluster()
      cluster.run(history)
      expect(cluster.probe().map(essence)).toEqual(cluster.probe().map(essence))
    }),
    { numRuns: 50 },
  )
})

test('no node ever holds more than it has, nor one port twice', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const cluster = new SmallCluster()
      cluster.run(history)
      expect(broken(cluster)).toEqual([])
    }),
    { numRuns: 150 },
  )
})
