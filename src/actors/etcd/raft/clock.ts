import type { Micros } from '../../../events/envelope.ts'
import { isAlone, isVoter, type Raft } from './state.ts'

/**
 * When this member wants to be woken next, if nobody speaks to it before; undefined if never.
 *
 * Upstream counts ticks of 100 ms: a heartbeat with each, an election after a random number in [10, 20) without a word from
 * a leader. Here the same moments are points in time. A reset that sets a tick counter to zero moves the deadline instead,
 * and costs nothing. The owner keeps *one* alarm, at the deadline it knew when it set it; when the alarm rings and the
 * deadline has moved, `step` does nothing and the owner sets it again. So a follower of a healthy leader wakes about once
 * per election timeout and not ten times. The patience is drawn in microseconds rather than in whole ticks, because real
 * members tick at different phases; what a tick model rounds away, nobody can observe.
 */
export const nextDeadline = (raft: Raft): Micros | undefined => {
  if (raft.role === 'leader') {
    return isAlone(raft) ? undefined : Math.min(raft.heartbeatDue, raft.quorumCheckDue)
  }
  return isElectable(raft) ? raft.electionStart + raft.electionPatience : undefined
}

/**
 * Time that this member did not count: it neither asks for an election nor doubts its own leadership because of it. What it
 * owes its followers is due all the same. Source: server/etcdserver/raft.go, start: who waits for the disk takes no ticks.
 */
export const forgive = (raft: Raft, duration: Micros): void => {
  raft.electionStart = Math.min(raft.now, raft.electionStart + duration)
  raft.quorumCheckDue += duration
}

/** Whether this member may stand for election. */
export const isElectable = (raft: Raft): boolean => isVoter(raft, raft.id)

/** It has heard from its leader so recently that it will not help to depose it. Source: Ongaro 2014, section 4.2.3. */
export const trustsLeader = (raft: Raft): boolean =>
  raft.options.checkQuorum &&
  raft.leader !== 0 &&
  (raft.role === 'leader' || raft.now < raft.electionStart + raft.options.electionTimeout)
