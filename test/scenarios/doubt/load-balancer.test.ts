/**
 * Goal: behind one address three API servers are one: who loses his server is led to another, at the time at which the balancer
 * can know of it; and the address itself is a thing that can be lost.
 * Method: a server of three dies, is cut off, is drained, or the balancer dies, each while users ask and somebody writes; the
 * balancer's own words are read against its settings, and who was served by whom against the log.
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { crash, kill, partition } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ActorId, Micros } from '../../../src/events/envelope.ts'
import { inputsOf } from '../../../src/replay/inputs.ts'
import { createCluster } from '../../../src/cluster.ts'
import {
  acknowledged,
  configMap,
  deployment,
  goodPods,
  requests,
  servingCluster,
  toldAt,
  twice,
  USER,
} from './scene.ts'

const LOAD_BALANCER = 'load-balancer/0'
const SERVER = 'kube-apiserver/1'
const OPTIONS = { seed: 51, controlPlane: 3, etcdTopology: 'external', loadBalancer: true } as const

/** How many requests each API server got from the balancer in a span of time, checks left out. */
const served = (cluster: Cluster, from: Micros, to: Micros): ReadonlyMap<ActorId, number> => {
  const counts = new Map<ActorId, number>()
  for (const { at, by, type, data, to: server = '' } of cluster.log.range(0)) {
    if (type !== 'ApiRequested' || by !== LOAD_BALANCER || at < from || at >= to) continue
    if (data.path === undefined) counts.set(server, (counts.get(server) ?? 0) + 1)
  }
  return counts
}

const nodesDoubted = (cluster: Cluster, since: Micros): readonly string[] =>
  cluster
    .timeline()
    .filter(({ at, text }) => at > since && /Unknown|silent|unreachable/.test(text))
    .map(({ text }) => text)

const elections = (cluster: Cluster, since: Micros): number =>
  cluster.timeline().filter(({ at, text }) => at > since && / leads by lease /.test(text)).length

describe('three API servers behind a load balancer', () => {
  const cluster = twice(() => servingCluster(OPTIONS))

  test('share the clients, who know the balancer alone', () => {
    expect([...served(cluster, 0, cluster.now).keys()].sort()).toEqual([0, 1, 2].map((n) => `kube-apiserver/${n}`))
    const asked = [...cluster.log.range(0)].filter(({ type }) => type === 'ApiRequested' || type === 'WatchRequested')
    const direct = asked.filter(({ by, to }) => by !== LOAD_BALANCER && to !== LOAD_BALANCER)
    expect(direct.map(({ by }) => by)).toEqual([])
  })

  test('are run again from what came from outside', () => {
    const again = createCluster({ nodes: 3, clients: [USER], ...OPTIONS })
    for (const input of inputsOf(cluster.log.range(0))) again.plan(input)
    again.run(cluster.now)
    expect(again.digest()).toBe(cluster.digest())
  })
})

describe('an API server that dies behind it', () => {
  let died = 0
  const cluster = twice(() => {
    const one = servingCluster(OPTIONS)
    died = one.now
    one.inject(kill(SERVER), { for: minutes(2) })
    one.run(seconds(1))
    one.apply([deployment('meanwhile', 2), configMap('asked')])
    one.run(minutes(4))
    return one
  })

  test('is left at once by those who were led to it: its connections are reset', () => {
    // Until it is found down a new connection may still be given to it, and is reset.
    expect(served(cluster, died + seconds(1), died + minutes(2)).get(SERVER) ?? 0).toBeLessThan(5)
    expect(served(cluster, died + seconds(21), died + minutes(2)).get(SERVER)).toBeUndefined()
    expect(acknowledged(cluster)).toContain('configmap/asked')
    expect(goodPods(cluster, 'meanwhile')).toHaveLength(2)
  })

  test('is found down after two checks, up after two more when it is back', () => {
    const down = toldAt(cluster, /kube-apiserver\/1 is down for load-balancer\/0: connection lost/, died)
    expect(down - died).toBeLessThan(seconds(21))
    const up = toldAt(cluster, /kube-apiserver\/1 is up for load-balancer\/0/, down)
    expect(up - (died + minutes(2))).toBeLessThan(seconds(16))
    // Who has been led elsewhere stays there: it gets what begins anew.
    expect(served(cluster, up, cluster.now).get(SERVER) ?? 0).toBeLessThan(
      served(cluster, up, cluster.now).get('kube-apiserver/0') ?? 0,
    )
  })

  test('is missed by no user, no node, no leader', () => {
    expect(requests(cluster, died, cluster.now).failed).toBe(0)
    expect(nodesDoubted(cluster, died)).toEqual([])
    expect(elections(cluster, died)).toBe(0)
  })
})

describe('an API server that is cut off from it', () => {
  let cut = 0
  const story = (breaksSessions: boolean): Cluster => {
    const one = servingCluster({ ...OPTIONS, loadBalancer: { breaksSessions } })
    cut = one.now
    one.inject(partition('cp-2', 'load-balancer'), { for: minutes(2) })
    one.run(minutes(4))
    return one
  }

  test('is found down when two checks have not been answered, and its clients are led elsewhere then', () => {
    const cluster = twice(() => story(true))
    const row = cluster.timeline().find(({ text }) => /kube-apiserver\/1 is down/.test(text))
    expect(row?.text).toMatch(/no answer within 5000 ms, [1-9]\d* connections broken/)
    const after = (row?.at ?? 0) - cut
    // The second of two checks ten seconds apart, and the five seconds that it may take.
    expect(after).toBeGreaterThan(seconds(14))
    expect(after).toBeLessThan(seconds(26))
    expect(nodesDoubted(cluster, cut)).toEqual([])
    expect(requests(cluster, cut, cluster.now).failed).toBe(0)
    expect(cluster.unsettled()).toEqual([])
  })

  test('keeps its clients for as long as a silent connection lives, where connections are not broken', () => {
    const cluster = story(false)
    const row = cluster.timeline().find(({ text }) => /kube-apiserver\/1 is down/.test(text))
    expect(row?.text).toMatch(/ 0 connections broken/)
    const lost = [...cluster.log.range(0)].find(
      (event) =>
        event.type === 'ConnectionLost' && event.to === LOAD_BALANCER && event.at > cut && event.data.peer === SERVER,
    )
    expect((lost?.at ?? 0) - cut).toBeGreaterThanOrEqual(seconds(45))
    expect(cluster.unsettled()).toEqual([])
  })
})

describe('an API server that is drained', () => {
  let drained = 0
  let killed = 0
  const cluster = twice(() => {
    const one = servingCluster(OPTIONS)
    drained = one.now
    one.send({ type: 'BackendStateRequested', to: LOAD_BALANCER, data: { backend: SERVER, state: 'drain' } })
    one.run(minutes(1))
    killed = one.now
    one.inject(kill(SERVER), { for: seconds(30) })
    one.run(minutes(1))
    one.send({ type: 'BackendStateRequested', to: LOAD_BALANCER, data: { backend: SERVER, state: 'ready' } })
    one.run(seconds(30))
    return one
  })

  test('keeps the connections that it has, so draining alone moves nobody', () => {
    const row = cluster.timeline().find(({ text }) => /gets no new connections/.test(text))
    expect(row?.text).toMatch(/keeps [1-9]/)
    expect(served(cluster, drained + seconds(5), killed).get(SERVER)).toBeGreaterThan(0)
  })

  test('gets nobody when it comes back, until it is put back', () => {
    expect(served(cluster, killed + seconds(1), cluster.now - seconds(30)).get(SERVER)).toBeUndefined()
    toldAt(cluster, /kube-apiserver\/1 gets connections from load-balancer\/0 again/, killed)
  })
})

describe('servers that lose etcd', () => {
  test('are not ready: the balancer gives up all of them, and takes them back with etcd', () => {
    const cluster = servingCluster(OPTIONS)
    const lost = cluster.now
    cluster.inject(crash('etcd-1'), { for: minutes(1) })
    cluster.inject(crash('etcd-2'), { for: minutes(1) })
    cluster.run(minutes(3))
    for (const n of [0, 1, 2]) toldAt(cluster, new RegExp(`kube-apiserver/${n} is down`), lost)
    for (const n of [0, 1, 2]) toldAt(cluster, new RegExp(`kube-apiserver/${n} is up`), lost + minutes(1))
    expect(requests(cluster, lost, cluster.now).failed).toBe(0)
    expect(cluster.unsettled()).toEqual([])
  })
})

describe('the balancer itself', () => {
  test('is one thing that all depend on: while it is away nobody reaches any server, and Pods run on', () => {
    const cluster = servingCluster(OPTIONS)
    const died = cluster.now
    cluster.inject(crash('load-balancer'), { for: minutes(3) })
    cluster.run(seconds(1))
    cluster.apply([configMap('unheard')])
    cluster.run(minutes(2))
    expect(acknowledged(cluster)).not.toContain('configmap/unheard')
    cluster.run(minutes(4))
    // The nodes' Leases have run out for whoever looked at them: but nobody could look, and all nodes at once are not believed.
    expect(requests(cluster, died, cluster.now).failed).toBe(0)
    expect(goodPods(cluster, 'web')).toHaveLength(3)
    expect(cluster.unsettled()).toEqual(['configmap/unheard was refused: connection to load-balancer/0 lost'])
  })
})
