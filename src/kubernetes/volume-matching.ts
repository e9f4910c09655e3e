/** Which volume suits a claim. Source: component-helpers/storage/volume/pv_helpers.go (v1.36). */
import { compileNodeSelector } from './node-selector.ts'
import { value } from './quantity.ts'
import { matchesSelector } from './selectors.ts'
import type { Node } from './types/node.ts'
import type { PersistentVolume, PersistentVolumeClaim } from './types/storage.ts'
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

/** Where a volume is to be found for a claim. */
export interface Search {
  /** Where the claim's Pod is to run; undefined where nobody knows yet. */
  readonly node?: Node
  readonly taken?: ReadonlySet<string>
  /** The claim's class waits for a Pod: without a node only a volume that is reserved for it will do. */
  readonly waitsForPod?: boolean
}

/**
 * The volume reserved for the claim, else the smallest that suits it and can be reached from the node.
 * Source: pv_helpers.go, FindMatchingVolume.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  { node, taken, waitsForPod = false }: Search,
): PersistentVolume | undefined {
  const wanted = claimSize(claim)
  let smallest: PersistentVolume | undefined
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name) === true) continue
    const reserved = isBoundTo(volume, claim)
    if (volume.spec.claimRef !== undefined && !reserved) continue
    if (volumeSize(volume) < wanted || volume.metadata.deletionTimestamp !== undefined) continue
    if (!sameMode(volume, claim)) continue
    const isNear = node === undefined || reachableFrom(volume, node)
    if (reserved) return isNear ? volume : undefined
    if ((node === undefined && waitsForPod) || !isNear || !suits(volume, claim)) continue
    if (smallest === undefined || volumeSize(smallest) > volumeSize(volume)) smallest = volume
  }
  return smallest
}

export const sameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.volumeMode ?? 'Filesystem') === (volume.spec.volumeMode ?? 'Filesystem')

/** Whether the volume can be used in all the ways that the claim asks for. */
export const offersModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const offered = volume.spec.accessModes ?? []
  return (claim.spec.accessModes ?? []).every((mode) => offered.includes(mode))
}

function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.status?.phase !== 'Available') return false
  const { selector, volumeAttributesClassName } = claim.spec
  if (selector !== undefined && !matchesSelector(selector, volume.metadata.labels)) return false
  if (classOfVolume(volume) !== classOfClaim(claim)) return false
  if ((volumeAttributesClassName ?? '') !== (volume.spec.volumeAttributesClassName ?? '')) return false
  return offersModes(volume, claim)
}
