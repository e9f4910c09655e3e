/**
 * Goal: the fewer nodes of a zone are left, the more careful is eviction: one node every ten seconds in a zone that is well
 * or all gone, none in a small zone that is mostly gone, nobody anywhere when every zone is gone.
 * Method: twelve nodes in three zones; some or all of them lose their network; NoExecute taints are timed.
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { partition } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { goodPods, nodeReady, podsOf, readyEndpoints, servingCluster, twice } from './scene.ts'

const ZONES = ['a', 'b', 'c']
const nodes = ZONES.flatMap((zone) => [1, 2, 3, 4].map((n) => ({ name: `${zone}${n}`, zone, region: 'r' })))

/** When each node was tainted so that its Pods go. */
const evictions = (cluster: Cluster, since: number): ReadonlyMap<string, number> => {
  const times = new Map<string, number>()
  for (const { at, text } of cluster.timeline()) {
    const node = /^node\/(\S+) tainted node\.kubernetes\.io\/unreachable:NoExecute/.exec(text)?.[1]
    if (node !== undefined && at > since && !times.has(node)) times.set(node, at)
  }
  return times
}

const story = (seed: number, lost: readonly string[], length: number, outage = length) => {
  let cut = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed, nodes, clients: [] }, 12)
    cut = one.now
    for (const node of lost) one.inject(partition(node), { for: outage })
    one.run(length)
    return one
  })
  return { cluster, cut, evicted: evictions(cluster, cut) }
}

describe('one node of four', () => {
  const { cluster, cut, evicted } = story(31, ['a1'], minutes(8))

  test('is evicted, and its Pods find another place', () => {
    expect([...evicted.keys()]).toEqual(['a1'])
    expect(readyEndpoints(cluster, cut + minutes(2))).toBeLessThan(12)
    expect(goodPods(cluster, 'web')).toHaveLength(12)
    expect(goodPods(cluster, 'web').some(({ spec }) => spec.nodeName === 'a1')).toBe(false)
  })
})

describe('three nodes of four', () => {
  const { cluster, evicted } = story(32, ['a1', 'a2', 'a3'], minutes(8))

  test('are not evicted: a zone in which so much is wrong at once is not to be trusted', () => {
    expect([...evicted.keys()]).toEqual([])
    expect(['a1', 'a2', 'a3'].map((name) => nodeReady(cluster, name))).toEqual(['Unknown', 'Unknown', 'Unknown'])
    expect(podsOf(cluster, 'web'), 'nothing was deleted, nothing made anew').toHaveLength(12)
  })
})

describe('a whole zone', () => {
  const { cluster, evicted } = story(33, ['a1', 'a2', 'a3', 'a4'], minutes(8))

  test('is evicted at the usual pace, one node every ten seconds', () => {
    expect([...evicted.keys()].toSorted()).toEqual(['a1', 'a2', 'a3', 'a4'])
    const times = [...evicted.values()].toSorted((x, y) => x - y)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(seconds(9.9))
      expect(gap).toBeLessThan(seconds(11))
    }
    expect(goodPods(cluster, 'web')).toHaveLength(12)
  })
})

describe('all zones', () => {
  const all = nodes.map(({ name }) => name)
  const { cluster, cut, evicted } = story(34, all, minutes(14), minutes(12))

  test('evict nobody: it is the control plane that is cut off', () => {
    expect(
      [...evicted].filter(([, at]) => at < cut + minutes(12)),
      'no taint while all are silent',
    ).toEqual([])
    const deleted = cluster.timeline().filter(({ at, text }) => at > cut && /DeletionByTaintManager/.test(text))
    expect(deleted).toEqual([])
    expect(cluster.unsettled()).toEqual([])
    expect(podsOf(cluster, 'web').every(({ status }) => status?.containerStatuses?.[0]?.restartCount === 0)).toBe(true)
  })
})
