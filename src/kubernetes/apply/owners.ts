/**
 * Who owns which fields of an object: its managedFields, decoded.
 *
 * Source: apimachinery/pkg/util/managedfields/internal/managedfields.go (v1.36).
 */
import { sameJson } from '../hash.ts'
import { isObject } from '../patch/json.ts'
import type { Json, ManagedFieldsEntry } from '../types/meta.ts'
import { decodeSet, encodeSet, type FieldSet } from './field-set.ts'

/** One manager's claim. */
export interface Owner {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** Empty for the object itself. */
  readonly subresource: string
  /** RFC 3339, whole seconds; undefined where nobody said. */
  readonly time: string | undefined
  readonly fields: FieldSet
  /** The stored entry that says all this, so that it can be stored again. */
  readonly entry: ManagedFieldsEntry | undefined
}

/** Owners by identity. */
export type Owners = ReadonlyMap<string, Owner>
export type MutableOwners = Map<string, Owner>

/**
 * What tells one owner from another. One who applies is the same whatever version he applies in.
 * Source: managedfields.go, BuildManagerIdentifier.
 */
export const identityOf = ({
  manager,
  operation,
  apiVersion,
  subresource,
}: Omit<Owner, 'time' | 'fields' | 'entry'>): string =>
  operation === 'Apply'
    ? `${manager}\u0000${operation}\u0000\u0000${subresource}`
    : `${manager}\u0000${operation}\u0000${apiVersion}\u0000${subresource}`

/** The entries that an object carries. */
export const entriesOf = (object: object): readonly ManagedFieldsEntry[] => {
  const metadata: unknown = Reflect.get(object, 'metadata')
  const entries: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'managedFields') : undefined
  return Array.isArray(entries) ? (entries as readonly ManagedFieldsEntry[]) : []
}

/** Undefined for entries that nobody can read. */
export function decodeOwners(entries: readonly ManagedFieldsEntry[]): MutableOwners | undefined {
  const owners: MutableOwners = new Map()
  for (const entry of entries) {
    const { manager = '', operation, apiVersion = '', fieldsType, fieldsV1 = {}, subresource = '', time } = entry
    if (operation !== 'Apply' && operation !== 'Update') return undefined
    if (apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
    const fields = decodeSet(fieldsV1)
    if (fields === undefined) return undefined
    const owner: Owner = { manager, operation, apiVersion, subresource, time, fields, entry }
    owners.set(identityOf(owner), owner)
  }
  return owners
}

/** Entries in the order in which objects show them: by operation, time, manager. */
export function encodeOwners(owners: Owners): readonly ManagedFieldsEntry[] {
  return [...owners.values()].map(entryOf).sort(compareEntries)
}

function entryOf({ manager, operation, apiVersion, subresource, time, fields, entry }: Owner): ManagedFieldsEntry {
  if (entry !== undefined && entry.time === time && entry.fieldsV1 === fields) return entry
  return {
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeSet(fields) as Json,
    ...(subresource === '' ? {} : { subresource }),
  }
}

/** Source: managedfields.go, sortEncodedManagedFields. */
function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time, b.time) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  )
}

const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)

/** Whether entries claim the same; when they were written does not count. */
export const sameClaims = (a: readonly ManagedFieldsEntry[], b: readonly ManagedFieldsEntry[]): boolean =>
  a.length === b.length &&
  a.every((one, i) => {
    const other = b[i]
    if (one === other || other === undefined) return one === other
    return (
      one.manager === other.manager &&
      one.operation === other.operation &&
      one.apiVersion === other.apiVersion &&
      (one.subresource ?? '') === (other.subresource ?? '') &&
      one.fieldsType === other.fieldsType &&
      sameJson(one.fieldsV1, other.fieldsV1)
    )
  })

/** The object with these entries, or without any. */
export function withEntries<O extends object>(object: O, entries: readonly ManagedFieldsEntry[]): O {
  const metadata: unknown = Reflect.get(object, 'metadata')
  const old = isObject(metadata) ? metadata : {}
  if (entries.length === 0 ? !('managedFields' in old) : old['managedFields'] === entries) return object
  const { managedFields: _old, ...rest } = old
  return { ...object, metadata: entries.length === 0 ? rest : { ...rest, managedFields: entries } }
}
