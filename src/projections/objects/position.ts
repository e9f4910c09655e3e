import { invariant } from '../../events/invariant.ts'
import type { ApiObject } from '../../events/json.ts'
import type { IndexName, Scope } from '../../kubernetes/view.ts'
import { indexValue, type Bucket } from './buckets.ts'
import type { KindTable } from './table.ts'
import { keyOf, versionAt, type Slot, type Version } from './version.ts'

/**
 * Where one reader stands in one kind, and so what it sees: of each slot the newest version up to `at`, unless the reader
 * missed a version and still shows what it had before.
 */
export class Position {
  readonly table: KindTable
  /** The revision as its owner knows it. */
  revision = 0
  /** The revision it reads at. May be ahead of `revision` by versions that are all out of scope, so that nothing shows. */
  at = 0
  /** Whether it has been listed; before that it shows nothing and holds nothing back. */
  listed = false
  /** Revisions that never reach this reader one by one. */
  hidden: Set<number> | undefined = undefined
  /** What is shown of slots whose newer versions were missed: a version, or nothing. */
  stale: Map<string, Version | undefined> | undefined = undefined
  scope: Scope | undefined = undefined
  /** Where what is in scope can be found. */
  bucket: Bucket | undefined = undefined

  constructor(table: KindTable) {
    this.table = table
  }

  /** Everything after `revision` that may be this reader's business, and possibly more. */
  logAfter(revision: number): readonly Version[] {
    const { bucket, table } = this
    return bucket?.log !== undefined && bucket.loggedAfter <= revision ? bucket.log : table.log
  }

  /** A reader that has seen all there is for it stands, for all purposes, at the head. */
  catchUp(head: number): void {
    const log = this.logAfter(this.at)
    const newest = log[log.length - 1]
    if (newest === undefined || newest.revision <= this.at) this.at = head
  }

  inScope(object: ApiObject): boolean {
    const { scope } = this
    if (scope === undefined) return true
    if (scope.namespace !== undefined && object.metadata.namespace !== scope.namespace) return false
    if (scope.name !== undefined && object.metadata.name !== scope.name) return false
    return scope.nodeName === undefined || indexValue(this.table.kind, 'node', object) === scope.nodeName
  }

  /** Whether a version is this reader's business: it shows, changes or takes away something in scope. */
  touches(version: Version): boolean {
    if (this.scope === undefined) return true
    const { object, older } = version
    return (object !== undefined && this.inScope(object)) || (older?.object !== undefined && this.inScope(older.object))
  }

  /** The version of a slot that this reader shows; undefined for nothing. */
  shown(slot: Slot): Version | undefined {
    if (this.stale !== undefined && this.stale.has(slot.key)) return this.stale.get(slot.key)
    return this.visible(versionAt(slot, this.at))
  }

  /** The version, if it is an object in scope. */
  visible(version: Version | undefined): Version | undefined {
    return version?.object !== undefined && this.inScope(version.object) ? version : undefined
  }

  get(namespace: string | undefined, name: string): ApiObject | undefined {
    if (!this.listed) return undefined
    this.assertKept()
    const key = keyOf(namespace, name)
    if (this.stale !== undefined && this.stale.has(key)) return this.stale.get(key)?.object
    const { table } = this
    const slot = this.at >= table.settled ? table.slots.get(key) : table.slot(key)
    if (slot === undefined) return undefined
    const object = versionAt(slot, this.at)?.object
    return this.scope === undefined || object === undefined || this.inScope(object) ? object : undefined
  }

  list(namespace: string | undefined): readonly ApiObject[] {
    if (!this.listed) return NOTHING
    this.assertKept()
    const { table, scope } = this
    const accepts: Accepts = (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) && this.inScope(object)
    if (this.at < table.settled) return this.collectSorted(table.everySlot(), accepts)
    if (this.bucket !== undefined) return this.collect(this.bucket.slots, accepts, false)
    if (namespace === undefined) return this.collect(table.slots, accepts, scope === undefined)
    // No object ever changes its namespace.
    return this.collect(table.index('namespace').find(namespace)?.slots ?? NONE, accepts, scope === undefined)
  }

  indexed(index: IndexName, value: string): readonly ApiObject[] {
    if (!this.listed) return NOTHING
    this.assertKept()
    const { table } = this
    const accepts: Accepts = (object) => indexValue(table.kind, index, object) === value && this.inScope(object)
    if (this.at < table.settled) return this.collectSorted(table.everySlot(), accepts)
    const bucket = table.index(index).find(value)
    if (bucket === undefined) return this.stale === undefined ? NOTHING : this.collectSorted([], accepts)
    return this.collect(bucket.slots, accepts, bucket.leaving === 0 && this.scope === undefined)
  }

  /**
   * What is shown of some slots and of all stale ones, in order of creation. `sure` says that every slot's newest version
   * is acceptable unseen: looking into objects is what costs.
   */
  private collect(slots: Slots, accepts: Accepts, sure: boolean): readonly ApiObject[] {
    if (this.stale !== undefined) return this.collectSorted(slots.values(), accepts)
    const { at } = this
    const objects: ApiObject[] = []
    let created = 0
    for (const slot of slots.values()) {
      const version = versionAt(slot, at)
      if (version?.object === undefined) continue
      if (!(sure && version === slot.newest) && !accepts(version.object)) continue
      if (version.created < created) return this.collectSorted(slots.values(), accepts)
      created = version.created
      objects.push(version.object)
    }
    return objects
  }

  /** The way for readers to whom creation looks different than to the table: lagging behind a re-creation, or stale. */
  private collectSorted(slots: Iterable<Slot>, accepts: Accepts): readonly ApiObject[] {
    const versions: Version[] = []
    const take = (version: Version | undefined): void => {
      if (version?.object !== undefined && accepts(version.object)) versions.push(version)
    }
    for (const slot of slots) if (this.stale?.has(slot.key) !== true) take(versionAt(slot, this.at))
    if (this.stale !== undefined) for (const version of this.stale.values()) take(version)
    versions.sort((a, b) => a.created - b.created)
    return versions.map((version) => version.object as ApiObject)
  }

  private assertKept(): void {
    invariant(this.at >= this.table.floor, 'what a reader stands at is not compacted')
  }
}

type Accepts = (object: ApiObject) => boolean

/** What slots are kept in: by name or as a set. */
interface Slots {
  values(): Iterable<Slot>
}

const NOTHING: readonly ApiObject[] = []
const NONE: Slots = new Set<Slot>()
