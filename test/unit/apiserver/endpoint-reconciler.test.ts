/**
 * Goal: Service default/kubernetes leads to the API servers that are there, and to no other.
 * Method: clusters with roles on; servers stop and start again, and the Service is deleted.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'

const ADDRESSES = ['172.16.0.2', '172.16.0.3', '172.16.0.4']

/** By the Endpoints and by the slice, which agree. */
const served = (cluster: Cluster): readonly string[] => {
  const [subset, ...others] = cluster.get('Endpoints', 'default', 'kubernetes')?.subsets ?? []
  const addresses = subset?.addresses?.map(({ ip }) => ip) ?? []
  const slice = cluster.get('EndpointSlice', 'default', 'kubernetes')
  expect(others).toEqual([])
  expect(slice?.endpoints?.flatMap((endpoint) => endpoint.addresses) ?? []).toEqual(addresses)
  return addresses
}

test('one server: Endpoints and slice as upstream makes them, which nobody mirrors', () => {
  const cluster = createCluster({ nodes: 0, authorization: 'RBAC' })
  cluster.run(minutes(1))
  expect(cluster.get('Endpoints', 'default', 'kubernetes')).toMatchObject({
    metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: '172.16.0.2' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
  })
  const [slice, ...others] = cluster.list('EndpointSlice', 'default')
  expect(others).toEqual([])
  expect(slice).toMatchObject({
    metadata: { name: 'kubernetes', generation: 1, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['172.16.0.2'], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  })
  const before = cluster.get('Endpoints', 'default', 'kubernetes')
  cluster.run(minutes(5))
  expect(cluster.get('Endpoints', 'default', 'kubernetes')).toEqual(before)
})

test('a server that is gone drops out within 15 s and a look of the others, and comes back when it starts', () => {
  const cluster = createCluster({ nodes: 0, controlPlane: 3, authorization: 'RBAC' })
  cluster.run(minutes(1))
  expect(served(cluster)).toEqual(ADDRESSES)
  cluster.inject(crash('cp-3'), { for: minutes(3) })
  // The last note may be as young as the crash.
  cluster.run(seconds(4))
  expect(served(cluster)).toEqual(ADDRESSES)
  cluster.run(seconds(26))
  expect(served(cluster)).not.toContain('172.16.0.4')
  // Whoever was talking to the member of etcd there notices after 40 s only, and has dropped out meanwhile.
  const areServed = (addresses: readonly string[]) => (one: Cluster) => served(one).join() === addresses.join()
  expect(cluster.runUntil(areServed(ADDRESSES.slice(0, 2)), { within: minutes(1) })).toBe(true)
  expect(cluster.runUntil(areServed(ADDRESSES), { within: minutes(3) })).toBe(true)
})

test('the Service comes back when somebody deletes it', () => {
  const cluster = createCluster({ nodes: 0, authorization: 'RBAC' })
  cluster.run(minutes(1))
  const before = cluster.get('Service', 'default', 'kubernetes')
  cluster.call({ verb: 'delete', kind: 'Service', namespace: 'default', name: 'kubernetes' })
  cluster.run(seconds(11))
  const after = cluster.get('Service', 'default', 'kubernetes')
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid)
  expect(after?.spec).toEqual(before?.spec)
  expect(served(cluster)).toEqual(ADDRESSES.slice(0, 1))
})

test('without a reconciler it leads nowhere', () => {
  const cluster = createCluster({ nodes: 0, authorization: 'RBAC', endpointReconciler: 'none' })
  cluster.run(minutes(1))
  expect(cluster.get('Service', 'default', 'kubernetes')).toBeDefined()
  expect(served(cluster)).toEqual([])
})
