/**
 * Goal: a Service with the annotation service.kubernetes.io/topology-mode has its endpoints given to zones in the measure of their
 * processors, or to none where that cannot be, and says so.
 * Method: Pods on nodes of zones with different processors; what stands in the slices, and the Service's Events. The figures are those of
 * topologycache_test.go's rules (v1.36): at least ⌈share / 1.2⌉ for each zone, the rest where most are wanted.
 */
import { describe, expect, test } from 'vitest'
import { endpointSliceController } from '../../../src/actors/controllers/endpointslice/endpointslice.ts'
import {
  allocationsOf,
  isOverloaded,
  transfers,
} from '../../../src/actors/controllers/endpointslice/zone-allocation.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Service } from '../../../src/kubernetes/types/networking.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { meta, pod } from './objects.ts'

const service = (mode?: string): Given => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web', mode === undefined ? {} : { annotations: { 'service.kubernetes.io/topology-mode': mode } }),
  ...{ spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } },
})

const node = (name: string, zone: string, cpu: string, ready = true): Given => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta(name, { namespace: undefined, labels: zone === '' ? {} : { 'topology.kubernetes.io/zone': zone } }),
  ...{
    spec: {},
    status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  },
})

const podsOn = (...nodes: readonly string[]): readonly Given[] =>
  nodes.map((name, i) => pod(`p${i}`, { node: name, ready: true, status: { podIP: `10.0.0.${i}` } }))

const started = (...given: readonly Given[]): ControllerBench =>
  controllerBench(endpointSliceController)
    .given(...given)
    .show()
    .run(seconds(2))

/** For which zone each endpoint is, in the order of their addresses. */
const zones = (bench: ControllerBench): string =>
  bench
    .list('EndpointSlice')
    .flatMap(({ endpoints }) => endpoints ?? [])
    .toSorted((a, b) => ((a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1))
    .map(({ hints }) => hints?.forZones?.map(({ name }) => name).join('+') ?? '-')
    .join(' ')

const told = (bench: ControllerBench): readonly string[] =>
  bench.list('Event').map(({ type, reason, message }) => `${type} ${reason} ${message}`)

const ENABLED = 'Normal TopologyAwareHintsEnabled Topology Aware Hints has been enabled, addressType: IPv4'
const EQUAL = [node('n1', 'a', '4'), node('n2', 'b', '4')]

test('zones that are alike keep what they have', () => {
  const bench = started(service('Auto'), ...EQUAL, ...podsOn('n1', 'n2'))
  expect(zones(bench)).toBe('a b')
  expect(told(bench)).toEqual([ENABLED])
})

test('the larger zone gets from what is too much in the smaller', () => {
  const bench = started(service('auto'), node('n1', 'a', '6'), node('n2', 'b', '2'), ...podsOn('n1', 'n2', 'n2', 'n2'))
  expect(zones(bench)).toBe('a a a b')
})

test.each([
  [
    'too few endpoints',
    [...EQUAL, ...podsOn('n1')],
    'Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4',
  ],
  [
    'a node of no zone',
    [...EQUAL, node('n3', '', '4'), ...podsOn('n1', 'n2')],
    'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4',
  ],
  [
    'no zone may have too much to bear',
    [node('n1', 'a', '1'), node('n2', 'b', '1'), node('n3', 'c', '10'), ...podsOn('n1', 'n2', 'n3')],
    'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 3 zones), addressType: IPv4',
  ],
])('%s: there are none', (_why, given, message) => {
  const bench = started(service('Auto'), ...given)
  expect(zones(bench)).not.toMatch(/[a-z]/)
  expect(told(bench)).toContain(`Warning TopologyAwareHintsDisabled ${message}`)
})

test('who takes the annotation back has none, and is told', () => {
  const bench = started(service('Auto'), ...EQUAL, ...podsOn('n1', 'n2'))
  bench
    .change('Service', 'default', 'web', (before): Service => ({
      ...before,
      metadata: { ...before.metadata, annotations: {} },
    }))
    .show()
    .run(seconds(2))
  expect(zones(bench)).toBe('- -')
  expect(told(bench)).toEqual([
    ENABLED,
    'Warning TopologyAwareHintsDisabled Topology Aware Hints has been disabled, addressType: IPv4',
  ])
})

test('a zone that is lost takes the hints with it', () => {
  const bench = started(service('Auto'), ...EQUAL, ...podsOn('n1', 'n2'))
  bench
    .change('Node', undefined, 'n2', (before) => ({
      ...before,
      status: { ...before.status, conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '' }] },
    }))
    .show()
    .run(seconds(2))
  expect(zones(bench)).toBe('- -')
})

describe('allocation', () => {
  const ratios = new Map([
    ['a', 0.5],
    ['b', 0.25],
    ['c', 0.25],
  ])

  test('gives each zone its least and leaves the rest to be given', () => {
    expect(allocationsOf(ratios, 20)).toEqual(
      new Map([
        ['a', { maximum: 10, desired: 10 }],
        ['b', { maximum: 6, desired: 5 }],
        ['c', { maximum: 6, desired: 5 }],
      ]),
    )
  })

  test('moves whole endpoints', () => {
    const allocations = allocationsOf(ratios, 20)
    if (typeof allocations === 'string') throw new Error(allocations)
    const counts = new Map([['a', 20]])
    expect(transfers(allocations, counts)).toEqual({
      giving: new Map([['a', 10]]),
      receiving: new Map([
        ['b', 5],
        ['c', 5],
      ]),
    })
  })

  test('a zone without endpoints, or with too few, is overloaded', () => {
    const counts = (a: number, b: number, c: number): ReadonlyMap<string, number> =>
      new Map([['a', a] as const, ['b', b] as const, ['c', c] as const])
    expect(isOverloaded(counts(5, 3, 2), ratios)).toBe(true)
    expect(isOverloaded(counts(5, 3, 3), ratios)).toBe(false)
    expect(isOverloaded(new Map([['a', 5]]), ratios)).toBe(true)
    expect(isOverloaded(counts(5, 3, 3), undefined)).toBe(true)
  })
})
