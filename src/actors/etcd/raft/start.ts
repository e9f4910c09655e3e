import { invariant } from '../../../engine/invariant.ts'
import type { Micros } from '../../../events/envelope.ts'
import { commitTo } from './commit.ts'
import { NOBODY, type MemberId, type Snapshot } from './entry.ts'
import { RaftLog } from './log.ts'
import {
  ELECTION_TIMEOUT,
  HEARTBEAT_INTERVAL,
  INFLIGHT_MAX,
  KEPT_BEFORE_SNAPSHOT,
  MESSAGE_BYTES_MAX,
  SNAPSHOT_EVERY,
  type RaftOptions,
} from './options.ts'
import { Ready } from './ready.ts'
import { drawPatience, startRole } from './roles.ts'
import { isAlone, takeReady, type Raft } from './state.ts'
import type { Recovered } from './storage.ts'

/**
 * With what the first members of a cluster begin: a snapshot at index 1 that names them. A member that joins later has an
 * empty log, which can never fit behind index 1, so it is sent a snapshot and learns the members from it.
 * Abridged: upstream begins with one membership entry per member, and joiners replay those.
 */
export const bootstrap = (voters: readonly MemberId[], state: unknown): Snapshot => ({
  index: 1,
  term: 1,
  voters: [...voters].sort((a, b) => a - b),
  state,
})

/** With what a member begins that is going to join a cluster: it votes for nothing until a leader has told it who votes. */
export const joining = (state: unknown): Snapshot => ({ index: 0, term: 0, voters: [], state })

/**
 * A member starts, for the first time or again. The owner has put its state machine into `recovered.snapshot.state`, and
 * now applies `ready.committed`: all that was known to be decided.
 */
export const startRaft = (
  options: RaftOptions,
  recovered: Recovered,
  now: Micros,
): { readonly raft: Raft; readonly ready: Ready } => {
  const { snapshot, entries, hardState } = recovered
  const log = new RaftLog(snapshot)
  log.append(entries)
  const settled = withDefaults(options)
  const raft: Raft = {
    id: options.id,
    options: settled,
    log,
    row: startRole(settled.preVote),
    role: 'follower',
    term: hardState.term,
    vote: hardState.vote,
    leader: NOBODY,
    voters: snapshot.voters,
    now,
    electionStart: now,
    electionPatience: 0,
    heartbeatDue: now,
    quorumCheckDue: now,
    votes: new Map(),
    progress: new Map(),
    membershipChangeAt: 0,
    reads: [],
    earlyReads: [],
    lastRead: 0,
    transferee: NOBODY,
    written: hardState,
    ready: new Ready(),
  }
  invariant(hardState.commit <= log.lastIndex, `member ${options.id} still has what it knew to be committed`)
  commitTo(raft, hardState.commit)
  raft.electionPatience = drawPatience(raft)
  raft.electionStart = now - headStart(raft)
  return { raft, ready: takeReady(raft) }
}

/**
 * A starting member does not wait a whole election timeout for a leader that may not exist: it begins with most of the
 * timeout behind it. Source: server/etcdserver/server.go, adjustTicks: 9 of 10 ticks for a single member, else 8.
 * Abridged: upstream waits for its first connections before it skips the 8 ticks.
 */
const headStart = (raft: Raft): Micros => {
  const { electionTimeout, heartbeatInterval } = raft.options
  return Math.max(0, electionTimeout - (isAlone(raft) ? 1 : 2) * heartbeatInterval)
}

const withDefaults = (options: RaftOptions): Raft['options'] => ({
  id: options.id,
  random: options.random,
  heartbeatInterval: options.heartbeatInterval ?? HEARTBEAT_INTERVAL,
  electionTimeout: options.electionTimeout ?? ELECTION_TIMEOUT,
  preVote: options.preVote ?? true,
  checkQuorum: options.checkQuorum ?? true,
  snapshotEvery: options.snapshotEvery ?? SNAPSHOT_EVERY,
  keptBeforeSnapshot: options.keptBeforeSnapshot ?? KEPT_BEFORE_SNAPSHOT,
  messageBytesMax: options.messageBytesMax ?? MESSAGE_BYTES_MAX,
  inflightMax: options.inflightMax ?? INFLIGHT_MAX,
  bug: options.bug,
})
