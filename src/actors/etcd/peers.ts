import type { ActorId, LogEvent } from '../../events/envelope.ts'
import type { MemberId } from './raft/entry.ts'
import type { Received } from './raft/message.ts'

export const etcdMemberId = (member: MemberId): ActorId => `etcd/${member}`

/** The member that an actor is; undefined for who is none. */
export const memberOf = (actor: ActorId): MemberId | undefined =>
  actor.startsWith('etcd/') ? Number(actor.slice('etcd/'.length)) : undefined

const RAFT_MESSAGES: ReadonlySet<string> = new Set<Received['type']>([
  'RequestVote',
  'VoteAnswered',
  'AppendEntries',
  'AppendAnswered',
  'Heartbeat',
  'HeartbeatAnswered',
  'InstallSnapshot',
  'SnapshotAnswered',
  'ForwardProposal',
  'ForwardReadIndex',
  'ReadIndexAnswered',
  'TimeoutNow',
])

export const isRaftMessage = (event: LogEvent): event is LogEvent & Received => RAFT_MESSAGES.has(event.type)
