import { commitTo } from './commit.ts'
import { NOBODY, type MemberId } from './entry.ts'
import type { Message } from './message.ts'
import { sendAppend } from './replication.ts'
import { changeRole, restartElectionClock } from './roles.ts'
import { majority, send, type Raft } from './state.ts'

/**
 * Heartbeats keep followers from standing for election, and a leader that hears no majority steps down.
 *
 * The second is what makes the first safe to trust: a leader that is cut off stops calling itself one within an election
 * timeout, about when the others elect another. Source: Ongaro 2014, sections 3.4 and 6.2; etcd-io/raft, tickHeartbeat.
 */
export const onLeaderTick = (raft: Raft): void => {
  const { heartbeatInterval, electionTimeout, checkQuorum } = raft.options
  if (raft.now >= raft.quorumCheckDue) {
    raft.quorumCheckDue = raft.now + electionTimeout
    // A handover that took this long has failed.
    raft.transferee = NOBODY
    if (checkQuorum && !hasActiveQuorum(raft)) {
      changeRole(raft, { type: 'QuorumLost', term: raft.term, leader: NOBODY })
      return
    }
  }
  if (raft.now < raft.heartbeatDue) return
  raft.heartbeatDue = raft.now + heartbeatInterval
  broadcastHeartbeat(raft)
}

/** Whether a majority was heard from since the last time this was asked. */
const hasActiveQuorum = (raft: Raft): boolean => {
  let active = 0
  for (const [member, progress] of raft.progress) {
    if (progress.recentlyActive) active++
    progress.recentlyActive = member === raft.id
  }
  return active >= majority(raft)
}

/** Carries the number of the newest read that waits for confirmation. */
export const broadcastHeartbeat = (raft: Raft): void => {
  const read = raft.reads.at(-1)?.number ?? 0
  for (const [member, progress] of raft.progress) {
    if (member === raft.id) continue
    // Never more than the follower is known to hold: it may commit what it is told without a look at its log.
    const commit = Math.min(progress.match, raft.log.committed)
    send(raft, member, 'Heartbeat', { from: raft.id, term: raft.term, commit, read })
  }
}

export const onHeartbeat = (raft: Raft, { from, commit, read }: Message<'Heartbeat'>): void => {
  commitTo(raft, commit)
  send(raft, from, 'HeartbeatAnswered', { from: raft.id, term: raft.term, read })
}

export const onHeartbeatAnswered = (raft: Raft, { from }: Message<'HeartbeatAnswered'>): void => {
  const progress = raft.progress.get(from)
  if (progress === undefined) return
  progress.recentlyActive = true
  progress.paused = false
  // What was sent may have been lost: an answer to this tells.
  if (progress.match < raft.log.lastIndex || progress.state === 'probe') sendAppend(raft, from, progress, true)
}

/** The leader of this term has spoken. */
export const heardLeader = (raft: Raft, leader: MemberId): void => {
  if (raft.role === 'follower' && raft.leader === leader) restartElectionClock(raft)
  else changeRole(raft, { type: 'LeaderHeard', term: raft.term, leader })
}
