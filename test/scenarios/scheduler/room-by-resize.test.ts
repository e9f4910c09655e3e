/**
 * Goal: room that a Pod gives up in a resize is found by the scheduler, not before the Pod has given it up, and quotas count it.
 * Method: a whole cluster of one machine that is full; a Pod waits, another asks for less.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes, seconds } from '../../../src/events/time.ts'

const pod = (name: string, cpu: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu, memory: '64Mi' } } }] },
})

const resize = (cluster: Cluster, name: string, cpu: string): void =>
  cluster.call({
    ...{ verb: 'patch', kind: 'Pod', namespace: 'default', name, subresource: 'resize', patchType: 'strategic' },
    body: { spec: { containers: [{ name: 'app', resources: { requests: { cpu } } }] } },
  })

const nodeOf = (cluster: Cluster, name: string): string | undefined =>
  cluster.get('Pod', 'default', name)?.spec.nodeName

test('a Pod that waits is placed when another has become smaller', () => {
  const cluster = createCluster({ nodes: 1 })
  cluster.run(minutes(1))
  cluster.apply([pod('large', '3500m'), pod('late', '2')] as readonly ApiObject[])
  cluster.run(seconds(30))
  expect([nodeOf(cluster, 'large'), nodeOf(cluster, 'late')]).toEqual(['node-1', undefined])
  resize(cluster, 'large', '1')
  cluster.run(seconds(10))
  expect(nodeOf(cluster, 'late')).toBe('node-1')
  const [status] = cluster.get('Pod', 'default', 'large')?.status?.containerStatuses ?? []
  expect(status).toMatchObject({ resources: { requests: { cpu: '1' } }, restartCount: 0 })
})

test('a Pod that was granted more keeps others away, one whose resize is infeasible does not', () => {
  const cluster = createCluster({ nodes: 1 })
  cluster.run(minutes(1))
  cluster.apply([pod('large', '1')] as readonly ApiObject[])
  cluster.run(seconds(30))
  resize(cluster, 'large', '60')
  cluster.run(seconds(10))
  cluster.apply([pod('second', '1')] as readonly ApiObject[])
  cluster.run(seconds(10))
  expect(nodeOf(cluster, 'second')).toBe('node-1')
  resize(cluster, 'large', '2')
  cluster.run(seconds(10))
  cluster.apply([pod('third', '2')] as readonly ApiObject[])
  cluster.run(seconds(20))
  expect(nodeOf(cluster, 'third')).toBeUndefined()
})

test('a quota bounds what a Pod may be resized to', () => {
  const cluster = createCluster({ nodes: 1 })
  const metadata = { name: 'bounds', namespace: 'default' }
  const quota: object = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { 'requests.cpu': '2' } } }
  cluster.run(minutes(1))
  cluster.apply([quota] as readonly ApiObject[])
  cluster.run(seconds(10))
  cluster.apply([pod('web', '1')] as readonly ApiObject[])
  cluster.run(seconds(10))
  resize(cluster, 'web', '1500m')
  cluster.run(seconds(10))
  expect(cluster.get('ResourceQuota', 'default', 'bounds')?.status?.used).toEqual({ 'requests.cpu': '1500m' })
  resize(cluster, 'web', '3')
  cluster.run(seconds(10))
  expect(cluster.get('Pod', 'default', 'web')?.spec.containers[0]?.resources?.requests?.['cpu']).toBe('1500m')
})
