/**
 * Goal: members elect one leader, keep it while it is heard, and replace it when it is not.
 * Method: clusters of one to seven members in a calm world, with single links or members taken away.
 */
import { describe, expect, test } from 'vitest'
import { RaftCluster } from './raft-cluster.ts'
import { seconds } from '../../../src/events/time.ts'

describe('elections', () => {
  test.each([1, 3, 5, 7])('%i members elect one leader and follow it', (voters) => {
    const cluster = new RaftCluster(7, voters)
    cluster.run(seconds(4))
    const leader = cluster.leader
    expect(leader).toBeDefined()
    for (const { raft } of cluster.members.values()) {
      expect(raft.leader).toBe(leader?.id)
      expect(raft.term).toBe(leader?.raft.term)
      expect(raft.role).toBe(raft.id === leader?.id ? 'leader' : 'follower')
    }
    const { term } = leader?.raft ?? {}
    cluster.run(seconds(60))
    expect(cluster.leader?.raft.term).toBe(term)
  })
})
