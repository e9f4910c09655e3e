/**
 * Goal: a request finds its way by name, Service and rules to a container that serves, and fails for the reason that
 * people know.
 * Method: clients on one node, workloads on others; Services and slices are written as controllers would; faults on the way.
 */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/events/time.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { EndpointConditions } from '../../../src/kubernetes/types/networking.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'
const web: Container = { name: 'web', image: IMAGE, ports: [{ containerPort: 8080 }] }
const READY: EndpointConditions = { ready: true, serving: true, terminating: false }

const createService = (cluster: SmallCluster, name: string, clusterIP: string, port: number): void => {
  const metadata = { name, namespace: 'default' }
  const spec = { clusterIP, ports: [{ port, targetPort: 8080 }] }
  cluster.ask({
    verb: 'create',
    kind: 'Service',
    namespace: 'default',
    name,
    body: { apiVersion: 'v1', kind: 'Service', metadata, spec },
  })
}

/** As the endpointslice-controller would write it for these Pods. */
const publish = (cluster: SmallCluster, service: string, pods: Readonly<Record<string, EndpointConditions>>): void => {
  const name = `${service}-1`
  const endpoints = Object.entries(pods).map(([pod, conditions]) => ({
    addresses: [cluster.pod(pod)?.status?.podIP ?? ''],
    nodeName: cluster.pod(pod)?.spec.nodeName,
    conditions,
  }))
  const metadata = { name, namespace: 'default', labels: { 'kubernetes.io/service-name': service } }
  const body = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType: 'IPv4',
    endpoints,
    ports: [{ port: 8080, protocol: 'TCP' }],
  }
  const before = cluster.get('EndpointSlice', name)
  if (before === undefined) cluster.ask({ verb: 'create', kind: 'EndpointSlice', namespace: 'default', name, body })
  else
    cluster.ask({
      verb: 'update',
      kind: 'EndpointSlice',
      namespace: 'default',
      name,
      body: { ...body, metadata: { ...before.metadata } },
    })
  cluster.run(seconds(3))
}

const shop = (annotations?: Record<string, string>): SmallCluster => {
  const cluster = new SmallCluster({ nodes: 3, images: [IMAGE], traffic: true })
  cluster.createPod('web-a', { nodeName: 'node-2', containers: [web] }, annotations)
  cluster.createPod('web-b', { nodeName: 'node-3', containers: [web] }, annotations)
  createService(cluster, 'web', '10.96.0.20', 80)
  cluster.run(seconds(10))
  publish(cluster, 'web', { 'web-a': READY, 'web-b': READY })
  return cluster
}

const outcomes = (cluster: SmallCluster, since = 0): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const event of cluster.events) {
    if (event.at < since) continue
    if (event.type === 'RequestServed') counts.set(event.data.pod, (counts.get(event.data.pod) ?? 0) + 1)
    if (event.type === 'RequestFailed') counts.set(event.data.reason, (counts.get(event.data.reason) ?? 0) + 1)
  }
  return counts
}

describe('requests to a Service', () => {
  test('are served by all its Pods alike', () => {
    const cluster = shop()
    cluster.addClient('buyer', 'node-1', 'web', 80)
    cluster.run(seconds(40))
    const counts = outcomes(cluster)
    expect([...counts.keys()].sort()).toEqual(['default/web-a', 'default/web-b'])
    expect(counts.get('default/web-a')).toBeGreaterThan(150)
    expect(counts.get('default/web-b')).toBeGreaterThan(150)
    for (const { data } of cluster.of('RequestServed')) expect(data.tookMicros).toBeLessThan(seconds(0.05))
  })

  test('fail by name, by port, and for lack of endpoints, each in its way', () => {
    const cluster = shop()
    createService(cluster, 'empty', '10.96.0.21', 80)
    cluster.run(seconds(3))
    const since = cluster.now
    cluster.addClient('typo', 'node-1', 'wbe', 80)
    cluster.addClient('wrong-port', 'node-1', 'web', 81)
    cluster.addClient('nobody', 'node-1', 'empty', 80)
    cluster.run(seconds(10))
    const reasons = new Map<string, Set<string>>()
    for (const { at, data } of cluster.of('RequestFailed')) {
      if (at > since) reasons.set(data.client, new Set([...(reasons.get(data.client) ?? []), data.reason]))
    }
    expect(reasons.get('typo')).toEqual(new Set(['NXDOMAIN']))
    expect(reasons.get('nobody')).toEqual(new Set(['refused']))
    expect(reasons.get('wrong-port')).toEqual(new Set(['timeout']))
    expect(cluster.of('RequestServed')).toHaveLength(0)
  })

  test('go astray while rules still name a Pod that is gone, and not after', () => {
    const cluster = shop()
    cluster.addClient('buyer', 'node-1', 'web', 80)
    cluster.run(seconds(5))
    cluster.deletePod('web-a')
    cluster.run(seconds(5))
    const astray = outcomes(cluster)
    expect((astray.get('refused') ?? 0) + (astray.get('unreachable') ?? 0)).toBeGreaterThan(5)
    publish(cluster, 'web', { 'web-b': READY })
    const since = cluster.now
    cluster.run(seconds(10))
    expect([...outcomes(cluster, since).keys()]).toEqual(['default/web-b'])
  })

  test('time out while the machine of an endpoint is off', () => {
    const cluster = shop()
    cluster.addClient('buyer', 'node-1', 'web', 80)
    cluster.run(seconds(5))
    cluster.powerOff('node-2')
    const since = cluster.now
    cluster.run(seconds(10))
    const counts = outcomes(cluster, since)
    expect(counts.get('timeout')).toBeGreaterThan(20)
    expect(counts.get('default/web-b')).toBeGreaterThan(20)
  })

  test('do not need kubelet, containerd or kube-proxy once all is set up', () => {
    const cluster = shop()
    cluster.addClient('buyer', 'node-1', 'web', 80)
    cluster.run(seconds(5))
    for (const process of ['kube-proxy/node-1', 'kubelet/node-2', 'containerd/node-2', 'containerd/node-3'])
      cluster.kill(process)
    const since = cluster.now
    cluster.run(seconds(20))
    expect([...outcomes(cluster, since).keys()].sort()).toEqual(['default/web-a', 'default/web-b'])
  })

  test('fail when what the Pod itself calls fails', () => {
    const cluster = shop({ 'seatrial.dev/calls': 'db:6379' })
    cluster.addClient('buyer', 'node-1', 'web', 80)
    cluster.run(seconds(5))
    expect([...outcomes(cluster).keys()]).toEqual(['error'])
    cluster.createPod('db-0', { nodeName: 'node-1', containers: [web] })
    createService(cluster, 'db', '10.96.0.30', 6379)
    cluster.run(seconds(10))
    publish(cluster, 'db', { 'db-0': READY })
    const since = cluster.now
    cluster.run(seconds(5))
    expect([...outcomes(cluster, since).keys()].sort()).toEqual(['default/web-a', 'default/web-b'])
  })
})

describe('kube-proxy', () => {
  test('writes at most once a second, and only what changed', () => {
    const cluster = shop()
    const before = cluster.of('KubeProxySynced').length
    for (let i = 0; i < 6; i++) {
      publish(cluster, 'web', i % 2 === 0 ? { 'web-a': READY } : { 'web-a': READY, 'web-b': READY })
    }
    const syncs = cluster.of('KubeProxySynced').slice(before)
    for (const node of cluster.names) {
      const own = syncs.filter(({ by }) => by === `kube-proxy/${node}`)
      expect(own.length).toBe(6)
      own.slice(1).forEach(({ at }, i) => expect(at - (own[i]?.at ?? 0)).toBeGreaterThan(seconds(0.9)))
    }
    for (const { data } of syncs) expect(data).toMatchObject({ written: 1, removed: 0 })
  })

  test('is silent when nothing changes', () => {
    const cluster = shop()
    const before = cluster.of('KubeProxySynced').length
    cluster.run(seconds(300))
    expect(cluster.of('KubeProxySynced').length).toBe(before)
  })

  test('writes all rules again when it or the machine has restarted', () => {
    const cluster = shop()
    cluster.addClient('buyer', 'node-1', 'web', 80)
    cluster.powerOff('node-1')
    cluster.run(seconds(5))
    cluster.powerOn('node-1')
    cluster.run(seconds(40))
    const since = cluster.now
    cluster.run(seconds(5))
    expect([...outcomes(cluster, since).keys()].sort()).toEqual(['default/web-a', 'default/web-b'])
  })
})

describe('the whole', () => {
  test('is the same every time: one seed, one log', () => {
    const run = (seed: number): string => {
      const cluster = new SmallCluster({ seed, nodes: 2, images: [IMAGE], traffic: true })
      cluster.createPod('web-a', { nodeName: 'node-2', containers: [web] }, { 'seatrial.dev/exit-after': '9s' })
      createService(cluster, 'web', '10.96.0.20', 80)
      cluster.addClient('buyer', 'node-1', 'web', 80)
      cluster.run(seconds(12))
      publish(cluster, 'web', { 'web-a': READY })
      cluster.kill('kubelet/node-2')
      cluster.run(seconds(5))
      cluster.revive('kubelet/node-2')
      cluster.run(seconds(30))
      return JSON.stringify(cluster.events)
    }
    expect(run(5)).toBe(run(5))
    expect(run(5)).not.toBe(run(6))
  })
})
