/**
 * Goal: members elect one leader, keep it while it is heard, and replace it when it is not; and calm costs little.
 * Method: clusters of one to seven members in a calm world, with members taken away, over many seeds.
 */
import { describe, expect, test } from 'vitest'
import { RaftCluster } from './raft-cluster.ts'
import { ELECTION_TIMEOUT } from '../../../src/actors/etcd/raft/options.ts'
import { millis, minutes, seconds } from '../../../src/events/time.ts'

const SEEDS = Array.from({ length: 50 }, (_, i) => i)

describe('elections', () => {
  test.each([1, 3, 5, 7])('%i members elect one leader and keep it', (voters) => {
    const cluster = new RaftCluster(7, voters)
    cluster.run(seconds(4))
    const leader = cluster.leader
    for (const { raft } of cluster.members.values()) {
      expect(raft.leader).toBe(leader?.id)
      expect(raft.term).toBe(leader?.raft.term)
      expect(raft.role).toBe(raft.id === leader?.id ? 'leader' : 'follower')
    }
    cluster.run(minutes(5))
    expect(cluster.leader).toBe(leader)
    expect(cluster.leader?.raft.term).toBe(leader?.raft.term)
  })

  test('a cluster of one leads within two heartbeats and a new one of three within two election timeouts', () => {
    const slowest = (voters: number): number =>
      Math.max(
        ...SEEDS.map((seed) => {
          const cluster = new RaftCluster(seed, voters)
          cluster.runUntil(() => cluster.leader !== undefined, seconds(9))
          return cluster.now
        }),
      )
    expect(slowest(1)).toBeLessThan(millis(1_150))
    expect(slowest(3)).toBeLessThan(2 * ELECTION_TIMEOUT)
  })

  test('a dead leader is replaced within three election timeouts', () => {
    for (const seed of SEEDS) {
      const cluster = new RaftCluster(seed, 3)
      cluster.run(seconds(4))
      const dead = cluster.leader
      cluster.crash(dead?.id ?? 0)
      const replaced = cluster.runUntil(() => cluster.leader !== undefined, 3 * ELECTION_TIMEOUT)
      expect(replaced, `seed ${seed}`).toBe(true)
      expect(cluster.leader?.raft.term).toBeGreaterThan(dead?.raft.term ?? 0)
    }
  })

  test('a member that comes back deposes nobody', () => {
    for (const seed of SEEDS) {
      const cluster = new RaftCluster(seed, 3)
      cluster.run(seconds(4))
      const leader = cluster.leader
      const other = leader?.id === 3 ? 2 : 3
      cluster.isolate([other])
      cluster.run(seconds(10))
      cluster.healLinks()
      cluster.run(seconds(10))
      expect(cluster.leader).toBe(leader)
      expect(cluster.member(other).raft.leader).toBe(leader?.id)
    }
  })

  test('a leader without a majority gives up within two election timeouts', () => {
    const cluster = new RaftCluster(1, 5)
    cluster.run(seconds(4))
    const leader = cluster.leader
    cluster.isolate([leader?.id ?? 0, ((leader?.id ?? 0) % 5) + 1])
    cluster.run(2 * ELECTION_TIMEOUT)
    expect(leader?.raft.role).not.toBe('leader')
  })
})

describe('calm', () => {
  test('ten heartbeats a second go to each follower, which wakes no more than once in an election timeout', () => {
    const cluster = new RaftCluster(1, 3)
    cluster.run(seconds(4))
    const { sent, alarms } = cluster
    cluster.run(minutes(1))
    const [leaderAlarms, followers] = [600, 2]
    expect(cluster.sent - sent).toBe(followers * leaderAlarms * 2)
    expect(cluster.alarms - alarms).toBeLessThan(leaderAlarms + followers * 60 + 70)
  })

  test('a cluster of one needs neither messages nor alarms', () => {
    const cluster = new RaftCluster(1, 1)
    cluster.run(seconds(4))
    const { sent, alarms } = cluster
    cluster.put(1, 'x', 1)
    cluster.run(minutes(10))
    expect(cluster.member(1).store.get('x')?.value).toBe(1)
    expect([cluster.sent - sent, cluster.alarms - alarms]).toEqual([0, 0])
  })
})
