/**
 * Goal: admission completes what clients leave out, from the server's own cache, and asks etcd where the cache may be behind.
 * Method: one API server over one real etcd member; objects are created and looked at.
 */
import { describe, expect, test } from 'vitest'
import { millis } from '../../../src/events/time.ts'
import { ControlPlane, pod } from './control-plane.ts'

const inNamespace = (): ControlPlane => {
  const plane = new ControlPlane()
  plane.namespace('ns')
  return plane
}

test('a Node is born with a taint until it is seen to be ready', () => {
  const plane = new ControlPlane()
  const node = plane.made('Node', undefined, { metadata: { name: 'n' } })
  expect(node.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
})

describe('a Pod', () => {
  test('runs as a service account, tolerates a silent node for five minutes, and has a priority', () => {
    const plane = inNamespace()
    const { spec } = plane.made('Pod', 'ns', pod('p'))
    expect(spec.serviceAccountName).toBe('default')
    expect(spec.volumes?.map(({ name }) => name)).toEqual([expect.stringMatching(/^kube-api-access-[a-z0-9]{5}$/)])
    expect(spec.containers[0]?.volumeMounts?.[0]?.mountPath).toBe('/var/run/secrets/kubernetes.io/serviceaccount')
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => `${key} ${tolerationSeconds}`)).toEqual([
      'node.kubernetes.io/not-ready 300',
      'node.kubernetes.io/unreachable 300',
    ])
    expect([spec.priority, spec.preemptionPolicy]).toEqual([0, 'PreemptLowerPriority'])
  })

  test('gets the priority of its class', () => {
    const plane = inNamespace()
    expect(plane.made('Pod', 'ns', pod('p', { priorityClassName: 'system-node-critical' })).spec.priority).toBe(
      2_000_001_000,
    )
    const refused = plane.create('Pod', 'ns', pod('q', { priorityClassName: 'none' }))
    expect(refused.status?.message).toBe('pods "q" is forbidden: no PriorityClass with name none was found')
  })

  test('of a namespace without its account waits a while for it, then is refused', () => {
    const plane = new ControlPlane()
    plane.made('Namespace', undefined, { metadata: { name: 'ns' } })
    const before = plane.now
    const refused = plane.create('Pod', 'ns', pod('p'))
    expect(refused.status?.message).toBe(
      'pods "p" is forbidden: error looking up service account ns/default: serviceaccount "default" not found',
    )
    expect(plane.now - before).toBeGreaterThan(millis(900))
    const late = plane.send({ verb: 'create', kind: 'Pod', namespace: 'ns', body: pod('p') })
    plane.run(millis(300))
    plane.made('ServiceAccount', 'ns', { metadata: { name: 'default' } })
    plane.runUntil(() => plane.answer(late) !== undefined)
    expect(plane.answer(late)?.code).toBe(201)
  })
})

test('a namespace that the cache does not show yet is asked for', () => {
  const plane = new ControlPlane()
  const requests = [
    plane.send({ verb: 'create', kind: 'Namespace', body: { metadata: { name: 'new' } } }),
    plane.send({ verb: 'create', kind: 'ConfigMap', namespace: 'new', body: { metadata: { name: 'a' } } }),
  ]
  plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
  expect(requests.map((request) => plane.answer(request)?.code)).toEqual([201, 201])
})

describe('limits of a namespace', () => {
  const limited = (limits: readonly object[]): ControlPlane => {
    const plane = inNamespace()
    const value = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'lr', namespace: 'ns' }, spec: { limits } }
    plane.store('/registry/limitranges/ns/lr', value)
    return plane
  }

  const cpu = (resources: object): object => pod('p', { containers: [{ name: 'c', image: 'i', resources }] })

  test('are given to containers that say nothing', () => {
    const plane = limited([{ type: 'Container', default: { cpu: '200m' }, defaultRequest: { cpu: '100m' } }])
    const { spec, metadata, status } = plane.made('Pod', 'ns', pod('p'))
    expect(spec.containers[0]?.resources).toEqual({ requests: { cpu: '100m' }, limits: { cpu: '200m' } })
    expect(metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    })
    expect(status?.qosClass).toBe('Burstable')
  })

  test.each([
    [{ limits: { cpu: '2' } }, 'maximum cpu usage per Container is 1, but limit is 2'],
    [
      { requests: { cpu: '10m' }, limits: { cpu: '200m' } },
      '[minimum cpu usage per Container is 50m, but request is 10m, cpu max limit to request ratio per Container is 4, but provided ratio is 20.000000]',
    ],
    [
      {},
      '[minimum cpu usage per Container is 50m.  No request is specified, maximum cpu usage per Container is 1.  No limit is specified, cpu max limit to request ratio per Container is 4, but no request is specified or request is 0]',
    ],
  ])('refuse %j', (resources, why) => {
    const bounds = { min: { cpu: '50m' }, max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '4' } }
    const plane = limited([{ type: 'Container', ...bounds }])
    const refused = plane.create('Pod', 'ns', cpu(resources))
    expect([refused.code, refused.status?.message]).toEqual([403, `pods "p" is forbidden: ${why}`])
  })
})

test('a Pod of a runtime class takes its overhead and selector over; without the class it is refused', () => {
  const plane = inNamespace()
  const refused = plane.create('Pod', 'ns', pod('p', { runtimeClassName: 'kata' }))
  expect(refused.status?.message).toBe('pods "p" is forbidden: pod rejected: RuntimeClass "kata" not found')
  plane.store('/registry/runtimeclasses/kata', {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'kata' },
    handler: 'kata',
    overhead: { podFixed: { memory: '120Mi' } },
    scheduling: { nodeSelector: { vm: 'yes' } },
  })
  const { spec } = plane.made('Pod', 'ns', pod('p', { runtimeClassName: 'kata' }))
  expect([spec.overhead, spec.nodeSelector]).toEqual([{ memory: '120Mi' }, { vm: 'yes' }])
})

describe('a Service', () => {
  test('gets an address, a node port where its type has one, and gives them back', () => {
    const plane = new ControlPlane()
    const made = plane.made('Service', 'default', {
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    })
    const { clusterIP, clusterIPs, ports } = made.spec
    expect(clusterIP).toMatch(/^10\.96\.(?!0\.)\d+\.\d+$/)
    expect(clusterIPs).toEqual([clusterIP])
    const port = ports?.[0]?.nodePort ?? 0
    expect(port).toBeGreaterThanOrEqual(30_086)
    expect(port).toBeLessThanOrEqual(32_767)
    const body = { spec: { type: 'ClusterIP' } }
    plane.call({ verb: 'patch', kind: 'Service', namespace: 'default', name: 's', patchType: 'merge', body })
    const after = plane.read('Service', 'default', 's').spec
    expect([after.clusterIP, after.ports?.[0]?.nodePort]).toEqual([clusterIP, undefined])
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }
    expect(plane.create('Service', 'default', { metadata: { name: 't' }, spec }).code).toBe(201)
  })

  test('without an address of its own is left without', () => {
    const plane = new ControlPlane()
    const spec = { clusterIP: 'None', ports: [{ port: 80 }] }
    expect(plane.made('Service', 'default', { metadata: { name: 's' }, spec }).spec.clusterIP).toBe('None')
  })
})

test('a Service has its address when a quota looks at it, and gives it back when that refuses', () => {
  const plane = inNamespace()
  const hard = { services: '0' }
  plane.made('ResourceQuota', 'ns', { metadata: { name: 'q' }, spec: { hard } })
  const status = { hard, used: hard }
  const target = { kind: 'ResourceQuota', namespace: 'ns', name: 'q', subresource: 'status' } as const
  plane.call({ ...target, verb: 'patch', patchType: 'merge', body: { status } })
  plane.run(millis(100))
  const before = plane.events.length
  const service = { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }
  expect(plane.create('Service', 'ns', service).status?.message).toMatch(
    /^services "s" is forbidden: exceeded quota: q/,
  )
  const keys = plane.events.slice(before).flatMap(({ type, data }) => (type === 'RevisionCommitted' ? [data] : []))
  expect(keys).toMatchObject([
    { key: expect.stringMatching(/^\/registry\/ipaddresses\//) as string, deleted: false },
    { key: expect.stringMatching(/^\/registry\/ipaddresses\//) as string, deleted: true },
  ])
})

describe('several quotas of a namespace', () => {
  const bounded = (bounds: Readonly<Record<string, string>>): ControlPlane => {
    const plane = inNamespace()
    for (const [name, pods] of Object.entries(bounds)) {
      plane.made('ResourceQuota', 'ns', { metadata: { name }, spec: { hard: { pods } } })
      const target = { kind: 'ResourceQuota', namespace: 'ns', name, subresource: 'status' } as const
      const body = { status: { hard: { pods }, used: { pods: '0' } } }
      plane.call({ ...target, verb: 'patch', patchType: 'merge', body })
    }
    plane.run(millis(100))
    return plane
  }
  const used = (plane: ControlPlane, name: string): string | undefined =>
    plane.read('ResourceQuota', 'ns', name).status?.used?.['pods']
  const writesOf = (plane: ControlPlane, name: string): number =>
    plane.events.filter(
      ({ type, data }) => type === 'RevisionCommitted' && data.key === `/registry/resourcequotas/ns/${name}`,
    ).length
  const ask = (plane: ControlPlane, name: string): number =>
    plane.send({ verb: 'create', kind: 'Pod', namespace: 'ns', body: pod(name) })

  test('charge nothing when one of them has no room', () => {
    const plane = bounded({ roomy: '5', strict: '0' })
    expect(plane.create('Pod', 'ns', pod('p')).status?.message).toBe(
      'pods "p" is forbidden: exceeded quota: strict, requested: pods=1, used: pods=0, limited: pods=0',
    )
    expect(used(plane, 'roomy')).toBe('0')
  })

  test('are charged by who comes at once in batches, with one write each', () => {
    const plane = bounded({ one: '5', two: '5' })
    const before = ['one', 'two'].map((name) => writesOf(plane, name))
    const requests = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ask(plane, name))
    plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
    const codes = requests.map((request) => plane.answer(request)?.code ?? 0)
    expect(codes.toSorted()).toEqual([201, 201, 201, 201, 201, 403])
    expect(['one', 'two'].map((name) => used(plane, name))).toEqual(['5', '5'])
    // The first goes alone; all who came meanwhile go together.
    expect(['one', 'two'].map((name, i) => writesOf(plane, name) - (before[i] ?? 0))).toEqual([2, 2])
  })

  test('that another server has charged meanwhile are asked again as they are then', () => {
    const plane = new ControlPlane({ servers: 2 })
    plane.namespace('ns')
    plane.made('ResourceQuota', 'ns', { metadata: { name: 'q' }, spec: { hard: { pods: '2' } } })
    const target = { kind: 'ResourceQuota', namespace: 'ns', name: 'q', subresource: 'status' } as const
    const body = { status: { hard: { pods: '2' }, used: { pods: '0' } } }
    plane.call({ ...target, verb: 'patch', patchType: 'merge', body })
    plane.run(millis(100))
    const requests = [1, 2].map((server) =>
      plane.send({ verb: 'create', kind: 'Pod', namespace: 'ns', body: pod(`p${server}`) }, server),
    )
    plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
    expect(requests.map((request) => plane.answer(request)?.code)).toEqual([201, 201])
    expect(used(plane, 'q')).toBe('2')
  })
})
