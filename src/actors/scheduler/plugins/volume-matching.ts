/** Which volume suits a claim. Source: component-helpers/storage/volume/pv_helpers.go (v1.36). */
import { compileNodeSelector } from '../../../kubernetes/node-selector.ts'
import { value } from '../../../kubernetes/quantity.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import { classOfClaim, classOfVolume } from './volumes.ts'

/** Whether the volume can be reached from the node. Source: pv_helpers.go, CheckNodeAffinity. */
export function reachableFrom({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec.nodeAffinity?.required
  return required === undefined || compileNodeSelector(required).matches(node)
}

/** Bytes that a claim asks for. */
export const claimSize = ({ spec }: PersistentVolumeClaim): number =>
  value(spec.resources?.requests?.['storage'] ?? '0')

export const volumeSize = ({ spec }: PersistentVolume): number => value(spec.capacity?.['storage'] ?? '0')

/** A reference without uid is a reservation for a claim of that name. Source: pv_helpers.go, IsVolumeBoundToClaim. */
export function isBoundTo({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const reference = spec.claimRef
  if (reference === undefined) return false
  if (reference.name !== metadata.name || reference.namespace !== metadata.namespace) return false
  return reference.uid === undefined || reference.uid === '' || reference.uid === metadata.uid
}

/**
 * The volume reserved for the claim, else the smallest that suits it and can be reached from the node.
 * Source: pv_helpers.go, FindMatchingVolume.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node: Node,
  taken: ReadonlySet<string>,
): PersistentVolume | undefined {
  const wanted = claimSize(claim)
  let smallest: PersistentVolume | undefined
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name)) continue
    const reserved = isBoundTo(volume, claim)
    if (volume.spec.claimRef !== undefined && !reserved) continue
    if (volumeSize(volume) < wanted || volume.metadata.deletionTimestamp !== undefined) continue
    if ((claim.spec.volumeMode ?? 'Filesystem') !== (volume.spec.volumeMode ?? 'Filesystem')) continue
    if (reserved) return reachableFrom(volume, node) ? volume : undefined
    if (!suits(volume, claim) || !reachableFrom(volume, node)) continue
    if (smallest === undefined || volumeSize(smallest) > volumeSize(volume)) smallest = volume
  }
  return smallest
}

function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.status?.phase !== 'Available') return false
  const { selector, accessModes, volumeAttributesClassName } = claim.spec
  if (selector !== undefined && !matchesSelector(selector, volume.metadata.labels)) return false
  if (classOfVolume(volume) !== classOfClaim(claim)) return false
  if ((volumeAttributesClassName ?? '') !== (volume.spec.volumeAttributesClassName ?? '')) return false
  const offered = volume.spec.accessModes ?? []
  return (accessModes ?? []).every((mode) => offered.includes(mode))
}
