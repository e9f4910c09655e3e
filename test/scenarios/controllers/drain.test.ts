/**
 * Goal: a drain empties a node as fast as a disruption budget allows, and never faster, even while parts of the control plane
 * are away.
 * Method: whole clusters in which somebody cordons a node and asks to evict its Pods again and again, as `kubectl drain` does;
 * at every step the healthy Pods are counted.
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { kill } from '../../../src/cluster/fault.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import type { IntOrString } from '../../../src/kubernetes/types/meta.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { isReady, isTerminating } from '../../../src/kubernetes/pods.ts'
import { asObject, readyCluster, template } from './story.ts'

const shop = (
  replicas: number,
  limit: { readonly minAvailable?: IntOrString; readonly maxUnavailable?: IntOrString },
) => [
  asObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { replicas, selector: { matchLabels: { app: 'shop' } }, template: template('shop') },
  }),
  asObject({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'shop' } }, ...limit },
  }),
]

const healthy = (cluster: Cluster): readonly Pod[] =>
  cluster.list('Pod', 'default').filter((pod) => isReady(pod) && !isTerminating(pod))

const on = (cluster: Cluster, node: string): readonly Pod[] =>
  cluster.list('Pod', 'default').filter(({ spec }) => spec.nodeName === node)

/** One round of a drain: asks for all Pods of a node; kubectl tries again after five seconds. */
const evictAll = (cluster: Cluster, node: string): void => {
  for (const { metadata } of on(cluster, node)) {
    const { namespace, name } = metadata
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
    cluster.call({ verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction', body })
  }
}

const cordon = (cluster: Cluster, name: string): void => {
  cluster.call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body: { spec: { unschedulable: true } } })
  cluster.run(seconds(1))
}

/** Drains a node; gives the fewest healthy Pods that were seen meanwhile, and whether the node is empty. */
const drain = (
  cluster: Cluster,
  node: string,
  rounds: number,
): { readonly fewest: number; readonly isEmpty: boolean } => {
  let fewest = healthy(cluster).length
  for (let round = 0; round < rounds && on(cluster, node).length > 0; round++) {
    evictAll(cluster, node)
    for (let look = 0; look < 250; look++) {
      cluster.run(millis(20))
      fewest = Math.min(fewest, healthy(cluster).length)
    }
  }
  return { fewest, isEmpty: on(cluster, node).length === 0 }
}

const started = (replicas: number, limit: Parameters<typeof shop>[1]): { cluster: Cluster; node: string } => {
  const cluster = readyCluster({ nodes: 3 })
  cluster.apply(shop(replicas, limit))
  expect(cluster.runUntil((one) => healthy(one).length === replicas, { within: seconds(60) })).toBe(true)
  cluster.run(seconds(2))
  const node = healthy(cluster)[0]?.spec.nodeName ?? ''
  cordon(cluster, node)
  return { cluster, node }
}

const budget = (cluster: Cluster) => cluster.get('PodDisruptionBudget', 'default', 'shop')?.status

describe('a drain', () => {
  test('never leaves fewer healthy Pods than the budget demands, and ends', () => {
    const { cluster, node } = started(6, { minAvailable: 5 })
    expect(budget(cluster)).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 6, desiredHealthy: 5 })
    const { fewest, isEmpty } = drain(cluster, node, 30)
    expect(isEmpty).toBe(true)
    expect(fewest).toBe(5)
    cluster.run(seconds(20))
    expect(budget(cluster)).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 6, expectedPods: 6 })
    expect(budget(cluster)?.disruptedPods).toBeUndefined()
  })

  test('takes as many at a time as a percentage leaves', () => {
    const { cluster, node } = started(8, { maxUnavailable: '25%' })
    const { fewest, isEmpty } = drain(cluster, node, 30)
    expect(isEmpty).toBe(true)
    expect(fewest).toBe(6)
  })

  test('against a budget that allows nothing takes nothing', () => {
    const { cluster, node } = started(4, { maxUnavailable: 0 })
    const before = on(cluster, node).length
    expect(drain(cluster, node, 6)).toEqual({ fewest: 4, isEmpty: false })
    expect(on(cluster, node)).toHaveLength(before)
  })

  test('stands still while nobody counts, and goes on when the controller is back', () => {
    const { cluster, node } = started(6, { minAvailable: 5 })
    cluster.inject(kill('kube-controller-manager/0'), { for: seconds(60) })
    cluster.run(seconds(1))
    const away = drain(cluster, node, 6)
    // One eviction was still allowed; no other is, and nobody replaces its Pod.
    expect(away.fewest).toBe(5)
    cluster.run(seconds(40))
    const { fewest, isEmpty } = drain(cluster, node, 40)
    expect(isEmpty).toBe(true)
    expect(fewest).toBe(5)
  })
})
