/**
 * Goal: what HPA, VPA and cluster-autoscaler do to each other is what they do to each other in real clusters: two of them on
 * one measure drive each other away from what either would do alone; and nodes that come with the load go only as far as
 * users are protected.
 * Method: a Deployment whose users cost processor time, in a cloud. Each story is told twice and must have one digest.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster, type CreateOptions } from '../../../src/cluster.ts'
import { pause } from '../../../src/cluster/fault.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { millis, minutes } from '../../../src/events/time.ts'
import { controllerInvariants } from '../../support/autoscaling.ts'
import { goodPods, twice } from './scene.ts'

const shop = (cpu: string, costOfRequest: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' }, annotations: { 'seatrial.dev/cpu-per-request': costOfRequest } },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: 'app',
            image: 'shop:1',
            ports: [{ containerPort: 80 }],
            resources: { requests: { cpu, memory: '64Mi' } },
          },
        ],
      },
    },
  },
})

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
}

const horizontal = (averageUtilization: number, maxReplicas: number): object => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    minReplicas: 2,
    maxReplicas,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }],
  },
})

const vertical = {
  apiVersion: 'autoscaling.k8s.io/v1',
  kind: 'VerticalPodAutoscaler',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    updatePolicy: { updateMode: 'Recreate' },
  },
}

const apply = (cluster: Cluster, objects: readonly object[]): void => cluster.apply(objects as readonly ApiObject[])

const change = (cluster: Cluster, kind: 'Deployment' | 'PodDisruptionBudget', spec: object): void =>
  cluster.call({ verb: 'patch', kind, namespace: 'default', name: 'shop', patchType: 'merge', body: { spec } })

const replicas = (cluster: Cluster): number => cluster.get('Deployment', 'default', 'shop')?.spec.replicas ?? 0

const requestsOf = (cluster: Cluster): readonly number[] =>
  goodPods(cluster, 'shop').map(({ spec }) => {
    const text = spec.containers[0]?.resources?.requests?.['cpu'] ?? '0'
    return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000
  })

/** Five requests a second, each 160 ms of a processor: 800m, however many Pods share them. */
const underLoad = (addons: CreateOptions['addons'], objects: readonly object[]): Cluster => {
  const cluster = createCluster({
    seed: 3,
    nodes: 3,
    clients: [{ service: 'shop', port: 80, every: millis(200), name: 'crowd' }],
    addons,
    invariants: controllerInvariants(),
  })
  cluster.run(minutes(1))
  apply(cluster, [shop('250m', '160ms'), service, horizontal(40, 20), ...objects])
  for (let release = 1; release <= 3; release++) {
    cluster.run(minutes(9))
    // A team that ships often: Pods are new, and so is what they ask for.
    change(cluster, 'Deployment', { template: { metadata: { annotations: { release: String(release) } } } })
  }
  cluster.run(minutes(4))
  return cluster
}

test(
  'an HPA and a VPA on the same processor time drive each other on: ever more Pods, each asking for less',
  { timeout: 300_000 },
  () => {
    // Alone: 800m at 40 % of 250m each.
    const alone = underLoad(undefined, [])
    expect(replicas(alone)).toBeGreaterThanOrEqual(8)
    expect(replicas(alone)).toBeLessThanOrEqual(9)

    // Together the VPA takes away the slack that the HPA wants to have, and the HPA makes it anew.
    const together = twice(() => underLoad({ verticalPodAutoscaler: true }, [vertical]))
    expect(replicas(together)).toBeGreaterThanOrEqual(12)
    const requests = requestsOf(together)
    expect(Math.max(...requests), `${requests.join()}`).toBeLessThan(220)
    expect(Math.min(...requests), 'never below the minimum of a Pod').toBeGreaterThanOrEqual(25)
  },
)

const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'shop' } } },
}

const poolNodes = (cluster: Cluster): readonly string[] =>
  cluster
    .list('Node')
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith('pool-'))

const saleOver = (): Cluster => {
  const cluster = createCluster({
    seed: 3,
    nodes: [{ cpu: '1500m' }],
    clients: [{ service: 'shop', port: 80, every: millis(100), name: 'crowd' }],
    cloud: { nodeGroups: [{ name: 'pool', max: 3, cpu: '2', memory: '8Gi' }] },
    addons: { clusterAutoscaler: {} },
    invariants: controllerInvariants(),
  })
  cluster.run(minutes(1))
  apply(cluster, [shop('450m', '180ms'), service, budget, horizontal(50, 12)])
  cluster.run(minutes(6))
  // 1800m of load at half of 450m each need eight Pods or nine; three fit on the node of the beginning, four on one of the pool.
  expect(replicas(cluster)).toBeGreaterThanOrEqual(8)
  expect(goodPods(cluster, 'shop')).toHaveLength(replicas(cluster))
  expect(poolNodes(cluster)).toEqual(['pool-1', 'pool-2'])

  cluster.inject(pause('client/crowd'), { for: minutes(600) })
  cluster.run(minutes(45))
  return cluster
}

test(
  'nodes come with the load; when it is over they go, but for the one whose Pods a budget protects',
  { timeout: 300_000 },
  () => {
    const cluster = twice(saleOver)
    expect(replicas(cluster)).toBe(2)
    // Both Pods are on one node, and the budget wants two: nobody may be moved, though there is room elsewhere.
    const [left, ...others] = poolNodes(cluster)
    expect(others).toEqual([])
    expect(goodPods(cluster, 'shop').map(({ spec }) => spec.nodeName)).toEqual([left, left])

    // One may be missing now: the Pods move one after the other, and the last machine of the pool is given back.
    change(cluster, 'PodDisruptionBudget', { minAvailable: 1 })
    let fewest = 2
    for (let minute = 0; minute < 30; minute++) {
      cluster.run(minutes(1))
      fewest = Math.min(fewest, goodPods(cluster, 'shop').length)
    }
    expect(poolNodes(cluster)).toEqual([])
    expect(goodPods(cluster, 'shop').map(({ spec }) => spec.nodeName)).toEqual(['node-1', 'node-1'])
    expect(fewest).toBeGreaterThanOrEqual(1)
    expect(cluster.unsettled()).toEqual([])
  },
)
