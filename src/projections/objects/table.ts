import { invariant } from '../../events/invariant.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { IndexName } from '../../kubernetes/view.ts'
import { Index } from './buckets.ts'
import type { Position } from './position.ts'
import { firstAfter, type Slot, Version, versionAt, type Origin } from './version.ts'

/** A slot that left a bucket of an index, or, with no index, that is left empty by a deletion. */
interface Departure {
  readonly revision: number
  readonly slot: Slot
  readonly index: Index | undefined
  readonly value: string
}

/**
 * Every version of every object of one kind.
 *
 * Readers stand at positions; nothing here knows what "now" is. What no reader's position can show any more is *settled*:
 * it leaves the paths that readers walk (`slots`, index buckets), so that reading costs what it finds and not what once
 * was. Time travel to before `settled` takes the slow path through everything. Only `compact` forgets.
 */
export class KindTable {
  readonly kind: Kind
  /** In order of newest creation. */
  readonly slots = new Map<string, Slot>()
  /** Slots whose deletion every reader has passed, in order of deletion. */
  readonly retired = new Map<string, Slot>()
  /** Versions in order of revision, back to `floor`. */
  log: Version[] = []
  /** Positions of living cursors that have listed this kind. */
  readonly readers = new Set<Position>()
  /** Indexes and `slots` are complete for positions from here on. */
  settled = 0
  /** Positions before this one cannot be read any more. */
  floor = 0
  private readonly indexes = new Map<IndexName, Index>()
  private departures: Departure[] = []
  private readonly settleAfter: number
  private settleAt: number

  /** Departures are looked through when `settleAfter` of them have gathered. */
  constructor(kind: Kind, settleAfter: number) {
    this.kind = kind
    this.settleAfter = settleAfter
    this.settleAt = settleAfter
  }

  /** Revision of the newest version. */
  get head(): number {
    return this.log[this.log.length - 1]?.revision ?? this.floor
  }

  slot(key: string): Slot | undefined {
    return this.slots.get(key) ?? this.retired.get(key)
  }

  append(slot: Slot, revision: number, object: ApiObject | undefined, origin: Origin): Version {
    const older = slot.newest
    invariant(object !== undefined || older?.object !== undefined, `${this.kind} ${slot.key} exists when it is deleted`)
    const version = new Version(slot, revision, object, older, origin)
    slot.newest = version
    this.log.push(version)
    if (older?.object === undefined) {
      this.retired.delete(slot.key)
      this.slots.delete(slot.key) // a name used again moves to the end
      this.slots.set(slot.key, slot)
    }
    for (const index of this.indexes.values()) {
      const left = index.fold(version, this.settled)
      if (left !== undefined) this.departures.push({ revision, slot, index, value: left })
    }
    if (object === undefined) this.departures.push({ revision, slot, index: undefined, value: '' })
    if (this.departures.length >= this.settleAt) this.settle(this.slowest(revision))
    return version
  }

  /** Indexes are made when first asked for: most kinds never need most of them. */
  index(name: IndexName): Index {
    const known = this.indexes.get(name)
    if (known !== undefined) return known
    const index = new Index(this.kind, name, this.settleAfter)
    this.indexes.set(name, index)
    for (const slot of this.slots.values()) this.enter(slot, index)
    this.departures.sort((a, b) => a.revision - b.revision)
    return index
  }

  private enter(slot: Slot, index: Index): void {
    let newer: Version | undefined
    for (let version = slot.newest; version !== undefined; newer = version, version = version.older) {
      const value = index.valueOf(version)
      if (value !== undefined) {
        const bucket = index.bucket(value)
        bucket.slots.add(slot)
        if (newer !== undefined && index.valueOf(newer) !== value) {
          bucket.leaving++
          this.departures.push({ revision: newer.revision, slot, index, value })
        }
      }
      if (version.revision <= this.settled) break
    }
  }

  /** The smallest position of a living cursor. Who has missed nothing stands at `head`, the store's newest revision. */
  private slowest(head: number): number {
    let smallest = head
    for (const reader of this.readers) {
      if (reader.at < smallest) reader.catchUp(head)
      if (reader.at < smallest) smallest = reader.at
    }
    return smallest
  }

  /** Takes out of the readers' paths what nobody at `revision` or later can see. */
  private settle(revision: number): void {
    let done = 0
    for (const { revision: left, slot, index, value } of this.departures) {
      if (left > revision) break
      done++
      if (index !== undefined) index.leave(slot, value, revision)
      else if (slot.newest?.revision === left) {
        this.slots.delete(slot.key)
        this.retired.set(slot.key, slot)
      }
    }
    this.departures = this.departures.slice(done)
    this.settleAt = Math.max(this.settleAfter, this.departures.length * 2)
    if (revision > this.settled) this.settled = revision
  }

  /** Forgets what no position from min(`revision`, the slowest cursor) on can show. Gives that position. */
  compact(revision: number, head: number): number {
    const floor = Math.min(revision, this.slowest(head))
    if (floor <= this.floor) return this.floor
    this.settle(floor)
    const end = firstAfter(this.log, floor)
    for (let i = 0; i < end; i++) {
      const version = this.log[i]
      if (version !== undefined) this.cut(version.slot, floor)
    }
    this.log = this.log.slice(end)
    this.floor = floor
    return floor
  }

  private cut(slot: Slot, floor: number): void {
    let newer: Version | undefined
    let version = slot.newest
    while (version !== undefined && version.revision > floor) {
      newer = version
      version = version.older
    }
    if (version === undefined) return
    version.older = undefined
    if (version.object !== undefined) return
    if (newer !== undefined) newer.older = undefined
    else this.retired.delete(slot.key)
  }

  /** Every slot that some position may show. */
  *everySlot(): Generator<Slot> {
    yield* this.slots.values()
    yield* this.retired.values()
  }

  /** What a revision wrote in this kind. */
  written(revision: number): Version | undefined {
    const version = this.log[firstAfter(this.log, revision) - 1]
    return version?.revision === revision ? version : undefined
  }

  /** What a name held at a revision. */
  shown(key: string, revision: number): Version | undefined {
    invariant(revision >= this.floor, 'a revision that is read is not compacted')
    const slot = this.slot(key)
    return slot === undefined ? undefined : versionAt(slot, revision)
  }
}
