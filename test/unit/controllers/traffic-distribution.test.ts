/**
 * Goal: a Service that wants its traffic close by says so in its slices, and takes it back.
 * Method: Pods on nodes of two zones; the Service's `trafficDistribution` changes; what stands in the slice.
 */
import { expect, test } from 'vitest'
import { endpointSliceController } from '../../../src/actors/controllers/endpointslice/endpointslice.ts'
import { seconds } from '../../../src/events/time.ts'
import type { EndpointHints, Service } from '../../../src/kubernetes/types/networking.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { meta, pod } from './objects.ts'

const service: Given = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web'),
  ...{ spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } },
}

const node = (name: string, zone?: string): Given => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta(name, {
    namespace: undefined,
    labels: zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone },
  }),
  ...{ spec: {} },
})

const at = (ip: string, on: string, ready = true): Given => pod(`p-${ip}`, { node: on, ready, status: { podIP: ip } })

const want = (bench: ControllerBench, trafficDistribution: string | undefined): ControllerBench =>
  bench
    .change('Service', 'default', 'web', (before): Service => {
      const { trafficDistribution: _before, ...spec } = before.spec
      return { ...before, spec: trafficDistribution === undefined ? spec : { ...spec, trafficDistribution } }
    })
    .show()
    .run(seconds(2))

const hints = (bench: ControllerBench): readonly (EndpointHints | undefined)[] =>
  bench
    .list('EndpointSlice')
    .flatMap(({ endpoints }) => endpoints ?? [])
    .toSorted((a, b) => ((a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1))
    .map((endpoint) => endpoint.hints)

const zone = (name: string): EndpointHints => ({ forZones: [{ name }] })
const forNode = (name: string): EndpointHints => ({ forNodes: [{ name }] })

test('each ready endpoint is for its own zone, or its own node; without the wish for everybody', () => {
  const bench = controllerBench(endpointSliceController)
  bench
    .given(service, node('n1', 'a'), node('n2', 'b'), node('n3'))
    .given(at('10.0.0.1', 'n1'), at('10.0.0.2', 'n2'), at('10.0.0.3', 'n3'), at('10.0.0.4', 'n1', false))
    .show()
    .run(seconds(1))
  expect(hints(bench)).toEqual([undefined, undefined, undefined, undefined])

  for (const wish of ['PreferClose', 'PreferSameZone']) {
    expect(hints(want(bench, wish))).toEqual([zone('a'), zone('b'), undefined, undefined])
  }
  const nodes = [{ ...zone('a'), ...forNode('n1') }, { ...zone('b'), ...forNode('n2') }, forNode('n3'), undefined]
  expect(hints(want(bench, 'PreferSameNode'))).toEqual(nodes)
  expect(hints(want(bench, undefined))).toEqual([undefined, undefined, undefined, undefined])
})

test('slices that say it already are left alone', () => {
  const bench = controllerBench(endpointSliceController)
  bench.given(service, node('n1', 'a'), at('10.0.0.1', 'n1')).show().run(seconds(1))
  want(bench, 'PreferClose').take()
  expect(want(bench, 'PreferSameZone').take()).toEqual([])
})
