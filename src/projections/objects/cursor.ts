import { invariant } from '../../events/invariant.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import type { Change, Cursor, IndexName, Scope } from '../../kubernetes/view.ts'
import type { Bucket } from './buckets.ts'
import { Position } from './position.ts'
import type { KindTable } from './table.ts'
import { firstAfter, versionAt, type Slot, type Version } from './version.ts'

const UNCHANGED: readonly Change[] = []

/** Where a cursor finds the history: one table a kind. */
export interface Tables {
  table(kind: Kind): KindTable
}

/**
 * A reader of the store that its owner moves.
 *
 * Between two moves nothing changes for it, whatever is committed. What was hidden from it or passed over by `deliver` is
 * left out: of that object it goes on showing what it had, until a newer version reaches it or the kind is `reset`, which
 * stands for a fresh list and shows the truth at its revision.
 */
export class ObjectCursor implements Cursor {
  readonly name: string
  private readonly tables: Tables
  private readonly positions = new Map<Kind, Position>()
  private released = false

  constructor(name: string, tables: Tables) {
    this.name = name
    this.tables = tables
  }

  revision(kind: Kind): number {
    return this.positions.get(kind)?.revision ?? 0
  }

  // A kind's table holds objects of that kind only, so what comes out has its type.

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.positions.get(kind)?.get(namespace, name) as KindMap[K] | undefined
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    return (this.positions.get(kind)?.list(namespace) ?? []) as readonly KindMap[K][]
  }

  indexed<K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][] {
    return (this.positions.get(kind)?.indexed(index, value) ?? []) as readonly KindMap[K][]
  }

  narrow(kind: Kind, scope: Scope): void {
    const position = this.position(kind)
    invariant(!position.listed, 'a view is narrowed before its first list')
    const { table } = position
    const bucket = bucketOf(table, scope)
    if (bucket === undefined) return
    position.scope = scope
    position.bucket = bucket
    bucket.startLog(table.head)
  }

  deliver(kind: Kind, revision: number): Change | undefined {
    const position = this.position(kind)
    if (revision <= position.revision) return undefined
    if (!position.listed) this.settleAt(position, 0)
    const from = position.at
    position.revision = revision
    if (revision <= from) return undefined
    const log = position.logAfter(from)
    let delivered: Version | undefined
    for (let i = firstAfter(log, from); i < log.length; i++) {
      const version = log[i]
      if (version === undefined || version.revision > revision) break
      if (!position.touches(version)) continue
      if (version.revision === revision && position.hidden?.has(revision) !== true) delivered = version
      else this.leaveOut(position, version.slot)
    }
    if (delivered === undefined) {
      position.at = revision
      return undefined
    }
    const { slot } = delivered
    const before = position.shown(slot)
    position.stale?.delete(slot.key)
    position.at = revision
    const after = position.visible(delivered)
    return before === after ? undefined : change(kind, slot, revision, before, after)
  }

  advance(kind: Kind, revision: number): readonly Change[] {
    const position = this.position(kind)
    if (!position.listed) return this.reset(kind, revision)
    if (revision <= position.revision) return UNCHANGED
    const from = position.at
    position.revision = revision
    if (revision <= from) return UNCHANGED
    const log = position.logAfter(from)
    let changes: Change[] | undefined
    for (let i = firstAfter(log, from); i < log.length; i++) {
      const version = log[i]
      if (version === undefined || version.revision > revision) break
      if (!position.touches(version) || isOvertaken(position, version, revision)) continue
      const { slot } = version
      const before = position.shown(slot)
      const landing = this.land(position, version, from)
      if (landing === undefined) continue
      const after = position.visible(landing)
      if (before === after) continue
      changes ??= []
      changes.push(change(kind, slot, landing.revision, before, after))
    }
    position.at = revision
    return changes ?? UNCHANGED
  }

  reset(kind: Kind, revision: number): readonly Change[] {
    const position = this.position(kind)
    const changes = position.listed ? this.difference(position, revision) : this.firstList(position, revision)
    this.settleAt(position, revision)
    return changes
  }

  hide(kind: Kind, revision: number): void {
    const position = this.position(kind)
    position.hidden ??= new Set()
    position.hidden.add(revision)
  }

  release(): void {
    this.released = true
    for (const position of this.positions.values()) position.table.readers.delete(position)
  }

  private position(kind: Kind): Position {
    invariant(!this.released, 'a released view stands still')
    let position = this.positions.get(kind)
    if (position === undefined) {
      position = new Position(this.tables.table(kind))
      this.positions.set(kind, position)
    }
    return position
  }

  private settleAt(position: Position, revision: number): void {
    invariant(revision >= position.table.floor, 'a view is placed where the history is kept')
    position.listed = true
    position.revision = revision
    position.at = revision
    position.stale = undefined
    position.table.readers.add(position)
  }

  /** Of this slot the reader will go on showing what it shows now. */
  private leaveOut(position: Position, slot: Slot): void {
    position.stale ??= new Map()
    if (!position.stale.has(slot.key)) position.stale.set(slot.key, position.visible(versionAt(slot, position.at)))
  }

  /**
   * The version of a slot that shows after a move over `last`: that one or, of those that are hidden, the newest that is
   * not. Undefined when all since `from` are hidden.
   */
  private land(position: Position, last: Version, from: number): Version | undefined {
    const { hidden } = position
    const { slot } = last
    if (hidden?.has(last.revision) !== true) {
      position.stale?.delete(slot.key)
      return last
    }
    let version = last.older
    while (version !== undefined && version.revision > from) {
      if (!hidden.has(version.revision) && position.touches(version)) {
        position.stale ??= new Map()
        position.stale.set(slot.key, position.visible(version))
        return version
      }
      version = version.older
    }
    this.leaveOut(position, slot)
    return undefined
  }

  private firstList(position: Position, revision: number): readonly Change[] {
    const { table } = position
    const list = new Position(table)
    list.at = revision
    list.listed = true
    list.scope = position.scope
    list.bucket = position.bucket
    return list.list(undefined).map((object) => {
      const { namespace, name } = object.metadata
      const at = Number(object.metadata.resourceVersion)
      return { kind: table.kind, namespace, name, revision: at, before: undefined, after: object }
    })
  }

  private difference(position: Position, revision: number): readonly Change[] {
    const { table } = position
    const low = Math.min(position.at, revision)
    const high = Math.max(position.at, revision)
    invariant(low >= table.floor, 'a view is placed where the history is kept')
    const slots = new Set<Slot>()
    const log = position.logAfter(low)
    for (let i = firstAfter(log, low); i < log.length; i++) {
      const version = log[i]
      if (version === undefined || version.revision > high) break
      if (position.touches(version)) slots.add(version.slot)
    }
    for (const [key, version] of position.stale ?? []) {
      const slot = version?.slot ?? table.slot(key)
      if (slot !== undefined) slots.add(slot)
    }
    const changes: Change[] = []
    for (const slot of slots) {
      const before = position.shown(slot)
      const held = versionAt(slot, revision)
      const after = position.visible(held)
      if (before !== after) changes.push(change(table.kind, slot, after?.revision ?? revision, before, after))
    }
    return changes
  }
}

/** Where everything in scope is, and little else; undefined when everything is in scope. */
const bucketOf = (table: KindTable, { name, nodeName, namespace }: Scope): Bucket | undefined => {
  if (name !== undefined) return table.index('name').bucket(name)
  if (nodeName !== undefined) return table.index('node').bucket(nodeName)
  return namespace === undefined ? undefined : table.index('namespace').bucket(namespace)
}

/** Whether a newer version of the same slot, up to `revision`, makes this one only a step on the way. */
const isOvertaken = (position: Position, version: Version, revision: number): boolean => {
  let newer = version.slot.newest
  while (newer !== undefined && newer !== version) {
    if (newer.revision <= revision && position.touches(newer)) return true
    newer = newer.older
  }
  return false
}

const change = (
  kind: Kind,
  slot: Slot,
  revision: number,
  before: Version | undefined,
  after: Version | undefined,
): Change<ApiObject> => ({
  kind,
  namespace: slot.namespace,
  name: slot.name,
  revision,
  before: before?.object,
  after: after?.object,
})
