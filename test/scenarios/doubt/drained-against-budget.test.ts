/**
 * Goal: a drain that keeps a budget costs no user anything; one that cannot keep it stands still; and who then pulls the plug
 * finds that a budget binds only those who ask.
 * Method: somebody cordons a node and asks to evict its Pods every five seconds, as `kubectl drain` does, while users ask a
 * Service; ready endpoints and requests are counted over time.
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Micros } from '../../../src/events/envelope.ts'
import { goodPods, podsOf, readyEndpoints, requests, servingCluster, twice } from './scene.ts'

const REPLICAS = 4

const budget = (maxUnavailable: number): ApiObject =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable },
  }) as object as ApiObject

const onNode = (cluster: Cluster, node: string) => podsOf(cluster, 'web').filter(({ spec }) => spec.nodeName === node)

/** The node with most of the Pods. */
const fullest = (cluster: Cluster): string =>
  cluster
    .list('Node')
    .map(({ metadata }) => metadata.name)
    .toSorted((a, b) => onNode(cluster, b).length - onNode(cluster, a).length)[0] ?? ''

const drain = (cluster: Cluster, node: string, within: Micros): void => {
  cluster.call({
    verb: 'patch',
    kind: 'Node',
    name: node,
    patchType: 'strategic',
    body: { spec: { unschedulable: true } },
  })
  const end = cluster.now + within
  while (cluster.now < end && onNode(cluster, node).length > 0) {
    for (const { metadata } of onNode(cluster, node)) {
      const { namespace, name } = metadata
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
      cluster.call({ verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction', body })
    }
    cluster.run(seconds(5))
  }
}

/** The fewest endpoints that were ready in a span of time. */
const fewest = (cluster: Cluster, from: Micros, to: Micros): number => {
  let least = Infinity
  for (let at = from; at <= to; at += seconds(1)) least = Math.min(least, readyEndpoints(cluster, at))
  return least
}

describe('a node that is drained against a budget', () => {
  let began = 0
  let node = ''
  const cluster = twice(() => {
    const one = servingCluster({ seed: 61 }, REPLICAS)
    one.apply([budget(1)])
    one.run(seconds(5))
    began = one.now
    node = fullest(one)
    drain(one, node, minutes(3))
    one.run(seconds(30))
    return one
  })

  test('is empty in the end, never with more Pods away than the budget lets', () => {
    expect(onNode(cluster, node)).toEqual([])
    expect(goodPods(cluster, 'web')).toHaveLength(REPLICAS)
    expect(fewest(cluster, began, cluster.now)).toBeGreaterThanOrEqual(REPLICAS - 1)
  })

  test('costs no user a request', () => {
    expect(requests(cluster, began, cluster.now).failed).toBe(0)
  })
})

describe('a budget that lets nobody go', () => {
  let pulled = 0
  let node = ''
  let before = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 62 }, REPLICAS)
    one.apply([budget(0)])
    one.run(seconds(5))
    node = fullest(one)
    before = onNode(one, node).length
    drain(one, node, seconds(30))
    pulled = one.now
    return one
  })

  test('holds a drain up for as long as it stands', () => {
    expect(before).toBeGreaterThan(0)
    expect(onNode(cluster, node)).toHaveLength(before)
    expect(fewest(cluster, 0 + pulled - seconds(30), pulled)).toBe(REPLICAS)
  })

  test('does not hold up who pulls the plug: Pods go as on any node that dies, and users feel it until it is noticed', () => {
    const other = cluster.fork({ at: pulled })
    other.inject(crash(node))
    other.run(minutes(7))
    expect(fewest(other, pulled + minutes(1), other.now)).toBe(REPLICAS - before)
    expect(requests(other, pulled, pulled + minutes(1)).failed).toBeGreaterThan(0)
    expect(requests(other, pulled + seconds(65), other.now).failed).toBe(0)
    // What was on it has been replaced elsewhere: taints ask no budget.
    expect(goodPods(other, 'web').filter(({ spec }) => spec.nodeName !== node)).toHaveLength(REPLICAS)
  })
})
