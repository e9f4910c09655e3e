import type { EventData } from '../../../events/catalogue/index.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { Row } from '../../../engine/statechart/row.ts'
import type { RaftBug } from './bug.ts'
import type { HardState, Index, MemberId, Term } from './entry.ts'
import type { RaftLog } from './log.ts'
import type { MessageOf, RaftMessage, RaftMessageType } from './message.ts'
import type { RaftOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { Ready } from './ready.ts'
import type { Role, RoleContext } from './role.chart.ts'

/** A read that waits for a majority to confirm the leader. */
export interface PendingRead {
  /** Number in this leadership; heartbeats carry it. */
  readonly number: number
  readonly from: MemberId
  readonly context: number
  /** The commit index when the read came. */
  readonly index: Index
}

/**
 * All that one member keeps in memory. Its owner alone holds it and moves it by `step`; nothing in it is handed out.
 */
export interface Raft {
  readonly id: MemberId
  readonly options: Required<Omit<RaftOptions, 'bug'>> & { readonly bug: RaftBug | undefined }
  readonly log: RaftLog
  /** The statechart's row; `role` is its state. */
  readonly row: Row<RoleContext>
  role: Role
  term: Term
  /** For whom it voted in this term. */
  vote: MemberId
  leader: MemberId
  /** Ascending. */
  voters: readonly MemberId[]

  /** Time of the step in hand. */
  now: Micros
  /** When a leader was last heard, a vote granted or an election begun: the election clock runs from here. */
  electionStart: Micros
  /** This time's patience: drawn anew with each change of role. */
  electionPatience: Micros
  /** Leader: when the next heartbeat is due. */
  heartbeatDue: Micros
  /** Leader: when to look whether a majority was heard from. */
  quorumCheckDue: Micros

  /** Candidate: the answers so far. */
  readonly votes: Map<MemberId, boolean>
  /** Leader: every voter's log, its own included. */
  readonly progress: Map<MemberId, Progress>
  /** Leader: the newest change of the membership in its log; another may follow once this one is applied. */
  membershipChangeAt: Index
  /** Leader: reads that wait for confirmation, oldest first. */
  readonly reads: PendingRead[]
  /** Leader: reads that came before it had committed in its term. */
  readonly earlyReads: EventData<'ForwardReadIndex'>[]
  lastRead: number
  /** Leader: to whom it hands over; takes no proposals meanwhile. */
  transferee: MemberId

  /** As last handed out to be written. */
  written: HardState
  ready: Ready
}

/** How many make a majority. */
export const majority = (raft: Raft): number => (raft.voters.length >> 1) + 1

export const isVoter = (raft: Raft, member: MemberId): boolean => raft.voters.includes(member)

/** A cluster of one decides by itself. */
export const isAlone = (raft: Raft): boolean => raft.voters.length === 1 && raft.voters[0] === raft.id

/** Says something that promises nothing about this member's disk. */
export const send = <T extends RaftMessageType>(raft: Raft, to: MemberId, type: T, data: EventData<T>): void => {
  const message: MessageOf<T> = { to, type, data }
  raft.ready.messages.push(message as RaftMessage)
}

/** Says something that must be true after a power cut too. */
export const sendAfterSync = <T extends RaftMessageType>(
  raft: Raft,
  to: MemberId,
  type: T,
  data: EventData<T>,
): void => {
  const message: MessageOf<T> = { to, type, data }
  if (raft.options.bug === 'acknowledges-early') raft.ready.messages.push(message as RaftMessage)
  else raft.ready.afterSync.push(message as RaftMessage)
}

/** Opens a new output and gives the finished one. */
export const takeReady = (raft: Raft): Ready => {
  const ready = raft.ready
  raft.ready = new Ready()
  return ready
}
