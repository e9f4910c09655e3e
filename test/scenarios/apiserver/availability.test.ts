/**
 * Goal: several API servers over several etcd members go on when one of them fails, and may disagree while one is behind.
 * Method: three control-plane hosts; faults of the kernel (cut links, killed processes); answers and stored objects are compared.
 */
import { describe, expect, test } from 'vitest'
import { millis, seconds } from '../../../src/events/time.ts'
import { ControlPlane, hostOf, serverId } from './control-plane.ts'

const map = (name: string, x = '1'): object => ({ metadata: { name }, data: { x } })

/** Holds back what one etcd member tells the API server of another host: that server's cache falls behind. */
const lagging = (): ControlPlane => {
  // The second server reads through the first host's etcd member; packets back to it are held up.
  const plane = new ControlPlane({ servers: 2, etcdMembers: 1 })
  plane.kernel.addLinkRule({
    fault: 1,
    from: hostOf(1),
    to: hostOf(2),
    bothWays: false,
    verdict: { verdict: 'delay', delay: seconds(2) },
  })
  return plane
}

describe('two API servers of which one lags', () => {
  test('disagree about what exists when asked for any version, and agree when asked for the newest', () => {
    const plane = lagging()
    plane.made('ConfigMap', 'default', map('a'))
    plane.run(millis(20))
    const any = {
      verb: 'get',
      kind: 'ConfigMap',
      namespace: 'default',
      name: 'a',
      options: { resourceVersion: '0' },
    } as const
    const newest = { verb: 'get', kind: 'ConfigMap', namespace: 'default', name: 'a' } as const
    expect(plane.call(any, 1).code).toBe(200)
    expect(plane.call(any, 2).code).toBe(404)
    expect(plane.call(newest, 2).code).toBe(200)
    plane.run(seconds(5))
    expect(plane.call(any, 2).code).toBe(200)
  })

  test('answer a list that must not be older than a version only once they have reached it', () => {
    const plane = lagging()
    const made = plane.made('ConfigMap', 'default', map('a'))
    const list = (resourceVersion: string) =>
      ({ verb: 'list', kind: 'ConfigMap', namespace: 'default', options: { resourceVersion } }) as const
    const before = plane.now
    const answer = plane.call(list(made.metadata.resourceVersion), 2)
    expect([answer.code, answer.items]).toEqual([200, 1])
    expect(plane.now - before).toBeGreaterThan(seconds(1))
    const future = plane.call(list(String(plane.objects.head + 1000)), 1)
    expect(future.code).toBe(504)
    expect(future.status?.message).toMatch(/^Timeout: Too large resource version: \d+, current: \d+$/)
  })

  test('never lose an update that was made on an old version: it is tried again on the newest', () => {
    const plane = lagging()
    plane.made('ConfigMap', 'default', map('a'))
    plane.run(seconds(5))
    const patch = (body: object) =>
      ({ verb: 'patch', kind: 'ConfigMap', namespace: 'default', name: 'a', patchType: 'merge', body }) as const
    plane.call(patch({ data: { y: '2' } }), 1)
    // The second server still shows the first version and begins with it.
    expect(plane.call(patch({ data: { z: '3' } }), 2).code).toBe(200)
    expect(plane.read('ConfigMap', 'default', 'a').data).toEqual({ x: '1', y: '2', z: '3' })
  })

  test('never give one address to two Services', () => {
    const plane = lagging()
    const spec = { ports: [{ port: 80 }], clusterIP: '10.96.7.7' }
    const first = plane.create('Service', 'default', { metadata: { name: 'one' }, spec }, 1)
    const second = plane.create('Service', 'default', { metadata: { name: 'two' }, spec }, 2)
    expect([first.code, second.code]).toEqual([201, 422])
    expect(second.status?.message).toContain('failed to allocate IP 10.96.7.7: provided IP is already allocated')
    plane.call({ verb: 'delete', kind: 'Service', namespace: 'default', name: 'one' }, 1)
    expect(plane.create('Service', 'default', { metadata: { name: 'two' }, spec }, 2).code).toBe(201)
  })
})

test('a Service whose create broke off after its address was taken can be created again with it', () => {
  const plane = new ControlPlane()
  const body = { metadata: { name: 's' }, spec: { ports: [{ port: 80 }], clusterIP: '10.96.7.7' } }
  plane.send({ verb: 'create', kind: 'Service', namespace: 'default', body })
  const isTaken = (): boolean => plane.of('RevisionCommitted').some(({ data }) => data.key.endsWith('/10.96.7.7'))
  plane.runUntil(isTaken)
  plane.kernel.machines.endProcess(serverId(1), 'crash', plane.kernel.seq)
  plane.run(seconds(5))
  expect(plane.exists('Service', 'default', 's')).toBe(false)
  const other = plane.create('Service', 'default', { ...body, metadata: { name: 'other' } })
  expect([other.code, plane.create('Service', 'default', body).code]).toEqual([422, 201])
})

describe('three API servers over three etcd members', () => {
  const three = (): ControlPlane => new ControlPlane({ servers: 3 })

  test('write through any of them', () => {
    const plane = three()
    for (const server of [1, 2, 3]) {
      expect(plane.create('ConfigMap', 'default', map(`m${server}`), server).code).toBe(201)
    }
    plane.run(millis(50))
    for (const server of [1, 2, 3]) {
      const answer = plane.call({ verb: 'list', kind: 'ConfigMap', options: { resourceVersion: '0' } }, server)
      expect(answer.items).toBe(3)
    }
  })

  test('go on over another member when their own is gone, and miss no change by it', () => {
    const plane = three()
    const watch = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head }, 1)
    const before = plane.made('ConfigMap', 'default', map('before'))
    plane.kernel.machines.kill('etcd/1', plane.kernel.seq)
    plane.run(seconds(4))
    const made = [1, 2, 3].map((n) => plane.create('ConfigMap', 'default', map(`m${n}`), 1))
    expect(made.map(({ code }) => code)).toEqual([201, 201, 201])
    plane.run(millis(100))
    const revisions = [Number(before.metadata.resourceVersion), ...made.map(({ revision }) => revision)]
    expect(plane.told(watch)).toEqual(revisions.map((revision) => `ADDED ${revision}`))
  })

  test('leave a member that is cut off from the others, and hear of what it does not', () => {
    // The fourth server has no member of its own; the one it talks to is cut off from the other two.
    const plane = new ControlPlane({ servers: 4, etcdMembers: 3 })
    const watch = plane.watch({ kind: 'ConfigMap', revision: plane.objects.head }, 4)
    const member = plane.memberOf(4)
    const others = [1, 2, 3].filter((one) => one !== member)
    for (const other of others) {
      const verdict = { verdict: 'drop' } as const
      plane.kernel.addLinkRule({ fault: other, from: hostOf(member), to: hostOf(other), bothWays: true, verdict })
    }
    plane.run(seconds(2))
    const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } }
    plane.store('/registry/configmaps/default/a', value, others[0])
    const written = plane.objects.head
    expect(plane.told(watch)).toEqual([])
    // A member that has had no leader for three election timeouts ends its watches.
    plane.run(seconds(6))
    expect(plane.told(watch)).toEqual([`ADDED ${written}`])
    expect(plane.memberOf(4)).not.toBe(member)
    expect(plane.call({ verb: 'get', kind: 'ConfigMap', namespace: 'default', name: 'a' }, 4).code).toBe(200)
  })

  test('answer, one way or the other, while etcd has no majority, and recover with it', () => {
    const plane = three()
    plane.kernel.machines.kill('etcd/2', plane.kernel.seq)
    plane.kernel.machines.kill('etcd/3', plane.kernel.seq)
    const refused = plane.create('ConfigMap', 'default', map('a'), 1)
    expect(refused.code).toBe(500)
    expect(refused.status?.message).toMatch(/^(etcdserver|rpc error): /)
    const slow = plane.call({ verb: 'get', kind: 'ConfigMap', namespace: 'default', name: 'a' }, 1)
    expect([slow.code, slow.status?.reason]).toEqual([504, 'Timeout'])
    const cached = plane.call({ verb: 'list', kind: 'Namespace', options: { resourceVersion: '0' } }, 1)
    expect([cached.code, cached.items]).toEqual([200, 4])
    plane.kernel.machines.revive('etcd/2', plane.kernel.seq)
    plane.run(seconds(10))
    expect(plane.create('ConfigMap', 'default', map('b'), 1).code).toBe(201)
  })
})

describe('an API server that restarts', () => {
  test('refuses until its cache is filled, then knows nothing of the past', () => {
    const plane = new ControlPlane()
    const old = plane.made('ConfigMap', 'default', map('a'))
    plane.made('ConfigMap', 'default', map('b'))
    plane.kernel.machines.endProcess(serverId(1), 'crash', plane.kernel.seq)
    plane.run(seconds(2) + 1)
    const early = plane.call({ verb: 'list', kind: 'ConfigMap', options: { resourceVersion: '0' } })
    expect([early.code, early.status?.reason]).toEqual([503, 'ServiceUnavailable'])
    plane.run(seconds(1))
    const watch = plane.watch({ kind: 'ConfigMap', revision: Number(old.metadata.resourceVersion) })
    plane.run(millis(10))
    expect(plane.ended(watch)).toBe(410)
    const late = plane.call({ verb: 'list', kind: 'ConfigMap', options: { resourceVersion: '0' } })
    expect([late.code, late.items]).toEqual([200, 2])
  })

  test('between the two writes of a delete leaves a Pod that the next delete takes away', () => {
    const plane = new ControlPlane()
    plane.namespace('ns')
    plane.made('Pod', 'ns', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
    plane.send({ verb: 'delete', kind: 'Pod', namespace: 'ns', name: 'p' })
    plane.runUntil(() => plane.read('Pod', 'ns', 'p').metadata.deletionTimestamp !== undefined)
    plane.kernel.machines.endProcess(serverId(1), 'crash', plane.kernel.seq)
    plane.run(seconds(5))
    expect(plane.exists('Pod', 'ns', 'p')).toBe(true)
    expect(plane.call({ verb: 'delete', kind: 'Pod', namespace: 'ns', name: 'p' }).code).toBe(200)
    expect(plane.exists('Pod', 'ns', 'p')).toBe(false)
  })
})

describe('an API server with few seats', () => {
  test('makes requests wait, and sends away those for which there is no room', () => {
    const plane = new ControlPlane({ apiServer: { seats: 1, queueLength: 2 } })
    const requests = [1, 2, 3, 4, 5].map((n) =>
      plane.send({ verb: 'create', kind: 'ConfigMap', namespace: 'default', user: 'bob', body: map(`m${n}`) }),
    )
    plane.runUntil(() => requests.every((request) => plane.answer(request) !== undefined))
    const codes = requests.map((request) => plane.answer(request)?.code)
    expect([...codes].sort()).toEqual([201, 201, 201, 429, 429])
    const sent = requests.map((request) => plane.answer(request)).find((answer) => answer?.code === 429)
    expect(sent?.status?.details?.retryAfterSeconds).toBe(1)
  })
})

test('old revisions are compacted, by one server of several', () => {
  const plane = new ControlPlane({ servers: 3 })
  for (let i = 0; i < 5; i++) plane.made('ConfigMap', 'default', map(`m${i}`))
  const then = plane.objects.head
  plane.run(seconds(300))
  plane.run(seconds(310))
  const compacted = plane.of('EtcdCompacted')
  expect(compacted).toHaveLength(1)
  expect(compacted[0]?.data.revision).toBeGreaterThanOrEqual(then)
})
