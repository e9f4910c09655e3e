import type { Micros } from '../../../events/envelope.ts'
import { forgive, nextDeadline } from './clock.ts'
import { onElectionTimeout, onRequestVote, onTimeoutNow, onVoteAnswered, settleTerm } from './election.ts'
import { NOBODY, type HardState, type MemberId, type Proposal } from './entry.ts'
import { heardLeader, onHeartbeat, onHeartbeatAnswered, onLeaderTick } from './heartbeat.ts'
import type { Received } from './message.ts'
import { onForwardProposal, propose } from './proposals.ts'
import { acceptEarlyReads, confirmRead, onForwardReadIndex, onReadIndexAnswered, requestRead } from './read-index.ts'
import type { Ready } from './ready.ts'
import { onAccepted, onAppendEntries, onRejected, onSnapshotAnswered, onUnreachable } from './replication.ts'
import { onInstallSnapshot } from './snapshot.ts'
import { takeReady, type Raft } from './state.ts'
import { continueTransfer, transferLeadership } from './transfer.ts'

/** Whatever can happen to a member. */
export type RaftInput =
  /** Time has come to look at the clock. */
  | { readonly type: 'tick' }
  | { readonly type: 'receive'; readonly message: Received }
  | { readonly type: 'propose'; readonly proposals: readonly Proposal[] }
  /** Wants to know when a linearizable read may be answered: `Ready.reads` names `context`. */
  | { readonly type: 'read'; readonly context: number }
  /** What was sent to a member may be lost: its connection broke. */
  | { readonly type: 'unreachable'; readonly member: MemberId }
  | { readonly type: 'transfer'; readonly to: MemberId }
  /** This member was held up and counted no time for so long. */
  | { readonly type: 'stalled'; readonly duration: Micros }

/**
 * The whole of Raft: what a member does about one input. It touches nothing but its own state, and says as data what else
 * is to be done; whoever owns it has the network, the disk and the clock.
 *
 * `now` is the member's own clock, in microseconds; it never runs backwards.
 */
export const step = (raft: Raft, now: Micros, input: RaftInput): Ready => {
  const { role, term, leader } = raft
  raft.now = now
  switch (input.type) {
    case 'tick':
      tick(raft)
      break
    case 'receive':
      receive(raft, input.message)
      break
    case 'propose':
      propose(raft, input.proposals)
      break
    case 'read':
      requestRead(raft, input.context)
      break
    case 'unreachable':
      onUnreachable(raft, input.member)
      break
    case 'transfer':
      transferLeadership(raft, input.to)
      break
    case 'stalled':
      forgive(raft, input.duration)
      tick(raft)
      break
  }
  if (raft.role !== role || raft.term !== term || raft.leader !== leader) {
    raft.ready.role = { role: raft.role, term: raft.term, leader: raft.leader }
  }
  return finish(raft)
}

const tick = (raft: Raft): void => {
  const deadline = nextDeadline(raft)
  if (deadline === undefined || raft.now < deadline) return
  if (raft.role === 'leader') onLeaderTick(raft)
  else onElectionTimeout(raft)
}

const receive = (raft: Raft, message: Received): void => {
  switch (message.type) {
    case 'RequestVote':
      if (settleTerm(raft, message.data.from, message.data.term, message.data, false)) onRequestVote(raft, message.data)
      return
    case 'VoteAnswered':
      return receiveVote(raft, message.data)
    case 'AppendEntries':
      if (followsLeader(raft, message.data)) onAppendEntries(raft, message.data)
      return
    case 'Heartbeat':
      if (followsLeader(raft, message.data)) onHeartbeat(raft, message.data)
      return
    case 'InstallSnapshot':
      if (followsLeader(raft, message.data)) onInstallSnapshot(raft, message.data)
      return
    case 'AppendAnswered':
      if (!leads(raft, message.data)) return
      if (message.data.rejected) onRejected(raft, message.data)
      else onAccepted(raft, message.data.from, message.data.index)
      afterProgress(raft, message.data.from)
      return
    case 'SnapshotAnswered':
      if (!leads(raft, message.data)) return
      onSnapshotAnswered(raft, message.data)
      afterProgress(raft, message.data.from)
      return
    case 'HeartbeatAnswered':
      if (!leads(raft, message.data)) return
      onHeartbeatAnswered(raft, message.data)
      confirmRead(raft, message.data)
      return
    case 'ForwardProposal':
      return onForwardProposal(raft, message.data)
    case 'ForwardReadIndex':
      return onForwardReadIndex(raft, message.data)
    case 'ReadIndexAnswered':
      if (current(raft, message.data)) onReadIndexAnswered(raft, message.data)
      return
    case 'TimeoutNow':
      if (current(raft, message.data)) onTimeoutNow(raft)
      return
  }
}

interface Spoken {
  readonly from: MemberId
  readonly term: number
}

const current = (raft: Raft, { from, term }: Spoken): boolean => settleTerm(raft, from, term, undefined, false)

const leads = (raft: Raft, spoken: Spoken): boolean => current(raft, spoken) && raft.role === 'leader'

/** Something that only a leader says: whoever is not behind becomes its follower. */
const followsLeader = (raft: Raft, { from, term }: Spoken): boolean => {
  if (!settleTerm(raft, from, term, undefined, true)) return false
  if (raft.role === 'leader') return false
  heardLeader(raft, from)
  return true
}

/** A granted pre-vote bears the term that was asked about, which nobody has entered yet. */
const receiveVote = (raft: Raft, vote: Extract<Received, { type: 'VoteAnswered' }>['data']): void => {
  const isPromise = vote.pre && vote.granted && vote.term > raft.term
  if (isPromise || current(raft, vote)) onVoteAnswered(raft, vote)
}

/** What may go on when a follower's log has grown. */
const afterProgress = (raft: Raft, from: MemberId): void => {
  acceptEarlyReads(raft)
  continueTransfer(raft, from)
}

/** Says what of the hard state must be written. Source: etcd-io/raft, rawnode.go, MustSync. */
const finish = (raft: Raft): Ready => {
  const { ready, written } = raft
  const state = hardStateOf(raft)
  const promised = state.term !== written.term || state.vote !== written.vote
  if (promised || state.commit !== written.commit) {
    ready.hardState = state
    raft.written = state
  }
  ready.mustSync = promised || ready.entries.length > 0 || ready.snapshot !== undefined
  return takeReady(raft)
}

const hardStateOf = (raft: Raft): HardState => ({
  term: raft.term,
  vote: raft.options.bug === 'votes-twice' ? NOBODY : raft.vote,
  commit: raft.log.committed,
})
