import type { Micros, Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Kind } from '../../kubernetes/kinds.ts'

/** One committed version of one object: what a revision wrote, or that it deleted. A link of the object's chain. */
export class Version {
  readonly revision: number
  /** The object as written, with its resourceVersion; undefined for a deletion. Only a Lease is ever renewed in place. */
  object: ApiObject | undefined
  readonly slot: Slot
  /** Revision that created the object this version belongs to; a name that is used again counts as a new creation. */
  readonly created: number
  /** The version before, also across a deletion; compaction cuts it off. */
  older: Version | undefined
  readonly seq: Seq
  readonly at: Micros
  readonly cause: Seq

  constructor(slot: Slot, revision: number, object: ApiObject | undefined, older: Version | undefined, origin: Origin) {
    this.revision = revision
    this.object = object
    this.slot = slot
    this.created = older?.object === undefined ? revision : older.created
    this.older = older
    this.seq = origin.seq
    this.at = origin.at
    this.cause = origin.cause
  }
}

/** Where in the log a version comes from. */
export interface Origin {
  readonly seq: Seq
  readonly at: Micros
  readonly cause: Seq
}

/** One name of one kind, and all that was ever stored under it, newest first. */
export class Slot {
  readonly kind: Kind
  /** `namespace/name`, or the name alone. Unique within its kind. */
  readonly key: string
  readonly namespace: string | undefined
  readonly name: string
  newest: Version | undefined = undefined

  constructor(kind: Kind, key: string, namespace: string | undefined, name: string) {
    this.kind = kind
    this.key = key
    this.namespace = namespace
    this.name = name
  }
}

export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** What a slot held at a revision: the newest version that is not newer. Steps back one link per version that it skips. */
export const versionAt = (slot: Slot, revision: number): Version | undefined => {
  let version = slot.newest
  while (version !== undefined && version.revision > revision) version = version.older
  return version
}

/** Index of the first version after `revision` in an ascending list. Readers are mostly near the end, so it looks there first. */
export const firstAfter = (log: readonly Version[], revision: number): number => {
  let high = log.length
  for (let step = 1; high > 0; step *= 2) {
    const probe = Math.max(0, high - step)
    if (at(log, probe).revision <= revision) return search(log, revision, probe + 1, high)
    high = probe
  }
  return 0
}

const search = (log: readonly Version[], revision: number, from: number, to: number): number => {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(log, middle).revision <= revision) low = middle + 1
    else high = middle
  }
  return low
}

const at = (log: readonly Version[], index: number): Version => log[index] as Version
