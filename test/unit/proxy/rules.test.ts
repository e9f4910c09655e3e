/**
 * Goal: a Service port forwards to its ready endpoints, else to those that still serve while they terminate, else nowhere.
 * Method: slices of every condition; policies and hints; then any endpoints, against the rule in one sentence.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PacketFilter } from '../../../src/actors/host/packet-filter.ts'
import { sameRule, serviceRules } from '../../../src/actors/proxy/rules.ts'
import { createRandom } from '../../../src/engine/kernel/random.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Endpoint, EndpointSlice, Service, ServiceSpec } from '../../../src/kubernetes/types/networking.ts'

const serviceWith = (spec: Partial<ServiceSpec> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  spec: { clusterIP: '10.96.0.10', ports: [{ port: 80, targetPort: 8080 }], ...spec },
})

const sliceWith = (endpoints: readonly Endpoint[], port = 8080, name?: string): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'shop', uid: 's', resourceVersion: '1', creationTimestamp: '' },
  addressType: 'IPv4',
  endpoints,
  ports: [{ port, name }],
})

const READY = { ready: true, serving: true, terminating: false }
const DRAINING = { ready: false, serving: true, terminating: true }
const UNREADY = { ready: false, serving: false, terminating: false }
const at = (ip: string, conditions: Endpoint['conditions'], more: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [ip],
  conditions,
  ...more,
})

const HERE = { node: 'node-1' }
const targets = (
  service: Service,
  slices: readonly EndpointSlice[],
  place: { node: string; zone?: string } = HERE,
): readonly string[] => serviceRules(service, slices, place)[0]?.endpoints.map(({ ip, port }) => `${ip}:${port}`) ?? []

describe('a Service', () => {
  test('forwards to what is ready', () => {
    const slices = [sliceWith([at('10.244.0.2', READY), at('10.244.0.3', UNREADY), at('10.244.0.4', DRAINING)])]
    expect(targets(serviceWith(), slices)).toEqual(['10.244.0.2:8080'])
  })

  test('forwards to what drains when nothing is ready', () => {
    const slices = [sliceWith([at('10.244.0.3', UNREADY), at('10.244.0.4', DRAINING)])]
    expect(targets(serviceWith(), slices)).toEqual(['10.244.0.4:8080'])
  })

  test('without endpoints refuses, a headless or external one has no rules', () => {
    expect(serviceRules(serviceWith(), [], HERE)).toEqual([
      { address: '10.96.0.10:80', service: 'shop/web:80', endpoints: [] },
    ])
    expect(serviceRules(serviceWith({ clusterIP: 'None' }), [], HERE)).toEqual([])
    expect(serviceRules(serviceWith({ type: 'ExternalName', externalName: 'example.com' }), [], HERE)).toEqual([])
  })

  test('matches ports by name and counts an address once', () => {
    const service = serviceWith({
      ports: [
        { port: 80, name: 'http' },
        { port: 443, name: 'https' },
      ],
    })
    const slices = [
      sliceWith([at('10.244.0.2', READY)], 8080, 'http'),
      sliceWith([at('10.244.0.2', READY)], 8080, 'http'),
    ]
    expect(serviceRules(service, slices, HERE).map(({ address, endpoints }) => [address, endpoints.length])).toEqual([
      ['10.96.0.10:80', 1],
      ['10.96.0.10:443', 0],
    ])
  })

  test('keeps to the node or the zone where it is asked to', () => {
    const slices = [
      sliceWith([
        at('10.244.0.2', READY, { nodeName: 'node-1', hints: { forZones: [{ name: 'a' }] } }),
        at('10.244.1.2', READY, { nodeName: 'node-2', hints: { forZones: [{ name: 'b' }] } }),
      ]),
    ]
    expect(targets(serviceWith({ internalTrafficPolicy: 'Local' }), slices)).toEqual(['10.244.0.2:8080'])
    expect(targets(serviceWith(), slices, { node: 'node-1', zone: 'b' })).toEqual(['10.244.1.2:8080'])
    expect(targets(serviceWith(), slices, { node: 'node-1', zone: 'c' })).toHaveLength(2)
  })

  test('keeps to the node before the zone where all that is ready is for a node', () => {
    const near = (node: string): Partial<Endpoint> => ({
      nodeName: node,
      hints: { forZones: [{ name: 'a' }], forNodes: [{ name: node }] },
    })
    const first = at('10.244.0.2', READY, near('node-1'))
    const second = at('10.244.1.2', READY, near('node-2'))
    const plain = at('10.244.2.2', READY, { nodeName: 'node-3', hints: { forZones: [{ name: 'b' }] } })
    const service = serviceWith()
    expect(targets(service, [sliceWith([first, second])])).toEqual(['10.244.0.2:8080'])
    expect(targets(service, [sliceWith([first, second])], { node: 'node-2' })).toEqual(['10.244.1.2:8080'])
    expect(targets(service, [sliceWith([first, second])], { node: 'node-9', zone: 'a' })).toHaveLength(2)
    expect(targets(service, [sliceWith([first, plain])], { node: 'node-1', zone: 'b' })).toEqual(['10.244.2.2:8080'])
  })

  test('has a rule for every way in', () => {
    const service: Service = {
      ...serviceWith({ type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30080 }], externalIPs: ['192.0.2.7'] }),
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } },
    }
    expect(serviceRules(service, [], HERE).map(({ address }) => address)).toEqual([
      '10.96.0.10:80',
      '192.0.2.7:80',
      '203.0.113.1:80',
      '*:30080',
    ])
  })

  test('for any endpoints: ready ones, else serving and terminating ones', () => {
    const conditions = fc.record({ ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() })
    fc.assert(
      fc.property(fc.array(conditions, { maxLength: 12 }), (all) => {
        const endpoints = all.map((one, i) => at(`10.244.0.${i + 2}`, one))
        const ready = endpoints.filter((one) => one.conditions?.ready === true)
        const draining = endpoints.filter(
          (one) => one.conditions?.serving === true && one.conditions.terminating === true,
        )
        const wanted = (ready.length > 0 ? ready : draining).map(({ addresses }) => `${addresses[0]}:8080`)
        expect(targets(serviceWith(), [sliceWith(endpoints)])).toEqual(wanted)
      }),
    )
  })

  test('is made once for all nodes as long as nothing depends on the node', () => {
    const [service, slices] = [serviceWith(), [sliceWith([at('10.244.0.2', READY)])]]
    expect(serviceRules(service, slices, { node: 'a' })).toBe(serviceRules(service, slices, { node: 'b' }))
    expect(serviceRules(service, [sliceWith([])], { node: 'a' })).not.toBe(serviceRules(service, slices, { node: 'b' }))
  })
})

describe('the packet filter', () => {
  const random = createRandom(3)
  const endpoints = ['a', 'b', 'c', 'd'].map((ip) => ({ ip, port: 8080 }))
  const rule = { address: '10.96.0.10:80', service: 'shop/web:80', endpoints }

  test('spreads connections evenly', () => {
    const filter = new PacketFilter()
    filter.program({ all: true, set: [rule], removed: [] })
    const counts = new Map<string, number>()
    for (let i = 0; i < 4_000; i++) {
      const target = filter.route('10.96.0.10', 80, 'client', 0, random)
      if (target !== undefined && target !== 'refused') counts.set(target.ip, (counts.get(target.ip) ?? 0) + 1)
    }
    for (const { ip } of endpoints) expect(counts.get(ip)).toBeGreaterThan(900)
  })

  test('keeps a client with its endpoint while affinity lasts and the endpoint is there', () => {
    const filter = new PacketFilter()
    filter.program({ all: true, set: [{ ...rule, affinitySeconds: 60 }], removed: [] })
    const first = filter.route('10.96.0.10', 80, 'client', 0, random)
    for (let i = 1; i < 50; i++) expect(filter.route('10.96.0.10', 80, 'client', seconds(i), random)).toEqual(first)
    const rest = endpoints.filter(({ ip }) => first !== undefined && first !== 'refused' && ip !== first.ip)
    filter.program({ all: false, set: [{ ...rule, endpoints: rest, affinitySeconds: 60 }], removed: [] })
    expect(filter.route('10.96.0.10', 80, 'client', seconds(51), random)).not.toEqual(first)
  })

  test('refuses where a Service has no endpoints, and does not touch what no rule is about', () => {
    const filter = new PacketFilter()
    filter.program({ all: true, set: [{ ...rule, endpoints: [] }], removed: [] })
    expect(filter.route('10.96.0.10', 80, 'client', 0, random)).toBe('refused')
    expect(filter.route('10.244.0.2', 80, 'client', 0, random)).toBeUndefined()
    filter.program({ all: false, set: [], removed: [rule.address] })
    expect(filter.route('10.96.0.10', 80, 'client', 0, random)).toBeUndefined()
  })

  test('knows two rules for the same', () => {
    expect(sameRule(rule, { ...rule, endpoints: [...endpoints] })).toBe(true)
    expect(sameRule(rule, { ...rule, endpoints: endpoints.slice(1) })).toBe(false)
  })
})
