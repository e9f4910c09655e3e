import { isElectable, trustsLeader } from './clock.ts'
import { NOBODY, type MemberId, type Term } from './entry.ts'
import type { Message } from './message.ts'
import { appendOwn, broadcastAppend } from './replication.ts'
import { changeRole, restartElectionClock } from './roles.ts'
import { majority, send, sendAfterSync, type Raft } from './state.ts'

/**
 * Elections. A member that hears from no leader asks first whether it would be elected (pre-vote) and only then raises the
 * term and asks for votes; so one that was cut off cannot depose a leader that everyone else hears.
 *
 * Safety rests on two promises: one vote per term, and only for a log at least as complete as one's own. Two majorities
 * share a member, so a term has one leader, and it holds all that is committed. Source: Ongaro 2014, sections 3.4, 3.6 and 9.6.
 */
export const onElectionTimeout = (raft: Raft): void => {
  if (changeRole(raft, { type: 'ElectionTimeout', electable: isElectable(raft) })) askForVotes(raft, false)
}

/** The leader hands over: no pre-vote, for it wants to be replaced. */
export const onTimeoutNow = (raft: Raft): void => {
  if (changeRole(raft, { type: 'LeadershipOffered', electable: isElectable(raft) })) askForVotes(raft, true)
}

const askForVotes = (raft: Raft, transfer: boolean): void => {
  if (raft.role === 'preCandidate') {
    // Asks about the term that would come; the term itself stays, so the disk has no part in it.
    for (const voter of others(raft)) send(raft, voter, 'RequestVote', voteRequest(raft, raft.term + 1, true, transfer))
    countVote(raft, raft.id, true)
    return
  }
  // Nobody may hear of the new term before the own disk has it. A candidate that others elect at once, that writes entries
  // and then loses power, would else come back in the old term, be elected into the same one again and write others.
  const ask = raft.options.bug === 'campaigns-early' ? send : sendAfterSync
  for (const voter of others(raft)) ask(raft, voter, 'RequestVote', voteRequest(raft, raft.term, false, transfer))
  const own = { from: raft.id, term: raft.term, pre: false, granted: true }
  sendAfterSync(raft, raft.id, 'VoteAnswered', own)
}

const others = (raft: Raft): readonly MemberId[] => raft.voters.filter((voter) => voter !== raft.id)

const voteRequest = (raft: Raft, term: Term, pre: boolean, transfer: boolean): Message<'RequestVote'> => {
  const { lastIndex, lastTerm } = raft.log
  return { from: raft.id, term, lastIndex, lastTerm, pre, transfer }
}

/** The term was settled before: `message.term` is at least this member's. */
export const onRequestVote = (raft: Raft, message: Message<'RequestVote'>): void => {
  const { from, term, pre } = message
  const free = raft.vote === from || (raft.vote === NOBODY && raft.leader === NOBODY) || (pre && term > raft.term)
  const complete = raft.options.bug === 'votes-for-anyone' || raft.log.isCoveredBy(message.lastIndex, message.lastTerm)
  if (!free || !complete) {
    send(raft, from, 'VoteAnswered', { from: raft.id, term: raft.term, pre, granted: false })
    return
  }
  if (pre) {
    // Promises nothing, so it need not be on disk; bears the term that was asked about.
    send(raft, from, 'VoteAnswered', { from: raft.id, term, pre, granted: true })
    return
  }
  raft.vote = from
  restartElectionClock(raft)
  sendAfterSync(raft, from, 'VoteAnswered', { from: raft.id, term, pre, granted: true })
}

export const onVoteAnswered = (raft: Raft, { from, pre, granted }: Message<'VoteAnswered'>): void => {
  if (raft.role === (pre ? 'preCandidate' : 'candidate')) countVote(raft, from, granted)
}

const countVote = (raft: Raft, from: MemberId, granted: boolean): void => {
  if (!raft.votes.has(from)) raft.votes.set(from, granted)
  let yes = 0
  let no = 0
  for (const voter of raft.voters) {
    const vote = raft.votes.get(voter)
    if (vote === true) yes++
    else if (vote === false) no++
  }
  if (yes >= majority(raft)) win(raft)
  else if (no > raft.voters.length - majority(raft)) {
    changeRole(raft, { type: 'VoteLost', term: raft.term, leader: NOBODY })
  }
}

const win = (raft: Raft): void => {
  if (raft.role === 'preCandidate') {
    changeRole(raft, { type: 'PreVoteWon' })
    askForVotes(raft, false)
    return
  }
  changeRole(raft, { type: 'VoteWon' })
  // An empty entry of its own term: what earlier leaders left can only be committed behind one. Source: Ongaro 2014, section 6.4.
  appendOwn(raft, [{ ref: 0, request: undefined }])
  broadcastAppend(raft)
}

/**
 * Makes the message's term and the member's own agree before the message is handled. A later term turns any member into
 * a follower, except that a pre-vote raises nobody's term and a member that hears its leader ignores who wants to depose it.
 *
 * @returns whether the message still means anything.
 */
export const settleTerm = (
  raft: Raft,
  from: MemberId,
  term: number,
  vote: { readonly pre: boolean; readonly transfer: boolean } | undefined,
  isFromLeader: boolean,
): boolean => {
  if (term < raft.term) {
    // Whoever speaks may be cut off from the present: the answer's term tells it.
    if (isFromLeader) answerStaleLeader(raft, from)
    else if (vote?.pre === true) {
      send(raft, from, 'VoteAnswered', { from: raft.id, term: raft.term, pre: true, granted: false })
    }
    return raft.options.bug === 'no-term-check'
  }
  if (term === raft.term) return true
  if (vote !== undefined && !vote.transfer && trustsLeader(raft)) return false
  if (vote?.pre !== true) changeRole(raft, { type: 'NewerTermSeen', term, leader: isFromLeader ? from : NOBODY })
  return true
}

const answerStaleLeader = (raft: Raft, leader: MemberId): void =>
  send(raft, leader, 'AppendAnswered', {
    from: raft.id,
    term: raft.term,
    index: 0,
    rejected: false,
    hintIndex: 0,
    hintTerm: 0,
  })
