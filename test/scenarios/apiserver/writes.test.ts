/**
 * Goal: a write through the API server changes what etcd holds, or says in upstream's words why not.
 * Method: one API server over one real etcd member; each test is a few calls, then a look at the stored objects.
 */
import { describe, expect, test } from 'vitest'
import { ControlPlane, pod } from './control-plane.ts'

const CONFLICT =
  'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again'

describe('a fresh cluster', () => {
  test('has the namespaces, priority classes and the Service that every cluster has', () => {
    const plane = new ControlPlane()
    const head = plane.objects.at(plane.objects.head)
    expect(head.list('Namespace').map(({ metadata }) => metadata.name)).toEqual([
      'kube-system',
      'kube-public',
      'kube-node-lease',
      'default',
    ])
    expect(head.list('PriorityClass').map(({ value }) => value)).toEqual([2_000_001_000, 2_000_000_000])
    expect(plane.read('Service', 'default', 'kubernetes').spec.clusterIP).toBe('10.96.0.1')
  })
})

describe('create', () => {
  test('fills what the server says about an object', () => {
    const plane = new ControlPlane()
    const made = plane.made('ConfigMap', 'default', { metadata: { name: 'a', uid: 'mine' }, data: { x: '1' } })
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(made.metadata.creationTimestamp).toMatch(/^2026-01-01T00:00:0\dZ$/)
    expect(made.metadata.resourceVersion).toBe(String(plane.objects.head))
    expect(made.data).toEqual({ x: '1' })
  })

  test('of a name that is taken is refused', () => {
    const plane = new ControlPlane()
    plane.made('ConfigMap', 'default', { metadata: { name: 'a' } })
    const again = plane.create('ConfigMap', 'default', { metadata: { name: 'a' } })
    expect([again.code, again.status?.message]).toEqual([409, 'configmaps "a" already exists'])
  })

  test('in a namespace that does not exist is refused', () => {
    const plane = new ControlPlane()
    const refused = plane.create('ConfigMap', 'nowhere', { metadata: { name: 'a' } })
    expect([refused.code, refused.status?.message]).toEqual([404, 'namespaces "nowhere" not found'])
  })

  test('generates names', () => {
    const plane = new ControlPlane()
    const names = [1, 2, 3].map(
      () => plane.made('ConfigMap', 'default', { metadata: { generateName: 'g-' } }).metadata.name,
    )
    expect(new Set(names).size).toBe(3)
    for (const name of names) expect(name).toMatch(/^g-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })
})

describe('update', () => {
  const update = (plane: ControlPlane, resourceVersion: string | undefined, x: string) =>
    plane.call({
      verb: 'update',
      kind: 'ConfigMap',
      namespace: 'default',
      name: 'a',
      body: { metadata: { name: 'a', resourceVersion }, data: { x } },
    })

  test('of an old version is a conflict; without a version it is unconditional', () => {
    const plane = new ControlPlane()
    const first = plane.made('ConfigMap', 'default', { metadata: { name: 'a' }, data: { x: '1' } })
    expect(update(plane, first.metadata.resourceVersion, '2').code).toBe(200)
    const stale = update(plane, first.metadata.resourceVersion, '3')
    expect([stale.code, stale.status?.message]).toEqual([409, CONFLICT])
    expect(update(plane, undefined, '4').code).toBe(200)
    expect(plane.read('ConfigMap', 'default', 'a').data).toEqual({ x: '4' })
  })

  test('that changes nothing writes nothing', () => {
    const plane = new ControlPlane()
    const first = plane.made('ConfigMap', 'default', { metadata: { name: 'a' }, data: { x: '1' } })
    const before = plane.objects.head
    const same = update(plane, undefined, '1')
    expect([same.code, String(same.revision)]).toEqual([200, first.metadata.resourceVersion])
    expect(plane.objects.head).toBe(before)
  })

  test('of many clients at once loses none of them when each patches', () => {
    const plane = new ControlPlane()
    plane.made('ConfigMap', 'default', { metadata: { name: 'a' } })
    const requests = Array.from({ length: 10 }, (_, i) =>
      plane.send({
        verb: 'patch',
        kind: 'ConfigMap',
        namespace: 'default',
        name: 'a',
        patchType: 'merge',
        body: { data: { [`k${i}`]: 'v' } },
      }),
    )
    plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
    expect(requests.map((request) => plane.answer(request)?.code)).toEqual(Array(10).fill(200))
    expect(Object.keys(plane.read('ConfigMap', 'default', 'a').data ?? {})).toHaveLength(10)
  })

  test('of the status leaves the spec, and the other way round', () => {
    const plane = new ControlPlane()
    plane.namespace('ns')
    plane.made('Pod', 'ns', pod('p'))
    const target = { verb: 'patch', kind: 'Pod', namespace: 'ns', name: 'p', patchType: 'merge' } as const
    plane.call({ ...target, body: { status: { phase: 'Failed' } } })
    expect(plane.read('Pod', 'ns', 'p').status?.phase).toBe('Pending')
    plane.call({ ...target, subresource: 'status', body: { status: { phase: 'Running' }, spec: { nodeName: 'x' } } })
    const after = plane.read('Pod', 'ns', 'p')
    expect([after.status?.phase, after.spec.nodeName, after.metadata.generation]).toEqual(['Running', undefined, 1])
  })

  test('counts a generation when the spec changes', () => {
    const plane = new ControlPlane()
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { selector: { matchLabels: { a: 'b' } }, template }
    plane.made('Deployment', 'default', { metadata: { name: 'd' }, spec })
    const target = { verb: 'patch', kind: 'Deployment', namespace: 'default', name: 'd', patchType: 'merge' } as const
    plane.call({ ...target, body: { metadata: { labels: { l: '1' } } } })
    expect(plane.read('Deployment', 'default', 'd').metadata.generation).toBe(1)
    plane.call({ ...target, body: { spec: { replicas: 5 } } })
    expect(plane.read('Deployment', 'default', 'd').metadata.generation).toBe(2)
  })
})
