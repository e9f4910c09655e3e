import type { MemberId } from './entry.ts'
import { sendAppend } from './replication.ts'
import { isVoter, send, type Raft } from './state.ts'

/**
 * A leader hands its office over: it brings the other's log up to date, takes no proposals meanwhile, and then tells it to
 * stand for election at once. Given up after an election timeout. Source: Ongaro 2014, section 3.10.
 */
export const transferLeadership = (raft: Raft, to: MemberId): void => {
  const progress = raft.progress.get(to)
  if (raft.role !== 'leader' || to === raft.id || progress === undefined || !isVoter(raft, to)) return
  raft.transferee = to
  raft.quorumCheckDue = raft.now + raft.options.electionTimeout
  if (progress.match === raft.log.lastIndex) offer(raft, to)
  else sendAppend(raft, to, progress, true)
}

/** Called when a follower has answered: is it the one that is waited for, and complete? */
export const continueTransfer = (raft: Raft, from: MemberId): void => {
  if (raft.transferee === from && raft.progress.get(from)?.match === raft.log.lastIndex) offer(raft, from)
}

const offer = (raft: Raft, to: MemberId): void => send(raft, to, 'TimeoutNow', { from: raft.id, term: raft.term })
