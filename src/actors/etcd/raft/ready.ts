import type { EventData } from '../../../events/catalogue/index.ts'
import type { Entry, HardState, Index, MemberId, Proposal, Snapshot, Term } from './entry.ts'
import type { RaftMessage } from './message.ts'
import type { Role } from './role.chart.ts'

/** A linearizable read may be answered from the state as of `index`, or any later one. */
export interface ReadState {
  /** As the owner named it. */
  readonly context: number
  readonly index: Index
}

export interface RoleChange {
  readonly role: Role
  readonly term: Term
  readonly leader: MemberId
}

/** A change of the membership that took effect: the event that tells of it. */
export type MembershipChange =
  | { readonly type: 'MemberAdded'; readonly data: EventData<'MemberAdded'> }
  | { readonly type: 'MemberRemoved'; readonly data: EventData<'MemberRemoved'> }

/**
 * What one step wants done. The owner does it in this order, without a pause:
 *
 * 1. If there is a `snapshot`, replaces the state machine and writes it to disk; then writes `entries` and `hardState`, and
 *    starts a sync if `mustSync`.
 * 2. Sends `messages`.
 * 3. Keeps `afterSync` until everything that *had to be synced so far*, by this step or an earlier one, is durable; then
 *    sends it. What is addressed to the member itself comes back as a received message: so a member counts itself once its
 *    disk has it. A write that fails ends the process, and nothing of the step is sent.
 * 4. Applies `committed`, and answers `reads` whose index is applied.
 *
 * Source: etcd-io/raft, node.go, Ready; the split of messages is that of its asynchronous storage writes (doc.go).
 */
export class Ready {
  readonly messages: RaftMessage[] = []
  readonly afterSync: RaftMessage[] = []
  readonly entries: Entry[] = []
  /** Undefined if nothing changed. */
  hardState: HardState | undefined = undefined
  snapshot: Snapshot | undefined = undefined
  /** False if only the commit index changed, which need not survive. */
  mustSync = false
  /** Decided entries in order, each handed out once. */
  readonly committed: Entry[] = []
  readonly membership: MembershipChange[] = []
  readonly reads: ReadState[] = []
  /** Could not enter the log: no leader, or a leader that must not take them now. */
  readonly dropped: Proposal[] = []
  /** Set if role, term or leader differ from before. */
  role: RoleChange | undefined = undefined
}
