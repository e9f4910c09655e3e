/**
 * Goal: members on real hosts keep what they promise to each other and to clients, whatever disks and links do.
 * Method: three etcd processes in a kernel, asked from outside; faults at chosen moments; the log is read.
 */
import { describe, expect, test } from 'vitest'
import { etcd } from '../../../src/actors/etcd/etcd.ts'
import { RaftSafety } from '../../../src/actors/etcd/invariants.ts'
import { Kernel } from '../../../src/engine/kernel/kernel.ts'
import type { EtcdRequest } from '../../../src/events/catalogue/etcd-request.ts'
import type { EventType } from '../../../src/events/catalogue/index.ts'
import type { EventOf, LogEvent, Micros } from '../../../src/events/envelope.ts'
import { millis, seconds } from '../../../src/events/time.ts'

const VOTERS = [1, 2, 3]

class Etcd {
  readonly events: LogEvent[] = []
  readonly kernel: Kernel
  private request = 0

  constructor(seed = 3) {
    const safety = new RaftSafety()
    this.kernel = new Kernel({ seed, log: { append: (event) => this.events.push(event) } })
    for (const member of VOTERS) {
      const id = `etcd/${member}`
      this.kernel.machines.addHost(`cp-${member}`)
      const boot = () => new Map([[id, etcd({ member, voters: VOTERS, safety })]])
      this.kernel.machines.addProcess({ id, host: `cp-${member}`, restartDelay: seconds(1), boot })
    }
    this.run(seconds(5))
  }

  run(duration: Micros): void {
    this.kernel.run(this.kernel.now + duration)
  }

  of<T extends EventType>(type: T): readonly EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> & LogEvent => event.type === type)
  }

  get leader(): number {
    return this.of('LeaderElected').at(-1)?.data.member ?? 0
  }

  get follower(): number {
    return this.leader === 1 ? 2 : 1
  }

  /** The answer to a request, or undefined if none came in time. */
  ask(member: number, op: EtcdRequest, within: Micros = millis(50)): EventOf<'EtcdResponded'>['data'] | undefined {
    const request = ++this.request
    this.kernel.input('EtcdRequested', { request, op }, `etcd/${member}`)
    this.run(within)
    return this.of('EtcdResponded').findLast(({ data }) => data.request === request)?.data
  }

  put(member: number, value: number): EventOf<'EtcdResponded'>['data'] | undefined {
    return this.ask(member, { op: 'put', key: '/k', size: 10, value })
  }

  cut(fault: number, a: number, b: number): void {
    this.kernel.addLinkRule({ fault, from: `cp-${a}`, to: `cp-${b}`, bothWays: true, verdict: { verdict: 'drop' } })
  }
}

describe('three etcd members', () => {
  test('any of them takes writes and linearizable reads', () => {
    const cluster = new Etcd()
    for (const member of VOTERS) {
      const { revision } = cluster.put(member, member) ?? {}
      expect(revision).toBe(member + 1)
      for (const other of VOTERS) {
        const answer = cluster.ask(other, { op: 'range', key: '/k' })
        expect(answer?.results).toMatchObject([{ op: 'range', count: 1, mod: revision, keys: [{ value: member }] }])
      }
    }
  })

  test('a member whose disk is full acknowledges nothing, ends, and catches up when there is room', () => {
    const cluster = new Etcd()
    const { follower, leader } = cluster
    cluster.put(leader, 1)
    const before = cluster.events.length
    cluster.kernel.machines.host(`cp-${follower}`).diskFull = true
    expect(cluster.put(leader, 2)?.revision).toBe(3)
    const since = cluster.events.slice(before)
    const acknowledged = since.filter(({ by, type }) => by === `etcd/${follower}` && type === 'AppendAnswered')
    expect(acknowledged).toEqual([])
    expect(since.some(({ type }) => type === 'ProcessExited')).toBe(true)

    cluster.kernel.machines.host(`cp-${follower}`).diskFull = false
    cluster.run(seconds(5))
    const answer = cluster.ask(follower, { op: 'range', key: '/k', serializable: true })
    expect(answer?.results).toMatchObject([{ keys: [{ value: 2 }] }])
  })

  test('calm is nothing but heartbeats, also after a partition', () => {
    const cluster = new Etcd()
    const { follower, leader } = cluster
    cluster.put(leader, 1)
    cluster.cut(1, leader, follower)
    cluster.run(seconds(7))
    cluster.kernel.removeLinkRule(1)
    cluster.run(seconds(12))
    const before = cluster.events.length
    cluster.run(seconds(10))
    const types = new Set(cluster.events.slice(before).map(({ type }) => type))
    expect([...types].sort()).toEqual(['Heartbeat', 'HeartbeatAnswered', 'TimerFired'])
  })

  test('what was acknowledged survives the loss of power everywhere', () => {
    const cluster = new Etcd()
    expect(cluster.put(cluster.leader, 7)?.outcome).toBe('succeeded')
    for (const member of VOTERS) {
      const fault = { fault: member, host: `cp-${member}` }
      cluster.kernel.machines.powerOff(fault.host, cluster.kernel.record('chaos', 'HostPoweredOff', fault, 0))
    }
    cluster.run(seconds(1))
    for (const member of VOTERS) {
      const fault = { fault: member, host: `cp-${member}` }
      cluster.kernel.machines.powerOn(fault.host, cluster.kernel.record('chaos', 'HostPoweredOn', fault, 0))
    }
    cluster.run(seconds(60))
    expect(cluster.ask(2, { op: 'range', key: '/k' })?.results).toMatchObject([{ keys: [{ value: 7 }] }])
  })

  test('every revision is told in order, and if again then with the same content', () => {
    const cluster = new Etcd()
    for (let n = 0; n < 10; n++) {
      cluster.put((n % 3) + 1, n)
      if (n === 5) cluster.kernel.machines.endProcess(`etcd/${cluster.leader}`, 'SIGKILL', 0)
      cluster.run(seconds(n === 5 ? 5 : 0))
    }
    const told = cluster.of('RevisionCommitted').map(({ data }) => JSON.stringify(data))
    const byRevision = new Map(told.map((text) => [text.slice(0, text.indexOf(',')), text]))
    expect(byRevision.size).toBe(new Set(told).size)
    const revisions = [...new Set(cluster.of('RevisionCommitted').map(({ data }) => data.revision))]
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
    expect(cluster.ask(1, { op: 'range', key: '/k' })?.revision).toBe(revisions.at(-1))
  })
})
