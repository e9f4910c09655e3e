/**
 * Goal: a member that restarts begins exactly with what its disk holds.
 * Method: records as steps write them, read back.
 */
import { describe, expect, test } from 'vitest'
import type { Entry, Snapshot } from '../../../src/actors/etcd/raft/entry.ts'
import { bootstrap, startRaft } from '../../../src/actors/etcd/raft/start.ts'
import { checkpointOf, recover, type WalRecord } from '../../../src/actors/etcd/raft/storage.ts'

const entry = (index: number, term: number): Entry => ({ index, term, ref: index, request: undefined })
const initial: Snapshot = bootstrap([1, 2, 3], 'empty')
const hard = (term: number, commit: number) => ({ term, vote: 0, commit })

const described = (records: readonly WalRecord[]) => {
  const { snapshot, entries, hardState } = recover(records, initial)
  return { snapshot: snapshot.index, entries: entries.map(({ index, term }) => `${index}/${term}`), ...hardState }
}

describe('the disk', () => {
  test('that was never written holds the beginning of the cluster', () => {
    expect(described([])).toEqual({ snapshot: 1, entries: [], term: 1, vote: 0, commit: 1 })
  })

  test('holds what was written last at each place', () => {
    const records = [
      { entries: [entry(2, 2), entry(3, 2), entry(4, 2)], hardState: hard(2, 2) },
      { entries: [entry(3, 3)], hardState: hard(3, 2) },
      { hardState: hard(3, 3) },
    ]
    expect(described(records)).toEqual({ snapshot: 1, entries: ['2/2', '3/3'], term: 3, vote: 0, commit: 3 })
  })

  test('forgets what a snapshot stands for, and what stood behind a foreign one', () => {
    const snapshot: Snapshot = { index: 9, term: 4, voters: [1, 2, 3], state: 'newer' }
    const records = [
      { entries: [entry(2, 2), entry(3, 2)], hardState: hard(2, 2) },
      { snapshot, hardState: hard(4, 9) },
      { entries: [entry(10, 4)], hardState: hard(4, 10) },
    ]
    expect(described(records)).toEqual({ snapshot: 9, entries: ['10/4'], term: 4, vote: 0, commit: 10 })
  })

  test('means the same after a checkpoint has replaced its records', () => {
    const records = [{ entries: [entry(2, 2), entry(3, 2), entry(4, 3)], hardState: hard(3, 3) }]
    const { raft, ready } = startRaft({ id: 1, random: () => 0 }, recover(records, initial), 0)
    expect(ready.committed.map(({ index }) => index)).toEqual([2, 3])
    raft.log.compact({ index: 3, term: 2, voters: [1, 2, 3], state: 'as of 3' }, 1)
    const after = recover([checkpointOf(raft)], initial)
    expect(after.snapshot.state).toBe('as of 3')
    expect(after.entries).toEqual([entry(4, 3)])
    expect(after.hardState).toEqual(hard(3, 3))
  })
})

test('a disk that has lost what was known to be committed is not accepted', () => {
  const records = [{ hardState: hard(3, 7) }]
  expect(() => startRaft({ id: 1, random: () => 0 }, recover(records, initial), 0)).toThrow('still has what it knew')
})
