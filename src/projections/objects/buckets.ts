import type { ApiObject } from '../../events/json.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { controllerOf } from '../../kubernetes/owners.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { IndexName } from '../../kubernetes/view.ts'
import { firstAfter, type Slot, type Version } from './version.ts'

/** What an object is found under in an index; undefined when that index does not hold it. */
export const indexValue = (kind: Kind, index: IndexName, object: ApiObject): string | undefined => {
  switch (index) {
    case 'node':
      return kind === 'Pod' ? ((object as Pod).spec.nodeName ?? '') : undefined
    case 'namespace':
      return object.metadata.namespace
    case 'name':
      return object.metadata.name
    case 'controller':
      return controllerOf(object)?.uid
    case 'orphan':
      return controllerOf(object) === undefined ? (object.metadata.namespace ?? '') : undefined
  }
}

/**
 * All slots that some reader may find under one value of an index: a superset of what any one reader finds, because a
 * slot stays while a reader's position is before the moment it left.
 */
export class Bucket {
  readonly slots = new Set<Slot>()
  /** How often a slot has left and still stands here. While 0, the newest version of every slot belongs here. */
  leaving = 0
  /** Versions that came into this bucket, changed in it or left it, ascending. Kept once somebody reads nothing else. */
  log: Version[] | undefined = undefined
  /** The log holds everything after this revision. */
  loggedAfter = 0
  private readonly trimLength: number
  private trimAt: number

  /** The log is looked at for old entries when it has grown to `trimLength`. */
  constructor(trimLength: number) {
    this.trimLength = trimLength
    this.trimAt = trimLength
  }

  startLog(head: number): void {
    if (this.log !== undefined) return
    this.log = []
    this.loggedAfter = head
  }

  /** Notes a version. `settled` is a revision that every reader has passed. */
  note(version: Version, settled: number): void {
    const log = this.log
    if (log === undefined) return
    log.push(version)
    if (log.length < this.trimAt) return
    if (settled > this.loggedAfter) {
      log.splice(0, firstAfter(log, settled))
      this.loggedAfter = settled
    }
    this.trimAt = Math.max(this.trimLength, log.length * 2)
  }
}

/** The buckets of one index of one kind. */
export class Index {
  readonly name: IndexName
  private readonly kind: Kind
  private readonly trimLength: number
  private readonly buckets = new Map<string, Bucket>()

  constructor(kind: Kind, name: IndexName, trimLength: number) {
    this.kind = kind
    this.name = name
    this.trimLength = trimLength
  }

  valueOf(version: Version | undefined): string | undefined {
    return version?.object === undefined ? undefined : indexValue(this.kind, this.name, version.object)
  }

  find(value: string): Bucket | undefined {
    return this.buckets.get(value)
  }

  bucket(value: string): Bucket {
    let bucket = this.buckets.get(value)
    if (bucket === undefined) {
      bucket = new Bucket(this.trimLength)
      this.buckets.set(value, bucket)
    }
    return bucket
  }

  /** Takes in a new version; gives the value that the slot has left, if it has left one. */
  fold(version: Version, settled: number): string | undefined {
    const { older, slot } = version
    const before = this.valueOf(older)
    const after = this.valueOf(version)
    if (after !== undefined) {
      const bucket = this.bucket(after)
      if (before === undefined) bucket.slots.delete(slot) // a name used again moves to the end
      bucket.slots.add(slot)
      bucket.note(version, settled)
    }
    if (before === undefined || before === after) return undefined
    const left = this.bucket(before)
    left.leaving++
    left.note(version, settled)
    return before
  }

  /** Removes a slot from a value's bucket unless a reader at `revision` or later can still find it there. */
  leave(slot: Slot, value: string, revision: number): void {
    const bucket = this.buckets.get(value)
    if (bucket === undefined) return
    bucket.leaving--
    for (let version = slot.newest; version !== undefined; version = version.older) {
      if (this.valueOf(version) === value) return
      if (version.revision <= revision) break
    }
    bucket.slots.delete(slot)
    if (bucket.slots.size === 0 && bucket.log === undefined) this.buckets.delete(value)
  }
}
