/**
 * Goal: a restored etcd holds exactly what the files say was decided, up to the revision that was asked for; all before it
 * is compacted.
 * Method: a write-ahead log made by hand, with a tail that was never decided.
 */
import { expect, test } from 'vitest'
import { MvccStore } from '../../../src/actors/etcd/mvcc/store.ts'
import type { WalRecord } from '../../../src/actors/etcd/raft/storage.ts'
import { emptyImage, imageOnDisk, restoredFiles, restoredImage } from '../../../src/actors/etcd/restore.ts'

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
  const image = restoredImage(imageOnDisk(FILES, [1]), 1000)
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

test('a member that never wrote anything has an empty copy', () => {
  expect(imageOnDisk([], [1]).revision).toBe(emptyImage().revision)
})
