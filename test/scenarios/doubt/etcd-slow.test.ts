/**
 * Goal: a slow disk under etcd shows as upstream's operators know it: a little slow, nobody notices; slow at the leader,
 * the leader changes; slow everywhere, requests time out and the controllers lose their Leases; Pods never care.
 * Method: disks of etcd's machines take many times as long for a sync (about 1.2 ms when healthy).
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { slowDisk } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { deployment, goodPods, requests, servingCluster, twice } from './scene.ts'

const ETCD = { etcd: 3, etcdTopology: 'external' } as const
const HOSTS = ['etcd-1', 'etcd-2', 'etcd-3']

const told = (cluster: Cluster, since: number, text: RegExp) =>
  cluster.timeline().filter((row) => row.at > since && text.test(row.text))

const leaderOf = (cluster: Cluster): string => {
  const row = cluster.timeline().findLast(({ text }) => /^etcd member \d leads/.test(text))
  return `etcd-${/\d/.exec(row?.text ?? '')?.[0]}`
}

describe('disks that take a third of a second', () => {
  let slowed = 0
  let scaledIn = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 17, ...ETCD })
    slowed = one.now
    for (const host of HOSTS) one.inject(slowDisk(host, 250))
    one.apply([deployment('web', 5)])
    one.runUntil((now) => goodPods(now, 'web').length === 5, { within: minutes(2) })
    scaledIn = one.now - slowed
    one.run(minutes(1))
    return one
  })

  test('make everything slow and nothing wrong', () => {
    expect(scaledIn).toBeGreaterThan(seconds(4))
    expect(scaledIn).toBeLessThan(minutes(1))
    expect(told(cluster, slowed, /etcd member|exited|tainted/)).toEqual([])
    expect(requests(cluster, slowed, cluster.now).failed).toBe(0)
  })
})

describe('a leader whose disk takes seconds', () => {
  let slowed = 0
  let leader = ''
  const cluster = twice(() => {
    // With this seed another member leads than the one that the API server talks to.
    const one = servingCluster({ seed: 51, ...ETCD })
    expect(leaderOf(one)).not.toBe('etcd-1')
    leader = leaderOf(one)
    slowed = one.now
    one.inject(slowDisk(leader, 3000))
    one.run(seconds(30))
    one.apply([deployment('web', 4)])
    one.run(minutes(1))
    return one
  })

  test('loses its lead to a member with a good disk', () => {
    const elections = told(cluster, slowed, /^etcd member \d leads/)
    expect(elections.length).toBeGreaterThan(0)
    expect(leaderOf(cluster)).not.toBe(leader)
    // Two election timeouts of at most 2 s, and the sync that the leader hangs in.
    expect((elections[0]?.at ?? 0) - slowed).toBeLessThan(seconds(15))
  })

  test('and work goes on, though whoever talks to the slow member still waits', () => {
    expect(goodPods(cluster, 'web')).toHaveLength(4)
    expect(told(cluster, slowed, /tainted/)).toEqual([])
    expect(requests(cluster, slowed, cluster.now).failed).toBe(0)
  })
})

describe('disks that all take seconds', () => {
  let slowed = 0
  let healed = 0
  let timeouts = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 19, ...ETCD })
    slowed = one.now
    for (const host of HOSTS) one.inject(slowDisk(host, 4000), { for: minutes(2) })
    one.run(minutes(2))
    healed = one.now
    timeouts = [...one.log.range(0)].filter(
      (event) => event.type === 'EtcdResponded' && /timed out|no leader/.test(event.data.error ?? ''),
    ).length
    one.run(minutes(2))
    return one
  })

  test('let requests time out and leaders by Lease step down', () => {
    expect(timeouts).toBeGreaterThan(0)
    const lost = told(cluster, slowed, /exited: leaderelection lost/).filter(({ at }) => at < healed)
    expect(lost.map(({ text }) => text.split('/')[0]).toSorted()).toContain('kube-controller-manager')
  })

  test('disturb no Pod, and leave no trace when they are well', () => {
    expect(requests(cluster, slowed, cluster.now).failed).toBe(0)
    expect(told(cluster, slowed, /DeletionByTaintManager/)).toEqual([])
    expect(cluster.unsettled()).toEqual([])
  })
})
