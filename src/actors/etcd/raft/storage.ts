import type { Entry, HardState, Snapshot } from './entry.ts'
import type { Ready } from './ready.ts'
import type { Raft } from './state.ts'

/** What a member writes to its disk: one record per step, so that a power cut leaves whole steps. Source: etcd server/storage/wal. */
export interface WalRecord {
  /** Replaces all that was written before. */
  readonly snapshot?: Snapshot
  /** Replace what stands at their place and behind. */
  readonly entries?: readonly Entry[]
  readonly hardState?: HardState
}

/** What a restarted member begins with. */
export interface Recovered {
  readonly snapshot: Snapshot
  readonly entries: readonly Entry[]
  readonly hardState: HardState
}

/** The record that one step asks for; undefined if there is nothing to write. */
export const recordOf = ({ snapshot, entries, hardState }: Ready): WalRecord | undefined => {
  if (snapshot === undefined && entries.length === 0 && hardState === undefined) return undefined
  return { snapshot, entries, hardState }
}

/** A record that makes everything before it superfluous: the snapshot and what stands behind it. */
export const checkpointOf = (raft: Raft): WalRecord => {
  const { log, written } = raft
  return {
    snapshot: log.snapshot,
    entries: log.between(log.snapshot.index + 1, log.lastIndex),
    hardState: written,
  }
}

/** Reads the disk. `initial` is what a member that has never written anything begins with. */
export const recover = (records: readonly WalRecord[], initial: Snapshot): Recovered => {
  let snapshot = initial
  let entries: Entry[] = []
  let hardState: HardState = { term: initial.term, vote: 0, commit: initial.index }
  for (const record of records) {
    if (record.snapshot !== undefined) {
      snapshot = record.snapshot
      entries = []
    }
    const first = record.entries?.[0]
    if (first !== undefined && record.entries !== undefined) {
      entries.length = first.index - snapshot.index - 1
      for (const entry of record.entries) entries.push(entry)
    }
    if (record.hardState !== undefined) hardState = record.hardState
  }
  return { snapshot, entries, hardState }
}
