import { either } from 'fp-ts'
import * as t from 'io-ts'
import { defineEvent } from '../define.ts'
import type { Seq } from '../envelope.ts'
import type { EtcdRequest } from './etcd-request.ts'

/** One entry of the replicated log. */
export interface RaftEntry {
  readonly index: number
  readonly term: number
  /** Position of the event that asked for it; 0 for the empty entry with which a leader begins. */
  readonly ref: Seq
  /** What it asks for, by reference; undefined for an empty entry and in recordings, where `ref` leads to it. */
  readonly request: EtcdRequest | undefined
}

/** What somebody wants in the log. */
export interface RaftProposal {
  readonly ref: Seq
  readonly request: EtcdRequest
}

const entryTuple = t.tuple([t.number, t.number, t.number])

/** Recorded as `[index, term, ref]`. */
const entry = new t.Type<RaftEntry, readonly [number, number, number], unknown>(
  'RaftEntry',
  (input): input is RaftEntry =>
    typeof input === 'object' && input !== null && 'index' in input && 'term' in input && 'ref' in input,
  (input, context) =>
    either.map(([index, term, ref]: [number, number, number]) => ({ index, term, ref, request: undefined }))(
      entryTuple.validate(input, context),
    ),
  ({ index, term, ref }) => [index, term, ref],
)

/** A proposal under way; recorded as its `ref`. */
const proposal = new t.Type<{ readonly ref: Seq; readonly request: EtcdRequest | undefined }, number, unknown>(
  'RaftProposal',
  (input): input is RaftProposal => typeof input === 'object' && input !== null && 'ref' in input,
  (input, context) => either.map((ref: number) => ({ ref, request: undefined }))(t.number.validate(input, context)),
  ({ ref }) => ref,
)

/** Who speaks, and in which term. Members are numbered from 1. */
const spoken = { from: t.number, term: t.number }

/**
 * What the members of an etcd cluster say to each other. Source: Ongaro, "Consensus: bridging theory and practice" (2014),
 * figure 3.1; etcd-io/raft, raftpb/raft.proto, for pre-vote, conflict hints and read contexts.
 */
export const raftEvents = {
  RequestVote: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A member wants to lead in `term`. With `pre` it only asks whether it would be elected; with `transfer` its leader has told it to try.',
    data: t.type({ ...spoken, lastIndex: t.number, lastTerm: t.number, pre: t.boolean, transfer: t.boolean }),
  }),
  VoteAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A member grants or refuses its vote.',
    data: t.type({ ...spoken, pre: t.boolean, granted: t.boolean }),
  }),
  AppendEntries: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A leader wants its entries behind (`prevIndex`, `prevTerm`) in a follower’s log and tells how far is committed.',
    data: t.type({
      ...spoken,
      prevIndex: t.number,
      prevTerm: t.number,
      commit: t.number,
      entries: t.readonlyArray(entry),
    }),
    encode: ({ from, term, prevIndex, prevTerm, commit, entries }) => ({
      from,
      term,
      prevIndex,
      prevTerm,
      commit,
      entries: entries.map((one) => [one.index, one.term, one.ref]),
    }),
  }),
  AppendAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A follower holds the leader’s log durably up to `index`; or, `rejected`, has nothing that fits behind `index` and hints where to try next.',
    data: t.type({ ...spoken, index: t.number, rejected: t.boolean, hintIndex: t.number, hintTerm: t.number }),
  }),
  Heartbeat: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A leader is alive. `read` numbers the newest read that waits for a majority to confirm its leadership; 0 for none.',
    data: t.type({ ...spoken, commit: t.number, read: t.number }),
  }),
  HeartbeatAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A follower confirms that it still follows.',
    data: t.type({ ...spoken, read: t.number }),
  }),
  InstallSnapshot: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A leader replaces a follower’s state, because its own log no longer reaches back to where the follower stands.',
    data: t.intersection([
      t.type({ ...spoken, index: t.number, snapshotTerm: t.number, voters: t.readonlyArray(t.number) }),
      t.partial({ /** In memory only: the state itself. */ state: t.unknown }),
    ]),
    encode: ({ from, term, index, snapshotTerm, voters }) => ({ from, term, index, snapshotTerm, voters }),
  }),
  SnapshotAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A follower holds the leader’s state durably up to `index`.',
    data: t.type({ ...spoken, index: t.number }),
  }),
  ForwardProposal: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A follower passes on to the leader what it was asked to write.',
    data: t.type({ from: t.number, proposals: t.readonlyArray(proposal) }),
    encode: ({ from, proposals }) => ({ from, proposals: proposals.map(({ ref }) => ref) }),
  }),
  ForwardReadIndex: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A follower asks its leader up to where it must have applied the log before it may answer a linearizable read.',
    data: t.type({ from: t.number, context: t.number }),
  }),
  ReadIndexAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A leader, confirmed by a majority, answers a follower’s ForwardReadIndex.',
    data: t.type({ ...spoken, context: t.number, index: t.number }),
  }),
  TimeoutNow: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A leader hands its office to a follower that has caught up: it shall stand for election at once.',
    data: t.type(spoken),
  }),
}
