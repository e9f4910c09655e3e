/**
 * Who owns what after a write, and what an apply makes of an object.
 *
 * Source: structured-merge-diff/v6/merge/update.go.
 * Abridged: all versions of a kind have one structure here, so nothing is converted between them; and a field that was atomic
 * in an earlier version of the schema is not reconciled.
 */
import type { JsonObject } from '../patch/json.ts'
import { compareObjects, isSameComparison, type Comparison } from './compare.ts'
import { fieldSetOf } from './extract.ts'
import {
  difference,
  EMPTY_SET,
  intersection,
  isEmptySet,
  recursiveDifference,
  union,
  type FieldSet,
} from './field-set.ts'
import { mergeObjects } from './merge.ts'
import { identityOf, type MutableOwners, type Owner, type Owners } from './owners.ts'
import { removeFields, withNamedFields } from './remove.ts'
import type { TypeNode } from './type-node.ts'

/** Fields of somebody else that an apply would change. */
export interface Conflict {
  readonly owner: Owner
  readonly fields: FieldSet
}

export type Claim = Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>

/** What a write is measured with. */
export interface Shape {
  readonly type: TypeNode
  /** What this endpoint does not keep of what it is given. */
  readonly ignored: FieldSet
  /** Of what remains, what counts at all; undefined for everything. */
  readonly keep?: (fields: FieldSet) => FieldSet
}

/**
 * After an update: what it changed is the updater's, and nobody else's. `strip` names what nobody owns, always the same.
 * `owners` is changed.
 */
export function updateOwners(
  shape: Shape,
  strip: FieldSet,
  live: JsonObject,
  next: JsonObject,
  owners: MutableOwners,
  claim: Claim,
  time: string,
): void {
  const compared = filtered(shape, compareObjects(shape.type, live, next, skippedBy(shape, strip)))
  if (isSameComparison(compared)) return
  const changed = changedBy(compared)
  const removed = compared.removed ?? EMPTY_SET
  const self = identityOf(claim)
  for (const [identity, owner] of owners) {
    if (identity === self) continue
    replaceFields(owners, identity, owner, difference(difference(owner.fields, changed), removed))
  }
  const previous = owners.get(self)
  const own = union(difference(previous?.fields ?? EMPTY_SET, removed), changed)
  if (isEmptySet(own)) owners.delete(self)
  else if (!isEmptySet(changed)) owners.set(self, { ...claim, time, fields: own, entry: previous?.entry })
  else if (previous !== undefined) replaceFields(owners, self, previous, own)
}

const skipped = new WeakMap<Shape, FieldSet>()

/** Kept, for it is the same for all writes through an endpoint. */
function skippedBy(shape: Shape, strip: FieldSet): FieldSet {
  const known = skipped.get(shape)
  if (known !== undefined) return known
  const made = union(shape.ignored, strip)
  skipped.set(shape, made)
  return made
}

const filtered = ({ keep }: Shape, { added, removed, modified }: Comparison): Comparison => {
  if (keep === undefined) return { added, removed, modified }
  const kept = (fields: FieldSet | undefined): FieldSet | undefined => {
    const left = fields === undefined ? EMPTY_SET : keep(fields)
    return isEmptySet(left) ? undefined : left
  }
  return { added: kept(added), removed: kept(removed), modified: kept(modified) }
}

const changedBy = ({ added = EMPTY_SET, modified = EMPTY_SET }: Comparison): FieldSet => union(modified, added)

function replaceFields(owners: MutableOwners, identity: string, owner: Owner, fields: FieldSet): void {
  if (isEmptySet(fields)) owners.delete(identity)
  else if (fields !== owner.fields) owners.set(identity, { ...owner, fields })
}

export interface Applied {
  /** Undefined where the apply changes nothing but who owns what. */
  readonly object: JsonObject | undefined
  readonly owners: MutableOwners
}

/** The applied object merged into the live one, or the conflicts that forbid it. `owners` stays as it is. */
export function applyObject(
  shape: Shape,
  live: JsonObject,
  applied: JsonObject,
  owners: Owners,
  claim: Claim,
  force: boolean,
): Applied | readonly Conflict[] {
  const { type, ignored } = shape
  const self = identityOf(claim)
  const last = owners.get(self)
  const named = recursiveDifference(fieldSetOf(type, applied), ignored)
  const fields = shape.keep?.(named) ?? named
  const next: MutableOwners = new Map(owners)
  next.set(self, { ...claim, fields, time: last?.time, entry: last?.entry })
  const merged = prune(type, mergeObjects(type, live, applied), next, last?.fields ?? EMPTY_SET)

  const compared = filtered(shape, compareObjects(type, live, merged, ignored))
  const conflicts = conflictsWith(next, self, changedBy(compared))
  if (!force && conflicts.length > 0) return conflicts
  for (const { owner, fields: lost } of conflicts) {
    next.set(identityOf(owner), { ...owner, fields: difference(owner.fields, lost) })
  }
  for (const [identity, owner] of next) {
    const left = identity === self ? owner.fields : difference(owner.fields, compared.removed ?? EMPTY_SET)
    replaceFields(next, identity, owner, left)
  }
  return { object: isSameComparison(compared) ? undefined : merged, owners: next }
}

function conflictsWith(owners: Owners, self: string, changed: FieldSet): readonly Conflict[] {
  const conflicts: Conflict[] = []
  for (const [identity, owner] of owners) {
    if (identity === self) continue
    const fields = intersection(owner.fields, changed)
    if (!isEmptySet(fields)) conflicts.push({ owner, fields })
  }
  return conflicts
}

/**
 * Takes away what this manager applied last time and does not apply now, unless somebody else owns it.
 * Source: update.go, prune, addBackOwnedItems, addBackDanglingItems.
 */
function prune(type: TypeNode, merged: JsonObject, owners: Owners, last: FieldSet): JsonObject {
  if (isEmptySet(last)) return merged
  const named = (fields: FieldSet): FieldSet => withNamedFields(type, fields)
  const mergedFields = named(fieldSetOf(type, merged))
  const bare = removeFields(type, merged, named(last))
  let owned = EMPTY_SET
  for (const { fields } of owners.values()) owned = union(owned, fields)
  const kept = union(named(fieldSetOf(type, bare)), named(owned))
  const pruned = removeFields(type, merged, difference(mergedFields, kept))
  const gone = difference(mergedFields, named(fieldSetOf(type, pruned)))
  return removeFields(type, merged, intersection(gone, named(last)))
}
