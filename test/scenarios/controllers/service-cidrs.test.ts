/**
 * Goal: addresses of Services come from the ranges that ServiceCIDRs name; a range goes when nobody's address needs it; and
 * what an address and its Service say of each other is made to agree again.
 * Method: people create and delete ranges and Services in a cluster without nodes; objects and addresses are read.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { findCondition } from '../../../src/kubernetes/conditions.ts'

let cluster: Cluster
beforeEach(() => {
  cluster = createCluster({ seed: 3, nodes: 0 })
  cluster.run(seconds(30))
})

const apply = (...objects: readonly object[]): void => {
  cluster.apply(objects as readonly ApiObject[])
  cluster.run(seconds(5))
}

const range = (name: string, cidr: string): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs: [cidr] },
})

const service = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ port: 80 }], ...spec },
})

const remove = (kind: string, name: string, namespace?: string): void => {
  cluster.call({ verb: 'delete', kind, name, ...(namespace === undefined ? {} : { namespace }) })
  cluster.run(seconds(5))
}

const ready = (name: string) => findCondition(cluster.get('ServiceCIDR', undefined, name)?.status?.conditions, 'Ready')
const addressOf = (name: string): string | undefined => cluster.get('Service', 'default', name)?.spec.clusterIP
const reasons = (): readonly string[] =>
  [...cluster.log.range(0)].flatMap((event) => (event.type === 'KubectlAnswered' ? [JSON.stringify(event.data)] : []))

describe('a range that people add', () => {
  test('is guarded and ready, and then its addresses may be had', () => {
    apply(service('early', { clusterIP: '10.200.0.20' }))
    expect(addressOf('early')).toBeUndefined()
    expect(reasons().at(-1)).toContain('the provided network does not match the current range')
    apply(range('more', '10.200.0.0/24'))
    expect(ready('more')).toMatchObject({ status: 'True', message: 'Kubernetes Service CIDR is ready' })
    expect(cluster.get('ServiceCIDR', undefined, 'more')?.metadata.finalizers).toEqual([
      'networking.k8s.io/service-cidr-finalizer',
    ])
    apply(service('late', { clusterIP: '10.200.0.20' }))
    expect(addressOf('late')).toBe('10.200.0.20')
    expect(cluster.get('IPAddress', undefined, '10.200.0.20')?.spec).toEqual({
      parentRef: { resource: 'services', namespace: 'default', name: 'late' },
    })
  })

  test('is drawn from when the one before it is full', () => {
    apply(range('a-small', '10.201.0.0/29'), range('b-next', '10.202.0.0/24'))
    apply(...Array.from({ length: 8 }, (_, i) => service(`s${i}`)))
    const addresses = Array.from({ length: 8 }, (_, i) => addressOf(`s${i}`) ?? '')
    expect(new Set(addresses).size).toBe(8)
    expect(addresses.filter((ip) => ip.startsWith('10.201.0.'))).toHaveLength(6)
    expect(addresses.filter((ip) => ip.startsWith('10.202.0.'))).toHaveLength(2)
  })
})

describe('a range that is deleted', () => {
  test('stays while a Service has an address in it, gives out no more, and goes when the Service does', () => {
    apply(range('more', '10.200.0.0/24'), service('user', { clusterIP: '10.200.0.20' }))
    remove('ServiceCIDR', 'more')
    expect(ready('more')).toMatchObject({ status: 'False', reason: 'Terminating' })
    apply(service('late', { clusterIP: '10.200.0.21' }))
    expect(addressOf('late')).toBeUndefined()
    cluster.run(minutes(2))
    expect(cluster.get('ServiceCIDR', undefined, 'more')).toBeDefined()
    remove('Service', 'user', 'default')
    cluster.run(seconds(15))
    expect(cluster.get('ServiceCIDR', undefined, 'more')).toBeUndefined()
  })

  test('goes ten seconds after it was deleted when nobody needs it, or another holds all of it', () => {
    apply(range('unused', '10.203.0.0/24'))
    apply(range('inner', '10.200.0.0/24'), range('outer', '10.200.0.0/16'))
    apply(service('user', { clusterIP: '10.200.0.20' }))
    remove('ServiceCIDR', 'unused')
    remove('ServiceCIDR', 'inner')
    expect(cluster.get('ServiceCIDR', undefined, 'inner')).toBeDefined()
    cluster.run(seconds(12))
    expect(cluster.list('ServiceCIDR').map(({ metadata }) => metadata.name)).not.toContain('unused')
    expect(cluster.get('ServiceCIDR', undefined, 'inner')).toBeUndefined()
    expect(addressOf('user')).toBe('10.200.0.20')
  })

  test('is freed by another that comes and holds its addresses', () => {
    apply(range('old', '10.200.0.0/24'), service('user', { clusterIP: '10.200.0.20' }))
    remove('ServiceCIDR', 'old')
    cluster.run(minutes(1))
    expect(cluster.get('ServiceCIDR', undefined, 'old')).toBeDefined()
    apply(range('new', '10.200.0.0/16'))
    cluster.run(seconds(15))
    expect(cluster.get('ServiceCIDR', undefined, 'old')).toBeUndefined()
  })
})

describe('addresses and Services that do not agree', () => {
  test('an address whose Service is gone is freed, one that people hold is not', () => {
    const held = (name: string, labels: object): object => ({
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name, labels } },
      spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'ghost' } },
    })
    const label = {
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      'ipaddress.kubernetes.io/ip-family': 'IPv4',
    }
    apply(held('10.96.7.7', label), held('10.96.7.8', {}))
    cluster.run(minutes(7))
    expect(cluster.get('IPAddress', undefined, '10.96.7.7')).toBeUndefined()
    expect(cluster.get('IPAddress', undefined, '10.96.7.8')).toBeDefined()
    // What people hold no Service gets.
    apply(service('late', { clusterIP: '10.96.7.8' }))
    expect(reasons().at(-1)).toContain('provided IP is already allocated')
  })

  test('an address that somebody deletes under its Service is noted again', () => {
    apply(service('user'))
    const ip = addressOf('user') ?? ''
    remove('IPAddress', ip)
    expect(cluster.get('IPAddress', undefined, ip)).toBeUndefined()
    cluster.run(minutes(3))
    expect(cluster.get('IPAddress', undefined, ip)?.spec.parentRef.name).toBe('user')
  })
})
