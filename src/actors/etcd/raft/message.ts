import type { EventData } from '../../../events/catalogue/index.ts'
import type { MemberId } from './entry.ts'

export type RaftMessageType =
  | 'RequestVote'
  | 'VoteAnswered'
  | 'AppendEntries'
  | 'AppendAnswered'
  | 'Heartbeat'
  | 'HeartbeatAnswered'
  | 'InstallSnapshot'
  | 'SnapshotAnswered'
  | 'ForwardProposal'
  | 'ForwardReadIndex'
  | 'ReadIndexAnswered'
  | 'TimeoutNow'

export interface MessageOf<T extends RaftMessageType> {
  readonly to: MemberId
  readonly type: T
  readonly data: EventData<T>
}

/** A message to send: an event's type and data, and which member it is for. */
export type RaftMessage = { readonly [T in RaftMessageType]: MessageOf<T> }[RaftMessageType]

/** A message as it arrives; an event of the log is one. */
export type Received = {
  readonly [T in RaftMessageType]: { readonly type: T; readonly data: EventData<T> }
}[RaftMessageType]

export type Message<T extends RaftMessageType> = EventData<T>
