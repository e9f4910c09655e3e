/**
 * managedFields between a workload and its Scale: only who owns the replicas is known there.
 *
 * Source: apimachinery/pkg/util/managedfields/scalehandler.go (v1.36). That an owner from the Scale has no time is upstream's
 * way, too.
 */
import type { ManagedFieldsEntry } from '../types/meta.ts'
import { difference, hasPath, isEmptySet, setOf } from './field-set.ts'
import { decodeOwners, encodeOwners, type MutableOwners, type Owners } from './owners.ts'
import { fieldElement } from './path-element.ts'

const SCALE_VERSION = 'autoscaling/v1'
/** The same in a workload and in its Scale. */
const REPLICAS = [fieldElement('spec'), fieldElement('replicas')]
const REPLICAS_SET = setOf(REPLICAS)

/** What the Scale of a workload with these entries shows. */
export function scaleEntries(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const scale: MutableOwners = new Map()
  for (const [identity, owner] of decoded(entries)) {
    if (!hasPath(owner.fields, REPLICAS)) continue
    scale.set(identity, { ...owner, apiVersion: SCALE_VERSION, fields: REPLICAS_SET, entry: undefined })
  }
  return encodeOwners(scale)
}

/** The workload's entries after a write of its Scale. */
export function workloadEntries(
  apiVersion: string,
  entries: readonly ManagedFieldsEntry[],
  ofScale: readonly ManagedFieldsEntry[],
): readonly ManagedFieldsEntry[] {
  const before = decoded(entries)
  const scale = new Map(decoded(ofScale))
  const after: MutableOwners = new Map()
  for (const [identity, owner] of before) {
    if (!hasPath(owner.fields, REPLICAS) || scale.delete(identity)) {
      after.set(identity, owner)
      continue
    }
    const fields = difference(owner.fields, REPLICAS_SET)
    if (!isEmptySet(fields)) after.set(identity, { ...owner, fields })
  }
  for (const [identity, owner] of scale) {
    if (!hasPath(owner.fields, REPLICAS)) continue
    const time = before.get(identity)?.time
    after.set(identity, { ...owner, apiVersion, fields: REPLICAS_SET, time, entry: undefined })
  }
  return encodeOwners(after)
}

const decoded = (entries: readonly ManagedFieldsEntry[]): Owners => decodeOwners(entries) ?? new Map()
