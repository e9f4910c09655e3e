/**
 * Goal: in a cloud, nodes bear what the cloud knows of them, and Services get balancers with addresses that lead to their Pods.
 * Method: whole clusters with a modelled cloud, with and without its quota.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { findCondition } from '../../../src/kubernetes/conditions.ts'
import { asObject, told } from './story.ts'

const ZONES = ['a', 'b', 'c'].map((zone) => ({ zone: `r-${zone}`, region: 'r' }))

const inCloud = (cloud: object = {}): Cluster => {
  const cluster = createCluster({ seed: 9, authorization: 'RBAC', nodes: ZONES, cloud })
  cluster.run(seconds(40))
  return cluster
}

const balanced = (name: string): ApiObject =>
  asObject({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80 }] },
  })

const addressOf = (cluster: Cluster, name: string): string | undefined =>
  cluster.get('Service', 'default', name)?.status?.loadBalancer?.ingress?.[0]?.ip

test('a node is initialized by the cloud before anything runs on it', () => {
  const cluster = inCloud()
  for (const [index, node] of cluster.list('Node').entries()) {
    const zone = ZONES[Number(node.metadata.name.slice(-1)) - 1]?.zone
    expect(node.metadata.labels, `${index}`).toMatchObject({
      'topology.kubernetes.io/zone': zone,
      'topology.kubernetes.io/region': 'r',
      'node.kubernetes.io/instance-type': 'medium',
    })
    expect(node.spec.providerID).toBe(`seatrial://${zone}/i-${node.metadata.name}`)
    expect(node.spec.taints ?? []).toEqual([])
  }
})

test('a Service gets an address, keeps it, and gives it back when it goes', () => {
  const cluster = inCloud()
  cluster.apply([balanced('web')])
  cluster.run(minutes(1))
  expect(addressOf(cluster, 'web')).toBe('203.0.113.1')
  expect(cluster.get('Service', 'default', 'web')?.metadata.finalizers).toEqual([
    'service.kubernetes.io/load-balancer-cleanup',
  ])
  expect(told(cluster, 'web').filter((line) => line.includes('load balancer'))).toEqual([
    'EnsuringLoadBalancer: Ensuring load balancer',
    'EnsuredLoadBalancer: Ensured load balancer',
  ])
  cluster.call({ verb: 'delete', kind: 'Service', namespace: 'default', name: 'web', options: {} })
  cluster.run(seconds(3))
  expect(cluster.get('Service', 'default', 'web')?.metadata.deletionTimestamp).toBeDefined()
  cluster.run(minutes(1))
  expect(cluster.get('Service', 'default', 'web')).toBeUndefined()
  cluster.apply([balanced('next')])
  cluster.run(minutes(1))
  expect(addressOf(cluster, 'next')).toBe('203.0.113.1')
})

test('changes of a Service are told, and its balancer is put right', () => {
  const cluster = inCloud()
  cluster.apply([asObject({ ...balanced('web'), spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } })])
  cluster.run(seconds(5))
  const change = (spec: object): readonly string[] => {
    const before = told(cluster, 'web').length
    const body = { spec }
    cluster.call({ verb: 'patch', kind: 'Service', namespace: 'default', name: 'web', patchType: 'merge', body })
    cluster.run(minutes(1))
    return told(cluster, 'web')
      .slice(before)
      .map((line) => line.replace(/(ed|ing) load balancer$/, ''))
  }
  const once = change({ type: 'LoadBalancer' })
  expect(once).toEqual(['Type: ClusterIP -> LoadBalancer', 'EnsuringLoadBalancer: Ensur', 'EnsuredLoadBalancer: Ensur'])
  expect(change({ externalTrafficPolicy: 'Local' })).toEqual(['ExternalTrafficPolicy: Cluster -> Local'])
  expect(change({ loadBalancerSourceRanges: ['10.0.0.0/8'] })).toEqual(['LoadBalancerSourceRanges: [] -> [10.0.0.0/8]'])
  // Each of them was followed by one more pass, which is counted on the events that were there.
  const passes = cluster.list('Event').find(({ reason }) => reason === 'EnsuredLoadBalancer')?.count
  expect(passes).toBe(3)
  expect(change({ type: 'ClusterIP', loadBalancerSourceRanges: null, externalTrafficPolicy: null })[0]).toBe(
    'Type: LoadBalancer -> ClusterIP',
  )
  expect(addressOf(cluster, 'web')).toBeUndefined()
})

test('the quota of the cloud is felt, and what is given back is used', () => {
  const cluster = inCloud({ loadBalancers: 1 })
  cluster.apply([balanced('first'), balanced('second')])
  cluster.run(minutes(1))
  expect([addressOf(cluster, 'first'), addressOf(cluster, 'second')]).toEqual(['203.0.113.1', undefined])
  expect(told(cluster, 'second')).toContain(
    'SyncLoadBalancerFailed: Error syncing load balancer: failed to ensure load balancer: quota of 1 load balancers is exceeded',
  )
  cluster.call({ verb: 'delete', kind: 'Service', namespace: 'default', name: 'first', options: {} })
  cluster.run(minutes(7))
  expect(addressOf(cluster, 'second')).toBe('203.0.113.1')
})

test('a node without an instance is deleted; one whose instance is shut down is only marked', () => {
  const cluster = inCloud()
  cluster.apply([asObject({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'ghost' }, spec: {} })])
  cluster.inject(crash('node-2'), { for: minutes(5) })
  cluster.run(minutes(3))
  expect(
    cluster
      .list('Node')
      .map(({ metadata }) => metadata.name)
      .toSorted(),
  ).toEqual(['node-1', 'node-2', 'node-3'])
  const marks = (): readonly string[] =>
    (cluster.get('Node', undefined, 'node-2')?.spec.taints ?? []).map(({ key }) => key)
  expect(marks()).toContain('node.cloudprovider.kubernetes.io/shutdown')
  cluster.run(minutes(4))
  expect(marks()).toEqual([])
})

describe('a cloud whose network needs routes', () => {
  const unavailable = (cluster: Cluster, name: string): string =>
    findCondition(cluster.get('Node', undefined, name)?.status?.conditions, 'NetworkUnavailable')?.reason ?? 'none'
  const tainted = (cluster: Cluster): readonly string[] =>
    cluster
      .list('Node')
      .filter(({ spec }) => spec.taints?.some(({ key }) => key === 'node.kubernetes.io/network-unavailable') === true)
      .map(({ metadata }) => metadata.name)
  const routes = (cluster: Cluster): readonly string[] => {
    const answers = [...cluster.log.range(0)].flatMap((event) =>
      event.type === 'CloudAnswered' && event.data.routes !== undefined ? [event.data.routes] : [],
    )
    return (answers.at(-1) ?? []).map(({ node, cidr }) => `${node} ${cidr}`).sort()
  }

  test('leads each node’s range to it, and until then nothing is placed there', () => {
    const cluster = inCloud({ routes: 10 })
    expect(routes(cluster)).toEqual(['node-1 10.244.0.0/24', 'node-2 10.244.1.0/24', 'node-3 10.244.2.0/24'])
    for (const name of ['node-1', 'node-2', 'node-3']) expect(unavailable(cluster, name)).toBe('RouteCreated')
    expect(tainted(cluster)).toEqual([])
    const kept = [...cluster.log.range(0)].some(
      (event) =>
        event.type === 'RevisionCommitted' && JSON.stringify(event.data.object ?? '').includes('network-unavailable'),
    )
    expect(kept, 'nodes were tainted before').toBe(true)
  })

  test('leaves a node out that its quota has no route for, until another goes', () => {
    const cluster = inCloud({ routes: 2 })
    const [without = ''] = tainted(cluster)
    expect(unavailable(cluster, without)).toBe('NoRouteCreated')
    expect(told(cluster, without).join()).toMatch(/quota of 2 routes is exceeded/)
    const gone = ['node-1', 'node-2', 'node-3'].find((name) => name !== without) ?? ''
    cluster.inject(crash(gone))
    cluster.call({ verb: 'delete', kind: 'Node', name: gone })
    cluster.run(minutes(2))
    expect(routes(cluster).some((route) => route.startsWith(gone))).toBe(false)
    expect(unavailable(cluster, without)).toBe('RouteCreated')
    expect(tainted(cluster)).toEqual([])
  })
})
