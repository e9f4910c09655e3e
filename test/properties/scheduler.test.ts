/**
 * Goal: what the scheduler keeps up step by step (sums, counts, indexes, what-ifs) is what it would work out anew, and its
 * promises about nodes hold after any history.
 * Method: run random histories of nodes, Pods, deletions and moves; then ask the scheduler that lived through them, and
 * one that has just come up on the same objects, where a Pod of each kind would go.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lives, LivingCluster, wrongPreemptions } from './scheduler-life.ts'
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

test('required affinity, anti-affinity and hard spreading hold at the moment of each binding', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const cluster = new SmallCluster()
      cluster.run(history)
      expect(cluster.brokenPromises).toEqual([])
    }),
    { numRuns: 150 },
  )
})

/** The longest back-off and a tick of its clock. */
const BACKOFF_BOUND_SECONDS = 11
/** Waiting Pods are tried again, whatever happened, after five minutes; looked for every half minute. */
const FLUSH_BOUND_SECONDS = 330 + BACKOFF_BOUND_SECONDS

const placesAllThatFit = (apart: boolean, withinSeconds: number) =>
  fc.property(lives(apart), (life) => {
    const cluster = new LivingCluster()
    cluster.live(life)
    cluster.wait(withinSeconds)
    expect(cluster.overlooked()).toEqual([])
  })

test('every Pod that fits is placed within the longest back-off', () => {
  fc.assert(placesAllThatFit(false, BACKOFF_BOUND_SECONDS), { numRuns: 200 })
})

// Upstream's hint of InterPodAffinity does not wake a Pod that only others avoid; the flush does.
test('one that others avoided is placed after the flush of five minutes at the latest', () => {
  fc.assert(placesAllThatFit(true, FLUSH_BOUND_SECONDS), { numRuns: 50 })
})

test('preemption evicts only less important Pods, breaks no budget where another way is open, and ends', () => {
  fc.assert(
    // A waiting Pod's own anti-affinity holds nobody back, in upstream neither: InterPodAffinity is skipped where no Pod on a
    // node has any. Victims that come again could then be evicted for ever.
    fc.property(lives(false), (life) => {
      const cluster = new LivingCluster({ budget: true, owned: true })
      cluster.live(life)
      cluster.wait(60)
      expect(wrongPreemptions(cluster)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('the same history is decided the same way', () => {
  fc.assert(
    fc.property(lives(true), (life) => {
      const [first, second] = [new LivingCluster({ budget: true }), new LivingCluster({ budget: true })]
      first.live(life)
      second.live(life)
      expect(first.decisions).toEqual(second.decisions)
    }),
    { numRuns: 50 },
  )
})
