import { invariant } from '../../events/invariant.ts'
import type { Micros, Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import type { Lease } from '../../kubernetes/types/node.ts'
import type { Cursor, ReadObject, View } from '../../kubernetes/view.ts'
import { ObjectCursor } from './cursor.ts'
import { FixedView } from './fixed-view.ts'
import { Locator, type Place } from './locate.ts'
import { KindTable } from './table.ts'
import { firstAfter, keyOf, Slot, versionAt, type Version } from './version.ts'

/** The part of a `RevisionCommitted` event that the store reads. */
export interface CommitEvent {
  readonly seq: Seq
  readonly at: Micros
  readonly cause: Seq
  readonly data: {
    readonly revision: number
    /** Storage key: `/registry/pods/default/web`. */
    readonly key: string
    readonly deleted: boolean
    /** As the API server wrote it: without resourceVersion. */
    readonly object?: ApiObject
  }
}

/** The part of a `LeaseRenewed` event that the store reads. */
export interface RenewalEvent {
  readonly data: { readonly namespace: string; readonly name: string; readonly renewTime: string }
}

/** The part of an `EtcdRestored` event that the store reads. */
export interface RestoreEvent {
  readonly seq: Seq
  readonly at: Micros
  readonly cause: Seq
  readonly data: {
    /** The revision that is restored. */
    readonly from: number
    /** The revision at which it shows again; greater than any before. */
    readonly revision: number
  }
}

/** One version of one object, and where in the log it comes from. */
export interface ObjectVersion {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
  readonly revision: number
  readonly seq: Seq
  readonly at: Micros
  readonly cause: Seq
  /** Undefined for a deletion. */
  readonly object: ApiObject | undefined
  /** What the name held before. */
  readonly before: ApiObject | undefined
}

export interface ObjectStoreOptions {
  /** `all` keeps every version for ever; `compacted` lets `compact` forget. Default `all`. */
  readonly history?: 'all' | 'compacted'
  /** How much of what nobody sees any more may gather before it is put aside; only speed depends on it. */
  readonly settleAfter?: number
}

const SETTLE_AFTER = 64

/** Every object's committed versions, by revision. What actors get of it are cursors. */
export interface ObjectStore {
  /** The newest revision folded; 0 for none. */
  readonly head: number
  /** The oldest revision at which every kind can be read. */
  readonly oldest: number
  /** Takes in a commit. The same commit told again, as a new etcd leader may do, changes nothing. */
  fold(event: CommitEvent): void
  /**
   * etcd was restored: at a revision of its own everything is as it was at an older one. What comes back keeps the
   * resourceVersion that it had.
   */
  restore(event: RestoreEvent): void
  /** What the last restore changed. Several objects at one revision, unlike what is committed. */
  readonly restored: readonly ObjectVersion[]
  /** Every reader sees a Lease renewed. It keeps its revision, so that also a look at the past shows the last renewal. */
  renew(event: RenewalEvent): void
  /** A reader that sees nothing until its owner lists a kind. An earlier reader of the same name is released. */
  createCursor(name: string): Cursor
  /** Everything as it stood at a revision. */
  at(revision: number): View
  /** One object as it stood at a revision. */
  readonly read: ReadObject
  /** The newest revision committed at or before a time; 0 for none. */
  revisionAt(at: Micros): number
  /** The event that first told of a revision; undefined if it wrote no object or is compacted. */
  seqOf(revision: number): Seq | undefined
  /** What a revision wrote; undefined if it wrote no object or is compacted. */
  written(revision: number): ObjectVersion | undefined
  /** All that is kept under a name, oldest first, over deletions and re-creations. */
  history(kind: Kind, namespace: string | undefined, name: string): readonly ObjectVersion[]
  /**
   * Forgets, unless the policy is to keep all, what nobody who stands at `revision` or later can see; waits for the slowest
   * cursor, kind by kind.
   */
  compact(revision: number): void
}

export const createObjectStore = (options: ObjectStoreOptions = {}): ObjectStore => new MvccStore(options)

/**
 * Multi-version store: one table a kind, one chain of versions a name, one list of commits over all.
 *
 * Rejected: a snapshot map a revision (memory), one map a reader (5,000 kubelets), arrays of versions (V8 reserves 17
 * elements at the first push; most objects have six versions).
 */
class MvccStore implements ObjectStore {
  private readonly tables = new Map<Kind, KindTable>()
  /** The newest reader of each name. */
  private readonly cursors = new Map<string, Cursor>()
  private readonly locator: Locator<KindTable>
  private readonly forgets: boolean
  private readonly settleAfter: number
  /** All versions kept, in order of revision. */
  private commits: Version[] = []
  private newest = 0
  restored: readonly ObjectVersion[] = []
  /** Each projection asks what the newest revision wrote. */
  private lastWritten: ObjectVersion | undefined

  constructor(options: ObjectStoreOptions) {
    this.forgets = options.history === 'compacted'
    this.settleAfter = options.settleAfter ?? SETTLE_AFTER
    this.locator = new Locator((kind) => this.table(kind))
  }

  get head(): number {
    return this.newest
  }

  get oldest(): number {
    let oldest = 0
    for (const table of this.tables.values()) oldest = Math.max(oldest, table.floor)
    return oldest
  }

  table(kind: Kind): KindTable {
    let table = this.tables.get(kind)
    if (table === undefined) {
      table = new KindTable(kind, this.settleAfter)
      this.tables.set(kind, table)
    }
    return table
  }

  fold(event: CommitEvent): void {
    const { revision, key, deleted } = event.data
    const place = this.locator.find(key)
    if (revision <= this.newest) {
      this.assertSame(event.data, place)
      return
    }
    this.newest = revision
    if (place === undefined) return
    const { table } = place
    const slotKey = key.slice(place.start)
    const slot = table.slot(slotKey) ?? newSlot(table.kind, slotKey, place.namespaced)
    const written = deleted ? undefined : event.data.object
    invariant(deleted || written !== undefined, 'a write has an object')
    const object = written === undefined ? undefined : stamp(written, revision)
    this.commits.push(table.append(slot, revision, object, event))
  }

  restore(event: RestoreEvent): void {
    const { from, revision } = event.data
    invariant(revision > this.newest, 'a restored etcd goes on behind all that it ever told')
    const changed: Version[] = []
    for (const table of this.tables.values()) {
      invariant(from >= table.floor, 'what is restored is still kept')
      for (const slot of [...table.everySlot()]) {
        const then = versionAt(slot, from)
        if (then === slot.newest || (then?.object === undefined && slot.newest?.object === undefined)) continue
        changed.push(table.append(slot, revision, then?.object, event))
      }
    }
    this.newest = revision
    for (const version of changed) this.commits.push(version)
    this.lastWritten = undefined
    this.restored = changed.map(published)
  }

  renew({ data: { namespace, name, renewTime } }: RenewalEvent): void {
    const version = this.table('Lease').slot(keyOf(namespace, name))?.newest
    // The table of Leases holds nothing else.
    const lease = version?.object as Lease | undefined
    if (version === undefined || lease === undefined) return
    const renewed: Lease = { ...lease, spec: { ...lease.spec, renewTime } }
    version.object = renewed
  }

  createCursor(name: string): Cursor {
    // A process that starts again does not come back for what it saw before.
    this.cursors.get(name)?.release()
    const cursor = new ObjectCursor(name, this)
    this.cursors.set(name, cursor)
    return cursor
  }

  at(revision: number): View {
    return new FixedView(revision, this)
  }

  readonly read = <K extends Kind>(kind: K, namespace: string | undefined, name: string, revision: number) =>
    this.table(kind).shown(keyOf(namespace, name), revision)?.object as KindMap[K] | undefined

  revisionAt(at: Micros): number {
    invariant(this.oldest === 0 || at >= (this.commits[0]?.at ?? 0), 'a time that is looked up is not compacted')
    let low = 0
    let high = this.commits.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.commits[middle] as Version).at <= at) low = middle + 1
      else high = middle
    }
    return this.commits[low - 1]?.revision ?? 0
  }

  seqOf(revision: number): Seq | undefined {
    return this.commit(revision)?.seq
  }

  written(revision: number): ObjectVersion | undefined {
    if (this.lastWritten?.revision === revision) return this.lastWritten
    const version = this.commit(revision)
    this.lastWritten = version === undefined ? undefined : published(version)
    return this.lastWritten
  }

  history(kind: Kind, namespace: string | undefined, name: string): readonly ObjectVersion[] {
    const versions: ObjectVersion[] = []
    let version = this.table(kind).slot(keyOf(namespace, name))?.newest
    for (; version !== undefined; version = version.older) versions.push(published(version))
    return versions.reverse()
  }

  compact(revision: number): void {
    if (!this.forgets) return
    let floor = Math.min(revision, this.newest)
    for (const table of this.tables.values()) floor = Math.min(floor, table.compact(revision, this.newest))
    // The last commit before the floor stays: it tells since when the floor's state holds.
    this.commits = this.commits.slice(Math.max(0, firstAfter(this.commits, floor) - 1))
  }

  private commit(revision: number): Version | undefined {
    const version = this.commits[firstAfter(this.commits, revision) - 1]
    return version?.revision === revision ? version : undefined
  }

  /** A new etcd leader tells again what the old one told; it cannot tell it differently. */
  private assertSame(data: CommitEvent['data'], place: Place<KindTable> | undefined): void {
    const known = this.commit(data.revision)
    if (known === undefined) return
    const { slot, object } = known
    const sameKey = slot.kind === place?.table.kind && slot.key === data.key.slice(place.start)
    invariant(sameKey && data.deleted === (object === undefined), 'a revision is committed once, to one key')
    invariant(
      object === undefined || object.metadata.uid === data.object?.metadata.uid,
      'a revision is committed once, for one object',
    )
  }
}

const newSlot = (kind: Kind, key: string, namespaced: boolean): Slot => {
  if (!namespaced) return new Slot(kind, key, undefined, key)
  const slash = key.indexOf('/')
  return new Slot(kind, key, key.slice(0, slash), key.slice(slash + 1))
}

/**
 * Only metadata is copied; spec and status stay shared with the event and with older versions. The new field goes first:
 * V8 turns an object that gains a field after a spread into a dictionary, at three times the space and time.
 */
const stamp = (object: ApiObject, revision: number): ApiObject => ({
  ...object,
  metadata: { resourceVersion: String(revision), ...unstamped(object.metadata) },
})

const unstamped = (metadata: ApiObject['metadata']): Omit<ApiObject['metadata'], 'resourceVersion'> => {
  if (!('resourceVersion' in metadata)) return metadata
  const { resourceVersion: _, ...rest } = metadata
  return rest
}

const published = (version: Version): ObjectVersion => ({
  kind: version.slot.kind,
  namespace: version.slot.namespace,
  name: version.slot.name,
  revision: version.revision,
  seq: version.seq,
  at: version.at,
  cause: version.cause,
  object: version.object,
  before: version.older?.object,
})
