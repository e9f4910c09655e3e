/**
 * Goal: entries reach every member in few and bounded messages, and a member that was away catches up.
 * Method: a calm cluster of three whose messages are counted while one member is cut off or dead.
 */
import { expect, test } from 'vitest'
import { entryBytes, type MemberId } from '../../../src/actors/etcd/raft/entry.ts'
import type { RaftMessage } from '../../../src/actors/etcd/raft/message.ts'
import { MESSAGE_BYTES_MAX } from '../../../src/actors/etcd/raft/options.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import { RaftCluster, type Member } from './raft-cluster.ts'

interface Scene {
  readonly cluster: RaftCluster
  readonly leader: Member
  /** A member that follows. */
  readonly away: MemberId
  /** What the leader says to it. */
  readonly said: RaftMessage[]
}

const scene = (options: ConstructorParameters<typeof RaftCluster>[2] = {}): Scene => {
  const said: RaftMessage[] = []
  let away = 0
  const cluster = new RaftCluster(3, 3, options, {
    stepped: (_member, { messages }) => said.push(...messages.filter(({ to }) => to === away)),
  })
  cluster.run(seconds(4))
  const leader = cluster.leader
  if (leader === undefined) throw new Error('there is a leader')
  away = leader.id === 1 ? 2 : 1
  said.length = 0
  return { cluster, leader, away, said }
}

const propose = ({ cluster, leader }: Scene, count: number, size: number): void => {
  for (let i = 0; i < count; i++) cluster.propose(leader.id, { op: 'put', key: `/${i}`, size })
}

const appends = (said: readonly RaftMessage[]) =>
  said.flatMap((message) => (message.type === 'AppendEntries' ? [message.data.entries] : []))

test('a member that was away is brought up to date in messages of at most 1 MiB', () => {
  const play = scene()
  play.cluster.crash(play.away)
  propose(play, 100, 100_000)
  play.cluster.run(seconds(5))
  play.said.length = 0
  play.cluster.restart(play.away)
  play.cluster.run(seconds(2))
  const filled = appends(play.said).filter((entries) => entries.length > 0)
  const bytes = filled.map((entries) => entries.reduce((sum, entry) => sum + entryBytes(entry), 0))
  expect(Math.max(...bytes)).toBeLessThanOrEqual(MESSAGE_BYTES_MAX)
  expect(filled.length).toBeLessThan(15)
  expect(play.cluster.member(play.away).store.digest).toBe(play.leader.store.digest)
})

test('no more than 512 messages are under way to a member that does not answer', () => {
  const play = scene()
  play.cluster.cut(play.away, play.leader.id)
  propose(play, 700, 10)
  expect(appends(play.said).filter((entries) => entries.length > 0).length).toBe(512)
})

test('where two logs part is found with one refusal per term, however long they are', () => {
  const play = scene()
  const { cluster, leader, away } = play
  cluster.isolate([leader.id])
  // Its followers hear nothing of these.
  propose(play, 400, 10)
  cluster.run(seconds(5))
  const successor = cluster.leader
  expect(successor?.id).not.toBe(leader.id)
  for (let i = 0; i < 400; i++) cluster.propose(successor?.id ?? 0, { op: 'put', key: `/new/${i}`, size: 10 })
  cluster.run(seconds(1))
  cluster.healLinks()
  let refusals = 0
  cluster.listener.stepped = (_member, { messages }) => {
    for (const { type, data } of messages) if (type === 'AppendAnswered' && data.rejected) refusals++
  }
  cluster.run(seconds(3))
  expect(refusals).toBeLessThanOrEqual(2)
  for (const id of [leader.id, away]) expect(cluster.member(id).store.digest).toBe(successor?.store.digest)
})

test('proposals made in one step travel in one message per follower', () => {
  const { cluster, leader, said } = scene()
  const proposals = Array.from({ length: 50 }, (_, i) => ({
    ref: 10 + i,
    request: { op: 'put' as const, key: `/${i}`, size: 10 },
  }))
  cluster.take(leader, { type: 'propose', proposals })
  cluster.run(millis(50))
  expect(appends(said).map(({ length }) => length)).toEqual([50, 0])
  expect(leader.store.revision).toBe(51)
})

test('a member that was away for longer than the log reaches back gets a snapshot', () => {
  const play = scene({ snapshotEvery: 100, keptBeforeSnapshot: 20 })
  play.cluster.crash(play.away)
  propose(play, 500, 10)
  play.cluster.run(seconds(5))
  play.said.length = 0
  play.cluster.restart(play.away)
  play.cluster.run(seconds(2))
  expect(play.said.filter(({ type }) => type === 'InstallSnapshot').length).toBe(1)
  expect(play.cluster.member(play.away).store.digest).toBe(play.leader.store.digest)
})

test('every member answers linearizable reads from its own state', () => {
  const answers: unknown[] = []
  const cluster = new RaftCluster(
    3,
    3,
    {},
    { read: (member, _context, store) => answers.push([member, store.get('x')?.value]) },
  )
  cluster.run(seconds(4))
  cluster.put(1, 'x', 'newest')
  cluster.run(millis(20))
  for (const id of [1, 2, 3]) cluster.read(id)
  cluster.run(millis(20))
  expect(answers.sort()).toEqual([
    [1, 'newest'],
    [2, 'newest'],
    [3, 'newest'],
  ])
})
