/**
 * Goal: names of Services and of their endpoints resolve as the DNS specification of Kubernetes says.
 * Method: a small zone and the names that people write, from inside and outside the namespace.
 */
import { describe, expect, test } from 'vitest'
import { lookUp, searchPath, type Zone } from '../../../src/actors/dns/records.ts'
import type { EndpointSlice, Service, ServiceSpec } from '../../../src/kubernetes/types/networking.ts'

const metadata = (name: string) => ({ name, namespace: 'shop', uid: name, resourceVersion: '1', creationTimestamp: '' })
const serviceWith = (name: string, spec: ServiceSpec): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(name),
  spec,
})

const slice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: metadata('db-1'),
  addressType: 'IPv4',
  endpoints: [
    { addresses: ['10.244.0.2'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.244.1.2'], conditions: { ready: true } },
    { addresses: ['10.244.2.2'], hostname: 'db-2', conditions: { ready: false } },
  ],
}

const services = new Map([
  ['shop/web', serviceWith('web', { clusterIP: '10.96.0.10' })],
  ['shop/db', serviceWith('db', { clusterIP: 'None' })],
  ['shop/mail', serviceWith('mail', { type: 'ExternalName', externalName: 'mail.example.com' })],
])

const zone: Zone = {
  service: (namespace, name) => services.get(`${namespace}/${name}`),
  slices: (namespace, name) => (`${namespace}/${name}` === 'shop/db' ? [slice] : []),
}

const resolve = (name: string, namespace: string) => {
  for (const full of searchPath(name, namespace)) {
    const found = lookUp(full, zone)
    if (found !== undefined) return found
  }
  return undefined
}

describe('a name', () => {
  test.each(['web', 'web.shop', 'web.shop.svc', 'web.shop.svc.cluster.local', 'web.shop.svc.cluster.local.', 'WEB'])(
    '%s means the Service to its neighbours',
    (name) => expect(resolve(name, 'shop')).toEqual({ addresses: ['10.96.0.10'] }),
  )

  test('needs its namespace from elsewhere', () => {
    expect(resolve('web', 'default')).toBeUndefined()
    expect(resolve('web.shop', 'default')).toEqual({ addresses: ['10.96.0.10'] })
  })

  test('of a headless Service means its ready endpoints', () => {
    expect(resolve('db', 'shop')).toEqual({ addresses: ['10.244.0.2', '10.244.1.2'] })
  })

  test('of an endpoint is its hostname, or its address with dashes', () => {
    expect(resolve('db-0.db', 'shop')).toEqual({ addresses: ['10.244.0.2'] })
    expect(resolve('10-244-1-2.db', 'shop')).toEqual({ addresses: ['10.244.1.2'] })
    expect(resolve('db-2.db', 'shop')).toBeUndefined()
    expect(resolve('any.web', 'shop')).toBeUndefined()
  })

  test('of an external Service is another name', () => {
    expect(resolve('mail', 'shop')).toEqual({ canonical: 'mail.example.com' })
  })

  test('of nothing is nothing', () => {
    expect(resolve('nobody', 'shop')).toBeUndefined()
    expect(resolve('example.com', 'shop')).toBeUndefined()
  })
})
