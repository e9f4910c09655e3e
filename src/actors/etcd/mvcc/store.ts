import { invariant } from '../../../engine/invariant.ts'
import { hashName, mix } from '../../../engine/kernel/random.ts'
import type { EtcdPut } from '../../../events/catalogue/etcd-request.ts'
import { hasReached, takenFor } from '../../../kubernetes/revision.ts'
import { History, type HistoryImage } from './history.ts'
import { KeyTree, type TreeImage } from './key-tree.ts'
import { Change, KeyValue, storedBytes, type Span } from './key-value.ts'
import { Leases } from './leases.ts'

/** Everything that a member's state machine holds, at one moment. Shares what it can with the living store. */
export interface StoreImage {
  readonly revision: number
  readonly compactRevision: number
  readonly appliedIndex: number
  readonly keys: TreeImage<KeyValue>
  readonly history: HistoryImage
  readonly leases: ReturnType<Leases['image']>
  readonly alarms: readonly number[]
  readonly bytesInUse: number
  readonly bytesAllocated: number
  readonly digest: number
  /** Of a cluster that was restored without a bump: the last revision of its past. */
  readonly past: number
}

/** What a range found. */
export interface Found {
  readonly keys: readonly KeyValue[]
  /** In the whole span, whatever the limit. */
  readonly count: number
}

/**
 * The replicated state of etcd: keys with revisions.
 *
 * One counter, the revision, numbers all writes; every key knows the revision of its creation and of its last write, and
 * how often it was written. That is all that Kubernetes' optimistic concurrency, lists and watches rest on.
 * Source: server/storage/mvcc/kvstore.go.
 */
export class MvccStore {
  /** An empty store stands at 1. */
  revision = 1
  /** What is older can no longer be read; 0 before the first compaction. */
  compactRevision = 0
  /** The last entry of the Raft log that this state includes. */
  appliedIndex = 0
  readonly leases = new Leases()
  /** Members that have raised NOSPACE. */
  readonly alarms = new Set<number>()
  /** Bytes of all readable versions. */
  bytesInUse = 0
  /** Size of the database file: freed pages are used again, and given back only by a defragmentation. */
  bytesAllocated = 0
  /** Equal states have equal digests: a hash over all changes so far. */
  digest = 0
  /** Of a cluster that was restored without a bump: the last revision of its past; else 0. */
  private past = 0
  private readonly keys: KeyTree<KeyValue>
  private readonly history: History

  constructor(image?: StoreImage) {
    this.keys = new KeyTree(image?.keys)
    this.history = new History(image?.history)
    if (image === undefined) return
    this.revision = image.revision
    this.compactRevision = image.compactRevision
    this.appliedIndex = image.appliedIndex
    this.bytesInUse = image.bytesInUse
    this.bytesAllocated = image.bytesAllocated
    this.digest = image.digest
    this.past = image.past
    for (const member of image.alarms) this.alarms.add(member)
    this.restoreLeases(image.leases)
  }

  get keyCount(): number {
    return this.keys.size
  }

  image(): StoreImage {
    return {
      revision: this.revision,
      compactRevision: this.compactRevision,
      appliedIndex: this.appliedIndex,
      keys: this.keys.image(),
      history: this.history.image(),
      leases: this.leases.image(),
      alarms: [...this.alarms],
      bytesInUse: this.bytesInUse,
      bytesAllocated: this.bytesAllocated,
      digest: this.digest,
      past: this.past,
    }
  }

  // Reading

  get(key: string): KeyValue | undefined {
    return this.keys.get(key)
  }

  /** Keys of a span in order, as of `revision`, which must be readable. */
  range(span: Span, revision: number, limit: number): Found {
    invariant(revision >= this.compactRevision && revision <= this.revision, `revision ${revision} can be read`)
    if (revision < this.revision) return this.rangeBefore(span, revision, limit)
    if (span.end === undefined) {
      const found = this.keys.get(span.key)
      return found === undefined ? NOTHING : { keys: [found], count: 1 }
    }
    const keys = this.keys.range(span.key, span.end, limit)
    return { keys, count: keys.length < limit ? keys.length : this.keys.countRange(span.key, span.end) }
  }

  /** Takes back what has changed since. */
  private rangeBefore(span: Span, revision: number, limit: number): Found {
    const held = this.history.heldAt(revision, span)
    const end = span.end ?? `${span.key}\u0000`
    const keys = this.keys.range(span.key, end, limit + held.size).filter(({ key }) => !held.has(key))
    let count = this.keys.countRange(span.key, end)
    for (const [key, value] of held) {
      if (this.keys.get(key) !== undefined) count--
      if (value === undefined) continue
      count++
      keys.push(value)
    }
    keys.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    return { keys: keys.slice(0, limit), count }
  }

  /** Changes at `revision` and later, for a watch that begins there. */
  changesSince(revision: number): readonly Change[] {
    return this.history.since(revision)
  }

  // Writing: only entries of the Raft log do, by `apply`

  put({ key, value, size, lease = 0 }: EtcdPut, revision: number, ref: number): Change {
    const previous = this.keys.get(key)
    const create = previous?.create ?? revision
    const current = new KeyValue(key, value, create, revision, (previous?.version ?? 0) + 1, lease, size)
    this.keys.put(current)
    if (previous !== undefined && previous.lease !== 0) this.leases.detach(previous.lease, key)
    if (lease !== 0) this.leases.attach(lease, key)
    return this.record(new Change(current, previous), ref)
  }

  /** Undefined if there is no such key. */
  delete(key: string, revision: number, ref: number): Change | undefined {
    const previous = this.keys.get(key)
    if (previous === undefined) return undefined
    this.keys.delete(key)
    if (previous.lease !== 0) this.leases.detach(previous.lease, key)
    return this.record(new Change(new KeyValue(key, undefined, 0, revision, 0, 0, 0), previous), ref)
  }

  private record(change: Change, ref: number): Change {
    const { current } = change
    this.history.push(change)
    this.bytesInUse += storedBytes(current)
    if (this.bytesInUse > this.bytesAllocated) this.bytesAllocated = this.bytesInUse
    this.digest = mix(hashName(this.digest, current.key) ^ Math.imul(current.mod, 0x9e3779b1))
    this.digest = mix(this.digest ^ Math.imul(ref, 0x85ebca6b) ^ current.version)
    return change
  }

  /** Folds into the digest what changes no key. */
  note(what: string, value: number): void {
    this.digest = mix(hashName(this.digest, what) ^ Math.imul(value, 0x9e3779b1))
  }

  compact(revision: number): void {
    this.bytesInUse -= this.history.compact(this.compactRevision, revision)
    this.compactRevision = revision
    this.note('compact', revision)
  }

  /**
   * After a restore: goes on far behind any revision that somebody may remember, and forgets what is older, so that nobody
   * reads on from a past that did not take place. Keys keep the revisions at which they were written.
   * Source: etcdutl/snapshot/v3_snapshot.go, modifyLatestRevision (v3.6): --bump-revision with --mark-compacted.
   */
  bump(by: number): void {
    this.revision += by
    this.compact(this.revision)
  }

  /** After a restore without a bump: counts on from where the backup stands, as if what was lost had never been numbered. */
  beginAgain(revision: number): void {
    this.past = this.revision
    this.revision = revision
  }

  /** What a client means by a revision that it may have from before a restore. */
  takenFor(revision: number): number {
    const isOfNow = this.past === 0 || takenFor(revision, this.revision) === revision
    // The next one after its past is where its present begins.
    return isOfNow || hasReached(this.past + 1, revision) ? revision : takenFor(revision, this.revision)
  }

  /** Gives free pages back. Each member does it for itself; it changes no state. */
  defragment(): void {
    this.bytesAllocated = this.bytesInUse
  }

  private restoreLeases(leases: StoreImage['leases']): void {
    for (const [id, ttl] of leases) this.leases.grant(id, ttl)
    if (leases.length === 0) return
    for (const { key, lease } of this.keys.range('', undefined)) if (lease !== 0) this.leases.attach(lease, key)
  }
}

const NOTHING: Found = { keys: [], count: 0 }
