/**
 * Goal: a Service's Endpoints object shows the Pods that it selects, ready and not, and no Service leaves one behind.
 * Method: given Services and Pods, calls and what they leave; then with views that lag and a restart.
 */
import { describe, expect, test } from 'vitest'
import { endpointController } from '../../../src/actors/controllers/endpoint/endpoint.ts'
import { seconds } from '../../../src/events/time.ts'
import type { EndpointSubset } from '../../../src/kubernetes/types/networking.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { BORN, meta, pod } from './objects.ts'

const service = (spec: object = {}, metadata: object = {}): Given => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web', metadata),
  ...{ spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec } },
})

const at = (ip: string, ready = true, parts: Parameters<typeof pod>[1] = {}): Given =>
  pod(`p-${ip}`, { node: 'n', ready, ...parts, status: { podIP: ip, ...parts.status } })

const subsets = (bench: ControllerBench): readonly EndpointSubset[] | undefined =>
  bench.get('Endpoints', 'default', 'web')?.subsets

/** Addresses that are ready, then those that are not, by port: `8080: 10.0.0.1 | 10.0.0.2`. */
const lines = (bench: ControllerBench): readonly string[] =>
  (subsets(bench) ?? []).map(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const ips = (list: readonly { readonly ip: string }[]): string => list.map(({ ip }) => ip).join(' ')
    return `${ports.map(({ name, port }) => `${name ?? ''}${port}`).join()}: ${ips(addresses)} | ${ips(notReadyAddresses)}`
  })

describe('Endpoints', () => {
  test('are created with a Service, managed, stamped and labelled as it is', () => {
    const bench = controllerBench(endpointController)
    bench
      .given(service({}, { labels: { tier: 'front' } }))
      .show()
      .run(seconds(1))
    expect(bench.take().map(({ verb, kind, body }) => ({ verb, kind, body }))).toEqual([
      {
        verb: 'create',
        kind: 'Endpoints',
        body: {
          apiVersion: 'v1',
          kind: 'Endpoints',
          metadata: {
            name: 'web',
            labels: { tier: 'front', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
            annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': BORN },
          },
        },
      },
    ])
  })

  test('tell ready addresses from others, in the order of addresses', () => {
    const bench = controllerBench(endpointController)
    bench.given(service(), at('10.0.0.3'), at('10.0.0.2', false), at('10.0.0.1')).show().run(seconds(1))
    expect(lines(bench)).toEqual(['8080: 10.0.0.1 10.0.0.3 | 10.0.0.2'])
    expect(subsets(bench)?.[0]?.addresses?.[0]).toEqual({
      ip: '10.0.0.1',
      nodeName: 'n',
      targetRef: { kind: 'Pod', namespace: 'default', name: 'p-10.0.0.1', uid: 'uid-p-10.0.0.1' },
    })
  })

  test('leave out what has ended, has no address or is on its way out', () => {
    const bench = controllerBench(endpointController)
    const leaving = at('10.0.0.3', true, { metadata: { deletionTimestamp: BORN } })
    const ended = at('10.0.0.4', true, { phase: 'Succeeded' })
    bench
      .given(service(), at('10.0.0.1'), pod('young', { node: 'n' }), leaving, ended)
      .show()
      .run(seconds(1))
    expect(lines(bench)).toEqual(['8080: 10.0.0.1 | '])
  })

  test('of a Service that publishes all show everything as ready', () => {
    const bench = controllerBench(endpointController)
    const leaving = at('10.0.0.3', true, { metadata: { deletionTimestamp: BORN } })
    bench
      .given(service({ publishNotReadyAddresses: true }), at('10.0.0.1', false), leaving)
      .show()
      .run(seconds(1))
    expect(lines(bench)).toEqual(['8080: 10.0.0.1 10.0.0.3 | '])
  })

  test('have a subset for each set of addresses: a named port that only some Pods have', () => {
    const bench = controllerBench(endpointController)
    const ports = [
      { name: 'a', port: 80, targetPort: 8080 },
      { name: 'b', port: 81, targetPort: 8081 },
      { name: 'm', port: 90, targetPort: 'metrics' },
    ]
    const container = { name: 'app', image: 'app:1', resources: {}, ports: [{ name: 'metrics', containerPort: 9090 }] }
    bench
      .given(service({ ports }), at('10.0.0.1'), at('10.0.0.2', true, { spec: { containers: [container] } }))
      .show()
      .run(seconds(1))
    expect(lines(bench)).toEqual(['a8080,b8081: 10.0.0.1 10.0.0.2 | ', 'm9090: 10.0.0.2 | '])
  })

  test('of a headless Service may have no ports, and are labelled', () => {
    const bench = controllerBench(endpointController)
    bench
      .given(service({ clusterIP: 'None', ports: [] }), at('10.0.0.1'))
      .show()
      .run(seconds(1))
    expect(lines(bench)).toEqual([': 10.0.0.1 | '])
    expect(bench.get('Endpoints', 'default', 'web')?.metadata.labels).toHaveProperty(
      ['service.kubernetes.io/headless'],
      '',
    )
    bench.take()
    bench.change('Pod', 'default', 'p-10.0.0.1', (one) => ({
      ...one,
      metadata: { ...one.metadata, annotations: { a: 'b' } },
    }))
    expect(bench.show().run(seconds(1)).takeLines()).toEqual([])
  })

  test('are cut at a thousand addresses, the ready ones last to go', () => {
    const bench = controllerBench(endpointController)
    const many = Array.from({ length: 1010 }, (_, i) => at(`10.0.${Math.floor(i / 250)}.${i % 250}`, i >= 30))
    bench
      .given(service(), ...many)
      .show()
      .run(seconds(1))
    const [subset] = subsets(bench) ?? []
    expect([subset?.addresses?.length, subset?.notReadyAddresses?.length]).toEqual([980, 20])
    const annotation = bench.get('Endpoints', 'default', 'web')?.metadata.annotations
    expect(annotation).toHaveProperty(['endpoints.kubernetes.io/over-capacity'], 'truncated')
  })

  test('are none of this controller’s business without a selector', () => {
    const bench = controllerBench(endpointController)
    bench
      .given(service({ selector: undefined }), service({ type: 'ExternalName' }, { name: 'out' }))
      .show()
      .run(seconds(1))
    expect(bench.takeLines()).toEqual([])
  })
})

describe('a view that lags', () => {
  test('is not written over: the update waits until its own last one is seen', () => {
    const bench = controllerBench(endpointController)
    bench.given(service()).show().run(seconds(1))
    bench.stall('Endpoints').given(at('10.0.0.1')).show('Pod').run(seconds(1))
    expect(bench.takeLines()).toEqual(['create Endpoints web', 'update Endpoints web'])
    bench.given(at('10.0.0.2')).show('Pod').run(seconds(1))
    expect(bench.takeLines()).toEqual([])
    bench.flow('Endpoints').run(seconds(2))
    expect(bench.takeLines()).toEqual(['update Endpoints web'])
    expect(lines(bench)).toEqual(['8080: 10.0.0.1 10.0.0.2 | '])
  })

  test('of the first creation ends in a refusal that is told, and then in agreement', () => {
    const bench = controllerBench(endpointController)
    bench.stall('Endpoints').given(service()).show().given(at('10.0.0.1')).show('Pod').run(seconds(1))
    expect(bench.events[0]).toContain('FailedToCreateEndpoint: Failed to create endpoint for service default/web: ')
    bench.flow('Endpoints').run(seconds(10))
    expect(lines(bench)).toEqual(['8080: 10.0.0.1 | '])
  })
})

describe('a Service that is gone', () => {
  test('takes its Endpoints along, also when it went while nobody looked', () => {
    const bench = controllerBench(endpointController)
    bench.given(service(), at('10.0.0.1')).show().run(seconds(1))
    bench.stall('Service').remove('Service', 'default', 'web').run(seconds(5))
    expect(lines(bench)).toHaveLength(1)
    bench.flow('Service').run(seconds(1))
    expect(bench.get('Endpoints', 'default', 'web')).toBeUndefined()
  })

  test('is noticed by a controller that starts later; what others made since is theirs', () => {
    const bench = controllerBench(endpointController)
    const left = (name: string): Given => ({ apiVersion: 'v1', kind: 'Endpoints', metadata: meta(name) })
    bench.run(seconds(10))
    bench.given(left('old')).show().run(seconds(1))
    // That it went wakes it once more, as upstream.
    expect(bench.takeLines()).toEqual(['delete Endpoints old', 'delete Endpoints old'])
    expect(bench.list('Endpoints')).toEqual([])
    const metadata = { ...meta('new'), creationTimestamp: '' }
    bench.run(seconds(5)).given({ apiVersion: 'v1', kind: 'Endpoints', metadata }).show().run(seconds(1))
    expect(bench.takeLines()).toEqual([])
  })
})
