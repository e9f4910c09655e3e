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
const IN_SCALE = [fieldElement('spec'), fieldElement('replicas')]

/** Where a workload's replicas stand: a custom resource may have them elsewhere. `.spec.replicas`, as definitions say it. */
export const replicasPath = (text = '.spec.replicas'): readonly string[] => text.split('.').slice(1).map(fieldElement)

/** What the Scale of a workload with these entries shows. */
export function scaleEntries(
  entries: readonly ManagedFieldsEntry[],
  replicas: readonly string[] = IN_SCALE,
): readonly ManagedFieldsEntry[] {
  const scale: MutableOwners = new Map()
  for (const [identity, owner] of decoded(entries)) {
    if (!hasPath(owner.fields, replicas)) continue
    scale.set(identity, { ...owner, apiVersion: SCALE_VERSION, fields: setOf(IN_SCALE), entry: undefined })
  }
  return encodeOwners(scale)
}

/** The workload's entries after a write of its Scale. */
export function workloadEntries(
  apiVersion: string,
  entries: readonly ManagedFieldsEntry[],
  ofScale: readonly ManagedFieldsEntry[],
  replicas: readonly string[] = IN_SCALE,
): readonly ManagedFieldsEntry[] {
  const claimed = setOf(replicas)
  const before = decoded(entries)
  const scale = new Map(decoded(ofScale))
  const after: MutableOwners = new Map()
  for (const [identity, owner] of before) {
    if (!hasPath(owner.fields, replicas) || scale.delete(identity)) {
      after.set(identity, owner)
      continue
    }
    const fields = difference(owner.fields, claimed)
    if (!isEmptySet(fields)) after.set(identity, { ...owner, fields })
  }
  for (const [identity, owner] of scale) {
    if (!hasPath(owner.fields, IN_SCALE)) continue
    const time = before.get(identity)?.time
    after.set(identity, { ...owner, apiVersion, fields: claimed, time, entry: undefined })
  }
  return encodeOwners(after)
}

const decoded = (entries: readonly ManagedFieldsEntry[]): Owners => decodeOwners(entries) ?? new Map()
