/**
 * Goal: machines come and go with what the cluster needs, whatever the cloud does meanwhile.
 * Method: whole clusters in a modelled cloud that refuses, runs out of machines, loses them or dies; looked at through the
 * Nodes, the Pods and what people are told.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster, type CreateOptions } from '../../../src/cluster.ts'
import { crash, kill, partition } from '../../../src/cluster/fault.ts'
import type { NodeGroupSpec } from '../../../src/cluster/cloud-options.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import { noGroupAboveMaximum } from '../../support/autoscaling.ts'
import { asObject, told } from './story.ts'

const POOL: NodeGroupSpec = { name: 'pool', max: 4, cpu: '2', memory: '8Gi', zone: 'r-a', region: 'r' }

const inCloud = (group: Partial<NodeGroupSpec> = {}, options: CreateOptions = {}): Cluster => {
  const cluster = createCluster({
    seed: 5,
    authorization: 'RBAC',
    nodes: [{ cpu: '1' }],
    cloud: { nodeGroups: [{ ...POOL, ...group }], ...options.cloud },
    addons: { clusterAutoscaler: {} },
    invariants: [noGroupAboveMaximum()],
    ...options,
  })
  cluster.run(seconds(40))
  return cluster
}

const web = (replicas: number, spec: object = {}): ReturnType<typeof asObject> =>
  asObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 3,
          containers: [{ name: 'app', image: 'web:1', resources: { requests: { cpu: '900m', memory: '256Mi' } } }],
          ...spec,
        },
      },
    },
  })

const scale = (cluster: Cluster, replicas: number): void =>
  cluster.call({
    ...{ verb: 'patch', kind: 'Deployment', namespace: 'default', name: 'web', patchType: 'merge' },
    body: { spec: { replicas } },
  })

const nodes = (cluster: Cluster): readonly string[] =>
  cluster
    .list('Node')
    .map(({ metadata }) => metadata.name)
    .sort()
const ready = (cluster: Cluster): number => cluster.list('Pod', 'default').filter(isReady).length
const status = (cluster: Cluster): string =>
  cluster.get('ConfigMap', 'kube-system', 'cluster-autoscaler-status')?.data?.['status'] ?? ''
const toldOfItself = (cluster: Cluster): readonly string[] => told(cluster, 'cluster-autoscaler-status')

test('Pods without room bring nodes, which bear what the cloud knows; without Pods they go again', () => {
  const cluster = inCloud()
  cluster.apply([web(5)])
  cluster.run(minutes(4))
  expect(ready(cluster)).toBe(5)
  expect(nodes(cluster)).toEqual(['node-1', 'pool-1', 'pool-2'])
  expect(cluster.get('Node', undefined, 'pool-1')).toMatchObject({
    metadata: { labels: { 'topology.kubernetes.io/zone': 'r-a', 'node.kubernetes.io/instance-type': 'medium' } },
    spec: { providerID: 'seatrial://r-a/i-pool-1' },
  })
  expect(toldOfItself(cluster)).toContain('ScaledUpGroup: Scale-up: group pool size set to 2 instead of 0 (max: 4)')
  expect(status(cluster)).toContain('cloudProviderTarget: 2')
  scale(cluster, 1)
  cluster.run(minutes(9))
  // Marked, and not yet gone: it must have been so for ten minutes.
  expect(nodes(cluster)).toHaveLength(3)
  cluster.run(minutes(8))
  expect(nodes(cluster).length).toBeLessThanOrEqual(2)
  expect(ready(cluster)).toBe(1)
  expect(cluster.unsettled()).toEqual([])
})

test('a group at its maximum grows no further, and Pods are told so', () => {
  const cluster = inCloud({ max: 1 })
  cluster.apply([web(6)])
  cluster.run(minutes(4))
  expect(nodes(cluster)).toEqual(['node-1', 'pool-1'])
  const waiting = cluster.list('Pod', 'default').find(({ spec }) => (spec.nodeName ?? '') === '')
  expect(told(cluster, waiting?.metadata.name ?? '')).toContain(
    "NotTriggerScaleUp: pod didn't trigger scale-up: 1 max node group size reached",
  )
})

test('a refusal by the quota sets the group back for five minutes', () => {
  const cluster = inCloud({}, { cloud: { instanceQuota: 1, nodeGroups: [POOL] } })
  cluster.apply([web(5)])
  cluster.run(minutes(4))
  expect(nodes(cluster)).toEqual(['node-1'])
  expect(toldOfItself(cluster)).toContain(
    'FailedToScaleUpGroup: Scale-up failed for group pool: quota of 1 instances is exceeded: 2 requested',
  )
  expect(status(cluster)).toContain('status: Backoff')
})

test('machines that the zone does not have are given up, and another group takes over', () => {
  const other = { ...POOL, name: 'other', cpu: '3' }
  // The first group wastes less, but has one machine only.
  const cluster = inCloud({}, { cloud: { nodeGroups: [{ ...POOL, stock: 1 }, other] } })
  cluster.apply([web(5)])
  cluster.run(minutes(6))
  expect(ready(cluster)).toBe(5)
  expect(nodes(cluster).map((name) => name.split('-')[0])).toEqual(['node', 'other', 'pool'])
  expect(toldOfItself(cluster).some((line) => line.startsWith('ScaleUpFailed: Failed adding 1 nodes'))).toBe(true)
})

test('a machine that never joins is given back after a quarter of an hour', () => {
  const cluster = inCloud()
  cluster.apply([web(3)])
  cluster.runUntil((one) => [...one.log.range(0)].some(({ type }) => type === 'InstanceLaunched'), {
    within: minutes(3),
  })
  cluster.inject(partition('pool-1', 'cp-1'), { for: minutes(60) })
  cluster.run(minutes(20))
  expect(toldOfItself(cluster)).toContain('DeleteUnregistered: Removing unregistered node pool-1')
  expect(nodes(cluster)).not.toContain('pool-1')
  cluster.run(minutes(8))
  // After the back-off another one is tried, which works.
  expect(ready(cluster)).toBe(3)
})

test('a crashed machine of the pool that comes back is a node again; one that was given back stays away', () => {
  const cluster = inCloud({ min: 1 })
  cluster.run(minutes(2))
  cluster.inject(crash('pool-1'), { for: minutes(2) })
  cluster.run(minutes(6))
  expect(
    cluster.get('Node', undefined, 'pool-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status,
  ).toBe('True')

  const shrinking = inCloud()
  shrinking.apply([web(2)])
  shrinking.run(minutes(4))
  scale(shrinking, 0)
  shrinking.inject(crash('pool-1'), { at: minutes(15), for: minutes(20) })
  shrinking.run(minutes(40))
  expect(nodes(shrinking)).toEqual(['node-1'])
})

test('a new leader takes the marks of the old one away and goes on', () => {
  const cluster = inCloud()
  cluster.apply([web(3)])
  cluster.run(minutes(4))
  scale(cluster, 1)
  cluster.run(minutes(5))
  const marked = (): number =>
    cluster.list('Node').filter(({ spec }) => spec.taints?.some(({ key }) => key.startsWith('DeletionCandidate')))
      .length
  expect(marked()).toBe(1)
  cluster.inject(kill('cluster-autoscaler/0'))
  cluster.run(minutes(25))
  expect(nodes(cluster)).toEqual(['node-1'])
  expect(ready(cluster)).toBe(1)
})

test('what happened while machines came and went can be looked at, forked and told again', () => {
  const story = (): Cluster => {
    const cluster = inCloud()
    cluster.apply([web(5)])
    cluster.run(minutes(4))
    return cluster
  }
  const cluster = story()
  expect(story().digest()).toBe(cluster.digest())
  expect(cluster.at(minutes(1)).list('Node')).toHaveLength(1)
  const fork = cluster.fork({ at: cluster.now })
  expect(fork.digest()).toBe(cluster.digest())
  fork.inject(crash('pool-1'))
  fork.run(minutes(2))
  expect(fork.get('Node', undefined, 'pool-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe(
    'Unknown',
  )
  expect(
    cluster.get('Node', undefined, 'pool-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status,
  ).toBe('True')
})
