import { membershipRequestOf, NOBODY, type Entry, type MemberId, type MembershipRequest } from './entry.ts'
import { newProgress } from './roles.ts'
import { isVoter, type Raft } from './state.ts'

/**
 * Who votes. Members are added and removed one at a time, so that any majority of before and any majority of after share
 * a member; a leader takes the next change only when the last one is applied. A change takes effect when it is *applied*,
 * as upstream does, not when it is appended as in Ongaro 2014, section 4.1.
 *
 * A leader that is removed goes on leading, without a vote and without taking proposals, until its owner stops it: the
 * others have yet to hear that it is removed, and to elect somebody they may need its help. Upstream gives it a second.
 *
 * Abridged: no learners, no joint consensus; Kubernetes' operators change one voter at a time.
 */
export const mayChangeMembership = (raft: Raft, { op }: MembershipRequest): boolean =>
  (raft.membershipChangeAt <= raft.log.committed || raft.options.bug === 'overlapping-changes') &&
  (op === 'member-add' || raft.voters.length > 1)

/** Whether the entry changed who votes. */
export const applyMembership = (raft: Raft, entry: Entry): boolean => {
  const request = membershipRequestOf(entry)
  if (request === undefined) return false
  const { member } = request
  if (isVoter(raft, member) === (request.op === 'member-add')) return false
  raft.voters = votersAfter(raft.voters, request)
  const data = { member, voters: raft.voters }
  if (request.op === 'member-add') {
    raft.ready.membership.push({ type: 'MemberAdded', data })
    if (raft.role === 'leader') welcome(raft, member)
  } else {
    raft.ready.membership.push({ type: 'MemberRemoved', data })
    raft.progress.delete(member)
    if (raft.transferee === member) raft.transferee = NOBODY
  }
  return true
}

const votersAfter = (voters: readonly MemberId[], { op, member }: MembershipRequest): readonly MemberId[] =>
  op === 'member-add' ? [...voters, member].sort((a, b) => a - b) : voters.filter((voter) => voter !== member)

const welcome = (raft: Raft, member: MemberId): void => {
  const progress = newProgress(raft, member)
  // It counts as heard from, or the next check of the quorum could depose the leader before the newcomer could speak.
  progress.recentlyActive = true
  raft.progress.set(member, progress)
}
