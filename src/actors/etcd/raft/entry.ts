import type { EtcdRequest } from '../../../events/catalogue/etcd-request.ts'
import type { RaftEntry, RaftProposal } from '../../../events/catalogue/raft.ts'

/** Members are numbered from 1; 0 is nobody. */
export type MemberId = number
/** Terms count elections: time as Raft knows it. At most one leader per term. */
export type Term = number
/** Position in the replicated log, from 1. */
export type Index = number

export type Entry = RaftEntry
export type Proposal = RaftProposal

export const NOBODY: MemberId = 0

/** What a member must never forget, or it could vote twice in one term. `commit` only saves work after a restart. */
export interface HardState {
  readonly term: Term
  /** For whom it voted in `term`. */
  readonly vote: MemberId
  readonly commit: Index
}

/** A state that replaces the log up to `index`. */
export interface Snapshot {
  readonly index: Index
  readonly term: Term
  /** Who votes, as of `index`. */
  readonly voters: readonly MemberId[]
  /** The state machine's own image; Raft only carries it. */
  readonly state: unknown
}

/** A change of who votes; one at a time. Source: Ongaro 2014, section 4.1, single-server changes. */
export type MembershipRequest = EtcdRequest & { readonly op: 'member-add' | 'member-remove' }

export const membershipRequestOf = ({ request }: Pick<Entry, 'request'>): MembershipRequest | undefined =>
  request !== undefined && (request.op === 'member-add' || request.op === 'member-remove') ? request : undefined

/** Bytes of an entry that carries no request, and of what stands around one that does. */
const ENTRY_OVERHEAD = 32

/** About as many bytes as the entry takes on the wire and on disk. */
export const entryBytes = (entry: Entry): number =>
  ENTRY_OVERHEAD + (entry.request === undefined ? 0 : requestBytes(entry.request))

/** Bytes of an operation or comparison besides its key and value. */
const OPERATION_OVERHEAD = 16

/** About as many bytes as the request takes when encoded. */
export const requestBytes = (request: EtcdRequest): number => {
  if (request.op === 'put') return OPERATION_OVERHEAD + request.key.length + request.size
  if (request.op !== 'txn') return OPERATION_OVERHEAD
  let bytes = OPERATION_OVERHEAD
  for (const { key } of request.compare) bytes += OPERATION_OVERHEAD + key.length
  for (const operation of request.then) bytes += requestBytes(operation)
  for (const operation of request.else) bytes += requestBytes(operation)
  return bytes
}
