/**
 * Goal: a silent node is noticed after the grace period and not before; its conditions, taints and Pods are written as the
 * recordings have it; taints come at the pace of the zone; a cut-off control plane evicts nobody.
 * Method: nodes whose Leases the test renews or not, looked at every five seconds of virtual time.
 */
import { describe, expect, test } from 'vitest'
import { nodeLifecycleController } from '../../../src/actors/controllers/node-lifecycle/node-lifecycle.ts'
import { seconds } from '../../../src/events/time.ts'
import { conditionStatus } from '../../../src/kubernetes/conditions.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { lease, node, pod } from './objects.ts'

const UNREACHABLE = 'node.kubernetes.io/unreachable'
const NOT_READY = 'node.kubernetes.io/not-ready'

const taintsOf = (bench: ControllerBench, name: string): readonly string[] =>
  (bench.get('Node', undefined, name)?.spec.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`)

const readyOf = (bench: ControllerBench, name: string): string | undefined =>
  conditionStatus(bench.get('Node', undefined, name)?.status?.conditions, 'Ready')

const zoned = (object: Node, zone: string): Node => ({
  ...object,
  metadata: { ...object.metadata, labels: { 'topology.kubernetes.io/zone': zone } },
})

/** Nodes of which all but the silent ones renew their Leases every ten seconds for so long. */
class Fleet {
  readonly bench: ControllerBench
  private readonly names: readonly string[]
  readonly silent = new Set<string>()

  constructor(nodes: readonly Node[]) {
    this.bench = controllerBench(nodeLifecycleController)
    this.names = nodes.map(({ metadata }) => metadata.name)
    this.bench.given(...nodes, ...this.names.map((name) => lease(name, 0)))
    this.bench.show()
  }

  run(duration: number): this {
    for (let rest = duration; rest > 0; rest -= 10) {
      this.renew()
      this.bench.run(seconds(Math.min(10, rest)))
    }
    return this
  }

  /** Runs so many seconds without renewing anything. */
  wait(duration: number): this {
    this.bench.run(seconds(duration))
    return this
  }

  renew(): void {
    for (const name of this.names) {
      if (!this.silent.has(name)) this.bench.given(lease(name, Math.floor(this.bench.now / seconds(1))))
    }
    this.bench.show('Lease')
  }

  /** The kubelet writes its node's Ready condition. */
  report(name: string, status: 'True' | 'False'): this {
    const at = new Date(Date.UTC(2026, 0, 1) + this.bench.now / 1000).toISOString().replace(/\.\d+/, '')
    this.bench.change('Node', undefined, name, (one) => ({
      ...one,
      status: {
        ...one.status,
        conditions: one.status?.conditions?.map((condition) =>
          condition.type === 'Ready' ? { ...condition, status, lastHeartbeatTime: at } : condition,
        ),
      },
    }))
    this.bench.show('Node')
    return this
  }
}

const fleet = (...names: readonly string[]): Fleet => new Fleet(names.map((name) => node(name)))

describe('a node that falls silent', () => {
  test('is Unknown after more than 50 seconds, at the next look; then come the taints, then its Pods', () => {
    const f = fleet('a', 'b')
    f.bench.given(pod('p', { node: 'a' }), pod('q', { node: 'b' }), pod('r', { node: 'a', ready: false })).show()
    f.run(20)
    f.silent.add('a')
    f.bench.take()
    // Renewed at 10 s, right after a look; seen by the look at 15 s, so it is the one at 65 s that tells.
    f.run(44)
    expect(readyOf(f.bench, 'a')).toBe('True')
    f.run(1)
    f.wait(1)
    expect(f.bench.takeLines()).toEqual([
      'update Node/status a',
      'update Pod/status p',
      'get Node a',
      'patch Node a',
      'get Node a',
      'patch Node a',
    ])
    expect(taintsOf(f.bench, 'a')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute'])
    expect(f.bench.events.slice(2)).toEqual([
      'NodeNotReady: Node a status is now: NodeNotReady',
      'NodeNotReady: Node is not ready',
    ])
    expect(conditionStatus(f.bench.get('Pod', 'default', 'p')?.status?.conditions, 'Ready')).toBe('False')
  })

  test('loses the four conditions that its kubelet wrote, with upstream’s words; a fifth stays', () => {
    const before = node('a')
    const network = { type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated' } as const
    const f = new Fleet([
      { ...before, status: { conditions: [...(before.status?.conditions ?? []), network] } },
      node('b'),
    ])
    f.silent.add('a')
    f.run(70)
    const conditions = f.bench.get('Node', undefined, 'a')?.status?.conditions ?? []
    for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
      expect(conditions.find((condition) => condition.type === type)).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      })
    }
    expect(conditions).toContainEqual(network)
  })

  test('is given a minute from its creation if it never reported; its own Unknown is no sign of life', () => {
    const f = new Fleet([node('a', 'never reported'), node('b')])
    f.silent.add('a')
    f.run(59)
    expect(readyOf(f.bench, 'a')).toBeUndefined()
    f.run(10)
    expect(f.bench.get('Node', undefined, 'a')?.status?.conditions).toContainEqual({
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: '2026-01-01T00:00:00Z',
      lastTransitionTime: '2026-01-01T00:01:00Z',
    })
    f.bench.take()
    f.run(300)
    expect(f.bench.takeLines().filter((line) => line.startsWith('update Node'))).toEqual([])
  })

  test('is alive as long as its Lease is renewed, be its status ever so old', () => {
    const f = fleet('a')
    f.run(600)
    expect(readyOf(f.bench, 'a')).toBe('True')
  })

  test('that the API server refuses to write is looked at again and left alone if it reported meanwhile', () => {
    const f = fleet('a', 'b')
    f.run(20)
    f.silent.add('a')
    f.bench.fail('update Node/status', { code: 409, reason: 'Conflict' })
    f.run(44)
    // The kubelet reports in the very moment; the view of the controller does not show that yet.
    f.bench.stall('Node')
    f.bench.change('Node', undefined, 'a', (one) => ({
      ...one,
      status: {
        conditions: one.status?.conditions?.map((condition) => ({
          ...condition,
          lastHeartbeatTime: '2026-01-01T00:01:04Z',
        })),
      },
    }))
    f.bench.take()
    f.wait(2)
    expect(f.bench.takeLines()).toEqual(['update Node/status a', 'get Node a'])
    expect(readyOf(f.bench, 'a')).toBe('True')
  })
})

describe('a node that comes back', () => {
  test('loses its NoSchedule taint at once, NoExecute at the next look', () => {
    const f = fleet('a', 'b')
    f.silent.add('a')
    f.run(90)
    f.silent.delete('a')
    f.report('a', 'True').wait(0.5)
    expect(taintsOf(f.bench, 'a')).toEqual(['unreachable:NoExecute'])
    f.run(10)
    expect(f.bench.get('Node', undefined, 'a')?.spec.taints).toBeUndefined()
  })

  test('not ready swaps one NoExecute taint for the other without waiting', () => {
    const f = fleet('a', 'b')
    f.silent.add('a')
    f.run(90)
    f.silent.delete('a')
    f.report('a', 'False')
    f.run(10)
    expect(taintsOf(f.bench, 'a').toSorted()).toEqual(['not-ready:NoExecute', 'not-ready:NoSchedule'])
  })

  test('a kubelet that says itself that it is not ready marks its own Pods: nobody else does', () => {
    const f = fleet('a', 'b')
    f.bench.given(pod('p', { node: 'a' })).show()
    f.run(20)
    f.report('a', 'False')
    f.run(20)
    expect(taintsOf(f.bench, 'a').toSorted()).toEqual(['not-ready:NoExecute', 'not-ready:NoSchedule'])
    expect(conditionStatus(f.bench.get('Pod', 'default', 'p')?.status?.conditions, 'Ready')).toBe('True')
  })

  test('a Pod that is bound to a silent node is marked as not ready', () => {
    const f = fleet('a', 'b')
    f.silent.add('a')
    f.run(90)
    f.bench.given(pod('late', { node: 'a' })).show()
    f.wait(1)
    expect(conditionStatus(f.bench.get('Pod', 'default', 'late')?.status?.conditions, 'Ready')).toBe('False')
  })
})

describe('NoSchedule taints', () => {
  test('mirror the conditions, and cordoning; what others wrote stays', () => {
    const own = { key: 'example.com/gpu', effect: 'NoSchedule' } as const
    const before = node('a', 'True', { taints: [own], unschedulable: true })
    const pressure = before.status?.conditions?.map((condition) =>
      condition.type === 'DiskPressure' ? { ...condition, status: 'True' as const } : condition,
    )
    const f = new Fleet([{ ...before, status: { conditions: pressure } }])
    f.wait(1)
    expect(taintsOf(f.bench, 'a')).toEqual(['gpu:NoSchedule', 'disk-pressure:NoSchedule', 'unschedulable:NoSchedule'])
    f.bench.change('Node', undefined, 'a', (one) => ({ ...one, spec: { ...one.spec, unschedulable: undefined } }))
    f.bench.show()
    f.wait(1)
    expect(taintsOf(f.bench, 'a')).toEqual(['gpu:NoSchedule', 'disk-pressure:NoSchedule'])
  })

  test('the last one goes with `null`, over the version that was read; a conflict is tried again after a pause', () => {
    const f = new Fleet([node('a', 'True', { taints: [{ key: NOT_READY, effect: 'NoSchedule' }] })])
    f.bench.fail('patch Node', { code: 409, reason: 'Conflict' })
    f.wait(1)
    const patches = f.bench.log.flatMap((event) =>
      event.type === 'ApiRequested' && event.data.verb === 'patch' ? [{ at: event.at, body: event.data.body }] : [],
    )
    expect(patches).toHaveLength(2)
    expect(patches[0]?.body).toEqual({ metadata: { resourceVersion: '101' }, spec: { taints: null } })
    const pause = (patches[1]?.at ?? 0) - (patches[0]?.at ?? 0)
    expect(pause).toBeGreaterThan(seconds(0.1))
    expect(pause).toBeLessThan(seconds(0.21))
  })
})

describe('zones', () => {
  const taintTimes = (f: Fleet): Map<string, number> => {
    const times = new Map<string, number>()
    for (const event of f.bench.log) {
      if (event.type !== 'ApiRequested' || event.data.verb !== 'patch' || event.data.kind !== 'Node') continue
      const { taints } = (event.data.body as { spec: { taints: readonly { key: string; effect: string }[] | null } })
        .spec
      const isEviction = taints?.some(({ key, effect }) => key === UNREACHABLE && effect === 'NoExecute') ?? false
      if (isEviction && !times.has(event.data.name ?? '')) times.set(event.data.name ?? '', event.at)
    }
    return times
  }

  test('one node every ten seconds, each zone on its own', () => {
    const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1', 'b2', 'b3', 'b4']
    const f = new Fleet(names.map((name) => zoned(node(name), name.slice(0, 1))))
    for (const name of ['a1', 'a2', 'b1']) f.silent.add(name)
    f.run(90)
    const times = taintTimes(f)
    expect([...times.keys()].toSorted()).toEqual(['a1', 'a2', 'b1'])
    const [a1 = 0, a2 = 0, b1 = 0] = ['a1', 'a2', 'b1'].map((name) => times.get(name))
    expect(a2 - a1).toBeGreaterThanOrEqual(seconds(9.9))
    expect(a2 - a1).toBeLessThan(seconds(10.2))
    expect(Math.abs(b1 - a1)).toBeLessThan(seconds(0.2))
  })

  test('a small zone of which 55 % are silent evicts nobody; with one more back it goes on', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const f = new Fleet(names.map((name) => zoned(node(name), 'z')))
    for (const name of ['a', 'b', 'c']) f.silent.add(name)
    f.run(120)
    expect(taintTimes(f).size).toBe(0)
    f.silent.delete('c')
    f.report('c', 'True').run(60)
    expect([...taintTimes(f).keys()].toSorted()).toEqual(['a', 'b'])
  })

  test('a large one goes on at a tenth of the pace', () => {
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`)
    const f = new Fleet(names.map((name) => zoned(node(name), 'z')))
    for (const name of names.slice(0, 40)) f.silent.add(name)
    f.run(60 + 350)
    expect(taintTimes(f).size).toBe(4)
  })

  test('a zone that is silent as a whole is evicted at the usual pace while another one lives', () => {
    const f = new Fleet([zoned(node('a'), 'x'), zoned(node('b'), 'x'), zoned(node('c'), 'y')])
    f.silent.add('a').add('b')
    f.run(100)
    expect(taintTimes(f).size).toBe(2)
  })

  test('nodes that are excluded do not count', () => {
    const excluded = (name: string): Node => {
      const one = zoned(node(name), 'z')
      const labels = { ...one.metadata.labels, 'node.kubernetes.io/exclude-disruption': '' }
      return { ...one, metadata: { ...one.metadata, labels } }
    }
    const f = new Fleet([...['a', 'b', 'c'].map(excluded), zoned(node('d'), 'z'), zoned(node('e'), 'z')])
    for (const name of ['a', 'b', 'c']) f.silent.add(name)
    f.run(120)
    expect(taintTimes(f).size).toBeGreaterThan(0)
  })
})

describe('when every node is silent it is the control plane that is cut off', () => {
  test('nobody is evicted, however long it lasts', () => {
    const f = fleet('a', 'b', 'c')
    f.bench.given(pod('p', { node: 'a' })).show()
    for (const name of ['a', 'b', 'c']) f.silent.add(name)
    f.run(1200)
    expect(['a', 'b', 'c'].map((name) => readyOf(f.bench, name))).toEqual(['Unknown', 'Unknown', 'Unknown'])
    for (const name of ['a', 'b', 'c']) expect(taintsOf(f.bench, name)).toEqual(['unreachable:NoSchedule'])
  })

  test('NoExecute taints that are there already go', () => {
    const f = fleet('a', 'b')
    f.silent.add('a')
    f.run(90)
    expect(taintsOf(f.bench, 'a')).toContain('unreachable:NoExecute')
    f.silent.add('b')
    f.run(90)
    expect(taintsOf(f.bench, 'a')).toEqual(['unreachable:NoSchedule'])
  })

  test('when one is heard again the others have the whole grace period once more', () => {
    const f = fleet('a', 'b', 'c')
    for (const name of ['a', 'b', 'c']) f.silent.add(name)
    f.run(120)
    f.silent.clear()
    f.renew()
    f.report('a', 'True').report('b', 'True').wait(6)
    f.silent.add('b')
    f.run(40)
    expect(readyOf(f.bench, 'b')).toBe('True')
    f.run(30)
    expect(readyOf(f.bench, 'b')).toBe('Unknown')
  })
})

describe('nodes that come and go', () => {
  test('are registered and removed with an Event that names no version of them', () => {
    const f = fleet('a', 'b')
    f.run(10)
    f.bench.remove('Node', undefined, 'b').show()
    f.run(10)
    expect(f.bench.events).toEqual([
      'RegisteredNode: Node a event: Registered Node a in Controller',
      'RegisteredNode: Node b event: Registered Node b in Controller',
      'RemovingNode: Node b event: Removing Node b from Controller',
    ])
  })

  test('a new controller takes away the NoExecute taint of a node that it has not seen before, and puts it back', () => {
    const tainted = [
      { key: UNREACHABLE, effect: 'NoExecute' as const },
      { key: UNREACHABLE, effect: 'NoSchedule' as const },
    ]
    const f = new Fleet([node('a', 'Unknown', { taints: tainted }), node('b'), node('c'), node('d')])
    f.silent.add('a')
    f.bench.run(seconds(0.05))
    expect(taintsOf(f.bench, 'a')).not.toContain('unreachable:NoExecute')
    f.run(20)
    expect(taintsOf(f.bench, 'a')).toContain('unreachable:NoExecute')
  })
})
