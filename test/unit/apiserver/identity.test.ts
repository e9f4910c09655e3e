/**
 * Goal: each API server says by a Lease that it is there, as upstream's, and nobody else's stays for ever.
 * Method: clusters with roles on, of one server and of three, and Leases that have not been renewed for an hour.
 */
import { expect, test } from 'vitest'
import { base32 } from '../../../src/actors/apiserver/upkeep/base32.ts'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { kill } from '../../../src/cluster/fault.ts'
import type { Micros } from '../../../src/events/envelope.ts'
import { hours, minutes, seconds } from '../../../src/events/time.ts'
import { microTime } from '../../../src/kubernetes/time.ts'

const identities = (cluster: Cluster) =>
  cluster
    .list('Lease', 'kube-system')
    .filter(({ metadata }) => metadata.labels?.['apiserver.kubernetes.io/identity'] === 'kube-apiserver')

const hosts = (cluster: Cluster) =>
  identities(cluster)
    .map(({ metadata }) => metadata.labels?.['kubernetes.io/hostname'])
    .toSorted()

test.each([
  // RFC 4648, section 10, without padding and in small letters.
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foob', 'mzxw6yq'],
  ['fooba', 'mzxw6ytb'],
  ['foobar', 'mzxw6ytboi'],
])('base32 of %j is %j', (text, encoded) => {
  expect(base32(new TextEncoder().encode(text))).toBe(encoded)
})

test('a server has a Lease of its own, which it renews every 10 s', () => {
  const cluster = createCluster({ nodes: 0, authorization: 'RBAC' })
  cluster.run(seconds(60))
  const [lease, ...others] = identities(cluster)
  expect(others).toEqual([])
  // By the host's name: sha256sum, its first 16 bytes in base32.
  expect(lease?.metadata.name).toBe('apiserver-zvmq3lqpnerbhbin5novlsptoe')
  expect(lease?.metadata.labels?.['kubernetes.io/hostname']).toBe('cp-1')
  expect(lease?.spec.holderIdentity).toMatch(/^apiserver-zvmq3lqpnerbhbin5novlsptoe_[0-9a-f-]{36}$/)
  expect(lease?.spec.leaseDurationSeconds).toBe(3600)
  const renewals = [...cluster.log.range(0)].filter(
    ({ type, data }) =>
      type === 'EtcdRequested' && JSON.stringify(data).includes('/registry/leases/kube-system/apiserver-'),
  )
  // One look whether it is there, its making, and five or six renewals.
  expect(renewals.length).toBeGreaterThanOrEqual(6)
  expect(renewals.length).toBeLessThanOrEqual(8)
})

test('a server that starts again keeps its Lease as it is', () => {
  const cluster = createCluster({ nodes: 0, controlPlane: 3, authorization: 'RBAC' })
  cluster.run(minutes(1))
  const before = identities(cluster)
  expect(hosts(cluster)).toEqual(['cp-1', 'cp-2', 'cp-3'])
  cluster.inject(kill('kube-apiserver/0'))
  cluster.run(minutes(1))
  const holders = (all: typeof before) => all.map(({ spec }) => spec.holderIdentity)
  expect(holders(identities(cluster))).toEqual(holders(before))
  expect(identities(cluster)).not.toEqual(before)
})

test('a server that starts takes away the Leases of those that have been gone for an hour', () => {
  const cluster = createCluster({ nodes: 0, authorization: 'RBAC' })
  cluster.run(minutes(1))
  const lease = (host: string, labelled: boolean, renewed: Micros) => `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata:
  name: of-${host}
  namespace: kube-system
  labels: {kubernetes.io/hostname: ${host}${labelled ? ', apiserver.kubernetes.io/identity: kube-apiserver' : ''}}
spec: {holderIdentity: x, leaseDurationSeconds: 3600, renewTime: "${microTime(renewed)}"}
`
  cluster.apply(lease('gone', true, cluster.now - minutes(61)))
  cluster.apply(lease('late', true, cluster.now - minutes(58)))
  cluster.apply(lease('other', false, cluster.now - hours(9)))
  cluster.run(minutes(1))
  expect(hosts(cluster)).toEqual(['cp-1', 'gone', 'late'])
  cluster.inject(kill('kube-apiserver/0'))
  cluster.run(seconds(30))
  expect(hosts(cluster)).toEqual(['cp-1', 'late'])
  expect(cluster.get('Lease', 'kube-system', 'of-other')).toBeDefined()
})
