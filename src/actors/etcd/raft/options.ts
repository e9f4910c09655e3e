import type { Micros } from '../../../events/envelope.ts'
import { millis } from '../../../events/time.ts'
import type { RaftBug } from './bug.ts'
import type { MemberId } from './entry.ts'

/** Source: etcd server/embed/config.go: DefaultTickMs 100, DefaultElectionMs 1000; a heartbeat with each tick. */
export const HEARTBEAT_INTERVAL: Micros = millis(100)
export const ELECTION_TIMEOUT: Micros = millis(1000)
/** Most bytes of entries in one message. Source: server/etcdserver/raft.go, maxSizePerMsg. */
export const MESSAGE_BYTES_MAX = 1_048_576
/** Most unanswered messages to one follower. Source: server/etcdserver/raft.go, maxInflightMsgs. */
export const INFLIGHT_MAX = 512
/** A snapshot is taken when so many entries were applied since the last. Source: server/etcdserver/server.go, DefaultSnapshotCount (3.6). */
export const SNAPSHOT_EVERY = 10_000
/** Entries before the snapshot that stay in memory for slow followers. Source: server.go, DefaultSnapshotCatchUpEntries. */
export const KEPT_BEFORE_SNAPSHOT = 5_000

export interface RaftOptions {
  readonly id: MemberId
  /** A uniform integer in [0, n), from the member's own stream of chance. */
  readonly random: (n: number) => number
  readonly heartbeatInterval?: Micros
  readonly electionTimeout?: Micros
  /** Asks whether an election could be won before it raises the term. Default true, as etcd. */
  readonly preVote?: boolean
  /** A leader steps down when it hears from no majority for an election timeout. Default true, as etcd. */
  readonly checkQuorum?: boolean
  readonly snapshotEvery?: number
  readonly keptBeforeSnapshot?: number
  readonly messageBytesMax?: number
  readonly inflightMax?: number
  /** A mistake planted on purpose. Only canary tests set it. */
  readonly bug?: RaftBug
}
