/**
 * Goal: a container finds the variables that a kubelet would give it, those of Services included.
 * Method: Pods and Services as they are written, and the variables that come of them. Source: pkg/kubelet/envvars/envvars_test.go
 * tells which there are.
 */
import { expect, test } from 'vitest'
import type { Service } from '../../../src/kubernetes/types/networking.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { environmentOf } from '../../../src/kubernetes/workload/container-files.ts'
import { attendedCommand } from '../../../src/kubernetes/workload/interactive.ts'

const metadata = (name: string) => ({ name, namespace: 'shop', uid: name, resourceVersion: '1', creationTimestamp: '' })
const service = (name: string, spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(name),
  spec,
})
const SERVICES = [
  service('my-db', {
    clusterIP: '10.96.0.7',
    ports: [
      { name: 'sql', port: 5432 },
      { port: 53, protocol: 'UDP' },
    ],
  }),
  service('headless', { clusterIP: 'None', ports: [{ port: 1 }] }),
  service('portless', { clusterIP: '10.96.0.8' }),
]

const variables = (spec: Partial<Pod['spec']> = {}): Map<string, string> => {
  const container = { name: 'c', env: [{ name: 'URL', value: 'postgres://$(MY_DB_SERVICE_HOST)' }] }
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('web'),
    spec: { containers: [container], ...spec },
  }
  return environmentOf({
    pod,
    container,
    config: { configMap: () => undefined, secret: () => undefined },
    addresses: { apiServer: '10.96.0.1', dns: '10.96.0.10' },
    services: SERVICES,
  })
}

const named = (all: Map<string, string>, prefix: string): Record<string, string> =>
  Object.fromEntries([...all].filter(([name]) => name.startsWith(prefix)))

test('a Service is told of as Docker told of links; headless ones are not', () => {
  const all = variables()
  expect(named(all, 'MY_DB')).toEqual({
    MY_DB_SERVICE_HOST: '10.96.0.7',
    MY_DB_SERVICE_PORT: '5432',
    MY_DB_SERVICE_PORT_SQL: '5432',
    MY_DB_PORT: 'tcp://10.96.0.7:5432',
    MY_DB_PORT_5432_TCP: 'tcp://10.96.0.7:5432',
    MY_DB_PORT_5432_TCP_PROTO: 'tcp',
    MY_DB_PORT_5432_TCP_PORT: '5432',
    MY_DB_PORT_5432_TCP_ADDR: '10.96.0.7',
    MY_DB_PORT_53_UDP: 'udp://10.96.0.7:53',
    MY_DB_PORT_53_UDP_PROTO: 'udp',
    MY_DB_PORT_53_UDP_PORT: '53',
    MY_DB_PORT_53_UDP_ADDR: '10.96.0.7',
  })
  expect(named(all, 'HEADLESS')).toEqual({})
  expect(named(all, 'PORTLESS')).toEqual({})
  expect(all.get('URL')).toBe('postgres://10.96.0.7')
})

test('enableServiceLinks: false leaves those of the API server', () => {
  const all = variables({ enableServiceLinks: false })
  expect(named(all, 'MY_DB')).toEqual({})
  expect(Object.keys(named(all, 'KUBERNETES'))).toEqual([
    'KUBERNETES_SERVICE_HOST',
    'KUBERNETES_SERVICE_PORT',
    'KUBERNETES_SERVICE_PORT_HTTPS',
    'KUBERNETES_PORT',
    'KUBERNETES_PORT_443_TCP',
    'KUBERNETES_PORT_443_TCP_PROTO',
    'KUBERNETES_PORT_443_TCP_PORT',
    'KUBERNETES_PORT_443_TCP_ADDR',
  ])
})

test('at an open standard input, a shell and cat live for what is typed; what asks the world is run for whoever comes', () => {
  const asked = (command: readonly string[], stdin = true) =>
    attendedCommand({ name: 'c', image: 'busybox', command, stdin })
  expect(asked(['cat'])).toEqual({ words: ['cat'], readsInput: true })
  expect(asked(['/bin/sh'])).toEqual({ words: ['/bin/sh'], readsInput: true })
  expect(asked(['cat', '/etc/hosts'])?.readsInput).toBe(false)
  expect(asked(['nslookup', 'web'])?.readsInput).toBe(false)
  expect(asked(['sh', '-c', 'wget -qO- web; exit 3'])?.readsInput).toBe(false)
  expect(asked(['sh', '-c', 'while true; do wget web; sleep 1; done'])).toBeUndefined()
  expect(asked(['sh', '-c', 'echo hi'])).toBeUndefined()
  expect(asked(['cat'], false)).toBeUndefined()
  expect(asked(['sleep', '1'])).toBeUndefined()
  expect(asked(['a-server'])).toBeUndefined()
})
