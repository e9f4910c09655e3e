import { membershipRequestOf, NOBODY, type Proposal } from './entry.ts'
import type { Message } from './message.ts'
import { appendOwn, broadcastAppend } from './replication.ts'
import { isVoter, send, type Raft } from './state.ts'
import { mayChangeMembership } from './membership.ts'

/**
 * Requests on their way into the log. Proposals of one step become one message per follower and one write to disk: the
 * owner gathers what comes while its disk is busy. What cannot enter is handed back as `dropped`.
 */
export const propose = (raft: Raft, proposals: readonly Proposal[]): void => {
  if (raft.role === 'leader') accept(raft, proposals)
  else if (raft.leader !== NOBODY) send(raft, raft.leader, 'ForwardProposal', { from: raft.id, proposals })
  else drop(raft, proposals)
}

/** A follower passed these on; if this member has lost its office meanwhile they go one further. */
export const onForwardProposal = (raft: Raft, { from, proposals }: Message<'ForwardProposal'>): void => {
  if (raft.leader === from) return
  const complete: Proposal[] = []
  for (const { ref, request } of proposals) if (request !== undefined) complete.push({ ref, request })
  propose(raft, complete)
}

const accept = (raft: Raft, proposals: readonly Proposal[]): void => {
  if (raft.transferee !== NOBODY || !isVoter(raft, raft.id)) {
    drop(raft, proposals)
    return
  }
  const accepted: Proposal[] = []
  for (const proposal of proposals) {
    const change = membershipRequestOf(proposal)
    if (change !== undefined && !mayChangeMembership(raft, change)) {
      raft.ready.dropped.push(proposal)
      continue
    }
    accepted.push(proposal)
    if (change !== undefined) raft.membershipChangeAt = raft.log.lastIndex + accepted.length
  }
  if (accepted.length === 0) return
  appendOwn(raft, accepted)
  broadcastAppend(raft)
}

const drop = (raft: Raft, proposals: readonly Proposal[]): void => {
  for (const proposal of proposals) raft.ready.dropped.push(proposal)
}
