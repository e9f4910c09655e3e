/**
 * Goal: a fault ends when it was said to end, in whatever order faults were planned.
 * Method: faults planned from the last to the first; which of them are in force is looked at between their beginnings and ends.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../src/cluster.ts'
import { minutes, seconds } from '../../src/events/time.ts'

const inForce = (cluster: Cluster): readonly string[] =>
  cluster.faults.map(({ fault }) => ('host' in fault ? fault.host : fault.kind)).toSorted()

const planned = (order: readonly number[]): Cluster => {
  const cluster = createCluster({ nodes: 3, dns: 0, seed: 3 })
  for (const n of order) {
    cluster.inject({ kind: 'slow-disk', host: `node-${n}`, factor: 2 }, { at: minutes(n), for: seconds(90) })
  }
  return cluster
}

test.each([[[1, 2, 3]], [[3, 2, 1]], [[2, 3, 1]]])('planned in the order %j', (order) => {
  const cluster = planned(order)
  const seen: (readonly string[])[] = []
  for (const at of [70, 130, 160, 190, 220, 280]) {
    cluster.run(seconds(at) - cluster.now)
    seen.push(inForce(cluster))
  }
  expect(seen).toEqual([['node-1'], ['node-1', 'node-2'], ['node-2'], ['node-2', 'node-3'], ['node-3'], []])
})

test('a process that is killed three times over comes back each time', () => {
  const cluster = createCluster({ nodes: 1, dns: 0, seed: 4 })
  for (const at of [180, 60, 120]) {
    cluster.inject({ kind: 'kill', process: 'kube-scheduler/0' }, { at: seconds(at), for: seconds(20) })
  }
  cluster.run(minutes(4))
  const kinds = [...cluster.log.range(1)].map(({ type }) => type)
  expect(kinds.filter((type) => type === 'ProcessKilled')).toHaveLength(3)
  expect(kinds.filter((type) => type === 'ProcessRevived')).toHaveLength(3)
  expect(cluster.faults).toEqual([])
})
