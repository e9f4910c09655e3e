import { apply } from './mvcc/apply.ts'
import { MvccStore, type StoreImage } from './mvcc/store.ts'
import type { MemberId } from './raft/entry.ts'
import { bootstrap } from './raft/start.ts'
import { recover, type WalRecord } from './raft/storage.ts'

/** With what every member of a cluster begins that has no past. */
export const emptyImage = (): StoreImage => {
  const empty = new MvccStore()
  empty.appliedIndex = 1
  return empty.image()
}

/**
 * What a member's files say was decided, up to `revision`: what `etcdctl snapshot save` takes from a living member and
 * `etcdutl snapshot restore` from the files of a dead one.
 */
export const imageOnDisk = (
  records: readonly WalRecord[],
  voters: readonly MemberId[],
  revision = Infinity,
): StoreImage => {
  const { snapshot, entries, hardState } = recover(records, bootstrap(voters, emptyImage()))
  const decided = entries.filter(({ index }) => index <= hardState.commit)
  let image = snapshot.state as StoreImage
  const store = new MvccStore(image)
  // One entry may write several revisions, and none of them can be taken back.
  for (const entry of decided) {
    apply(store, entry)
    if (store.revision > revision) break
    image = store.image()
  }
  return image
}

/**
 * The state that a restored cluster begins with: the one that was kept, moved on to `revision` and with nothing older to read;
 * or, where it was not moved on, counting from where it stands.
 */
export const restoredImage = (kept: StoreImage, revision: number, isBumped: boolean): StoreImage => {
  const store = new MvccStore(kept)
  store.appliedIndex = 1
  if (isBumped) store.bump(revision - kept.revision)
  else store.beginAgain(revision)
  return store.image()
}

/**
 * The files of a member of the new cluster: its data as a snapshot at index 1 and nothing of the old cluster's log.
 * Source: etcdutl/snapshot/v3_snapshot.go, saveDB and saveWALAndSnap (v3.6).
 */
export const restoredFiles = (image: StoreImage, voters: readonly MemberId[]): readonly WalRecord[] => {
  const snapshot = bootstrap(voters, image)
  return [{ snapshot, entries: [], hardState: { term: snapshot.term, vote: 0, commit: snapshot.index } }]
}
