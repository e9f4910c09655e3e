import { commitTo } from './commit.ts'
import type { Snapshot } from './entry.ts'
import type { Message } from './message.ts'
import { sendAfterSync, type Raft } from './state.ts'

/** Whether so much was applied since the last snapshot that the owner should take one. */
export const isSnapshotDue = (raft: Raft): boolean =>
  raft.log.committed - raft.log.snapshot.index >= raft.options.snapshotEvery

/**
 * Lets `state`, the state machine as of now, stand for the log up to here. Entries just before it stay in memory for
 * followers that are only a little behind; a restart does not need them.
 * Source: server/etcdserver/server.go, snapshot and compactRaftLog.
 */
export const takeSnapshot = (raft: Raft, state: unknown): Snapshot => {
  const { log, voters, options } = raft
  const term = log.term(log.committed) ?? 0
  const snapshot: Snapshot = { index: log.committed, term, voters, state }
  log.compact(snapshot, snapshot.index - options.keptBeforeSnapshot)
  return snapshot
}

/** A follower replaces what it has by the leader's state, unless it holds as much; and says up to where it holds the log. */
export const onInstallSnapshot = (raft: Raft, message: Message<'InstallSnapshot'>): void => {
  const { from, index, snapshotTerm: term, voters, state } = message
  if (index > raft.log.committed) {
    // What stands behind the snapshot's last entry may have been acknowledged, so it must stay.
    if (raft.log.holds(index, term) && raft.options.bug !== 'snapshot-drops-tail') commitTo(raft, index)
    else install(raft, { index, term, voters, state })
  }
  sendAfterSync(raft, from, 'SnapshotAnswered', { from: raft.id, term: raft.term, index: raft.log.committed })
}

const install = (raft: Raft, snapshot: Snapshot): void => {
  raft.log.restore(snapshot)
  raft.voters = snapshot.voters
  raft.ready.snapshot = snapshot
}
