/**
 * Goal: Endpoints that somebody writes by hand are seen by proxies, as slices, and only those.
 * Method: given Endpoints and Services, the slices that come of them; then changes, a view that lags, removal.
 */
import { expect, test } from 'vitest'
import { endpointSliceMirroringController } from '../../../src/actors/controllers/endpointslice-mirroring/endpointslice-mirroring.ts'
import { seconds } from '../../../src/events/time.ts'
import type { EndpointSubset } from '../../../src/kubernetes/types/networking.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { meta } from './objects.ts'

const service = (spec: object = {}): Given => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('db'),
  ...{ spec: { clusterIP: '10.96.0.7', ports: [{ port: 5432 }], ...spec } },
})

const endpoints = (subsets: readonly EndpointSubset[], labels: Readonly<Record<string, string>> = {}): Given => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: meta('db', {
    labels,
    annotations: { note: 'x', 'endpoints.kubernetes.io/last-change-trigger-time': 'then' },
  }),
  ...{ subsets },
})

const PORTS = [{ port: 5432, protocol: 'TCP' as const }]

const slices = (bench: ControllerBench): readonly string[] =>
  bench.list('EndpointSlice').map(({ endpoints: all, ports }) => {
    const shown = (all ?? []).map(
      ({ addresses, conditions }) => `${addresses.join()}${conditions?.ready === true ? '' : '!'}`,
    )
    return `${(ports ?? []).map(({ port }) => port).join()}: ${shown.join(' ')}`
  })

const given = (...objects: readonly Given[]): ControllerBench => {
  const bench = controllerBench(endpointSliceMirroringController)
  bench
    .given(...objects)
    .show()
    .run(seconds(1))
  return bench
}

test('each subset becomes a slice of its Service, with the labels and annotations of the Endpoints', () => {
  const other = { addresses: [{ ip: '10.1.0.9' }], ports: [{ name: 'b', port: 1, protocol: 'TCP' as const }] }
  const subset = { addresses: [{ ip: '10.1.0.1' }], notReadyAddresses: [{ ip: '10.1.0.2' }], ports: PORTS }
  const bench = given(service(), endpoints([subset, other], { tier: 'back' }))
  expect(slices(bench)).toEqual(['5432: 10.1.0.1 10.1.0.2!', '1: 10.1.0.9'])
  expect(bench.list('EndpointSlice')[0]?.metadata).toMatchObject({
    generateName: 'db-',
    annotations: { note: 'x' },
    labels: {
      tier: 'back',
      'kubernetes.io/service-name': 'db',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    },
    ownerReferences: [{ kind: 'Endpoints', name: 'db', controller: true }],
  })
  bench.take()
  bench.run(seconds(60))
  expect(bench.takeLines()).toEqual([])
})

test('a change of the Endpoints changes the slice in place; what is not asked for any more goes', () => {
  const bench = given(service(), endpoints([{ addresses: [{ ip: '10.1.0.1' }], ports: PORTS }]))
  bench.take()
  bench
    .given(endpoints([{ addresses: [{ ip: '10.1.0.3' }], ports: PORTS }]))
    .show()
    .run(seconds(1))
  expect(bench.take().map(({ verb }) => verb)).toEqual(['update'])
  expect(slices(bench)).toEqual(['5432: 10.1.0.3'])
  bench.remove('Endpoints', 'default', 'db').show().run(seconds(1))
  expect(slices(bench)).toEqual([])
})

test('Endpoints of a Service with a selector, of none, or that ask not to be, are not mirrored', () => {
  const subset = { addresses: [{ ip: '10.1.0.1' }], ports: PORTS }
  expect(slices(given(service({ selector: { app: 'x' } }), endpoints([subset])))).toEqual([])
  expect(slices(given(endpoints([subset])))).toEqual([])
  const skipped = endpoints([subset], { 'endpointslice.kubernetes.io/skip-mirror': 'true' })
  expect(slices(given(service(), skipped))).toEqual([])
})

test('a Service that gets a selector loses its mirrored slices', () => {
  const bench = given(service(), endpoints([{ addresses: [{ ip: '10.1.0.1' }], ports: PORTS }]))
  expect(slices(bench)).toHaveLength(1)
  bench
    .given(service({ selector: { app: 'x' } }))
    .show()
    .run(seconds(1))
  expect(slices(bench)).toEqual([])
})

test('a view that does not show the slice yet makes a second one, which goes when both are seen', () => {
  const bench = controllerBench(endpointSliceMirroringController)
  bench.stall('EndpointSlice').given(service(), endpoints([{ addresses: [{ ip: '10.1.0.1' }], ports: PORTS }]))
  bench.show('Service', 'Endpoints').run(seconds(1))
  bench
    .given(endpoints([{ addresses: [{ ip: '10.1.0.2' }], ports: PORTS }]))
    .show('Endpoints')
    .run(seconds(1))
  bench.flow('EndpointSlice').run(seconds(5))
  expect(slices(bench)).toEqual(['5432: 10.1.0.2'])
})
