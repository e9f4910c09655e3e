/**
 * Goal: a restored etcd holds exactly what the files say was decided, up to the revision that was asked for; all before it
 * is compacted.
 * Method: a write-ahead log made by hand, with a tail that was never decided.
 */
import { expect, test } from 'vitest'
import { MvccStore } from '../../../src/actors/etcd/mvcc/store.ts'
import { Watchers } from '../../../src/actors/etcd/mvcc/watch.ts'
import type { WalRecord } from '../../../src/actors/etcd/raft/storage.ts'
import { emptyImage, imageOnDisk, restoredFiles, restoredImage } from '../../../src/actors/etcd/restore.ts'
import { nextLife, shownRevision } from '../../../src/kubernetes/revision.ts'

const put = (index: number, key: string): NonNullable<WalRecord['entries']>[number] => ({
  index,
  term: 1,
  ref: index,
  request: { op: 'put', key, value: {}, size: 10 },
})

const FILES: readonly WalRecord[] = [
  { entries: [put(2, 'a'), put(3, 'b')], hardState: { term: 1, vote: 1, commit: 2 } },
  { entries: [put(4, 'c'), put(5, 'd')], hardState: { term: 1, vote: 1, commit: 4 } },
]

const keysOf = (store: MvccStore): readonly string[] =>
  store.range({ key: '', end: '~' }, store.revision, Infinity).keys.map(({ key }) => key)

test('what was decided is kept, what was only written is not', () => {
  const store = new MvccStore(imageOnDisk(FILES, [1]))
  expect(keysOf(store)).toEqual(['a', 'b', 'c'])
  expect(store.revision).toBe(4)
})

test('a copy can stop at an older revision', () => {
  expect(keysOf(new MvccStore(imageOnDisk(FILES, [1], 3)))).toEqual(['a', 'b'])
  expect(keysOf(new MvccStore(imageOnDisk(FILES, [1], 1)))).toEqual([])
})

test('it goes on behind the bump with everything older compacted, and keys keep the revisions of their writes', () => {
  const image = restoredImage(imageOnDisk(FILES, [1]), 1004, true)
  const store = new MvccStore(image)
  expect(store.revision).toBe(1004)
  expect(store.compactRevision).toBe(1004)
  expect(store.changesSince(1)).toEqual([])
  expect(store.get('b')?.mod).toBe(3)
  // A member of the new cluster begins with it, and with nothing of the old cluster's log.
  const again = new MvccStore(imageOnDisk(restoredFiles(image, [1, 2, 3]), [1, 2, 3]))
  expect(keysOf(again)).toEqual(['a', 'b', 'c'])
  expect(again.appliedIndex).toBe(1)
})

test('without a bump it counts on from the copy, and takes later revisions that somebody remembers for its own future', () => {
  const kept = imageOnDisk(FILES, [1], 3)
  const store = new MvccStore(restoredImage(kept, nextLife(kept.revision, 9), false))
  expect(shownRevision(store.revision)).toBe(3)
  expect(store.changesSince(2)).toHaveLength(2)
  const told: number[] = []
  const watchers = new Watchers()
  const watch = (client: string, from: number): readonly number[] | undefined =>
    watchers.start(store, { client, watch: 1, key: '', end: '~', from, progress: false }).revisions
  expect(watch('before', 3), 'what the copy holds is told').toEqual([3])
  expect(watch('ahead', 6), 'one from the lost past waits').toEqual([])
  for (const key of ['x', 'y', 'z']) {
    const change = store.put({ op: 'put', key, value: {}, size: 10 }, ++store.revision, 1)
    watchers.tell(change, ({ client }) => told.push(client === 'ahead' ? shownRevision(store.revision) : 0))
  }
  // Its watch began at 6: of 4 and 5 it never hears.
  expect(told.filter((revision) => revision > 0)).toEqual([6])
  expect(told.filter((revision) => revision === 0)).toHaveLength(3)
})

test('a member that never wrote anything has an empty copy', () => {
  expect(imageOnDisk([], [1]).revision).toBe(emptyImage().revision)
})
