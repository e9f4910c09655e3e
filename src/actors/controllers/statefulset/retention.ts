import type { OwnerReference } from '../../../events/json.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { claimsOf } from './claims.ts'
import { isInRange, ordinalOf, podName } from './identity.ts'

/*
 * Who owns a Pod's claims, so that they go with it or stay.
 * Source: pkg/controller/statefulset/stateful_set_utils.go and stateful_pod_control.go (v1.36).
 */

/** An owner as a claim may name it. */
interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly uid: string }
}

const policyOf = ({ spec }: StatefulSet): { readonly deletes: boolean; readonly scales: boolean } => {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  return { deletes: whenDeleted === 'Delete', scales: whenScaled === 'Delete' }
}

/** By name, whichever life of that name it is. Source: matchesRef. */
const names = ({ apiVersion, kind, name }: OwnerReference, owner: Owner): boolean =>
  apiVersion === owner.apiVersion && kind === owner.kind && name === owner.metadata.name

const referencesOf = ({ metadata: { ownerReferences = [] } }: PersistentVolumeClaim): readonly OwnerReference[] =>
  ownerReferences

/** The reference is to an earlier life of the owner. Source: hasStaleOwnerRef. */
const isStale = (claim: PersistentVolumeClaim, owner: Owner): boolean => {
  const reference = referencesOf(claim).find((one) => names(one, owner))
  return reference !== undefined && reference.uid !== owner.metadata.uid
}

/** Whether a claim of a Pod that is to come belongs to an earlier one of its name, and will go with it. Source: PodClaimIsStale. */
export const hasStaleClaim = (set: StatefulSet, ordinal: number, world: World): boolean => {
  if (!policyOf(set).scales) return false
  const unborn = { apiVersion: 'v1', kind: 'Pod', metadata: { name: podName(set, ordinal), uid: '' } }
  return claimsOf(set, ordinal, world).some((claim) => claim !== undefined && isStale(claim, unborn))
}

/** Somebody else manages the claim, which matters only where the set would. Source: hasUnexpectedController. */
const isForeign = (claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean => {
  const { deletes, scales } = policyOf(set)
  if (!deletes && !scales) return false
  return referencesOf(claim).some((reference) => {
    const ours = [set, pod].find((owner) => names(reference, owner))
    return ours === undefined ? reference.controller === true : reference.uid !== ours.metadata.uid
  })
}

const isOwnedBy = (claim: PersistentVolumeClaim, { metadata: { uid } }: Owner): boolean =>
  referencesOf(claim).some((reference) => reference.uid === uid)

const wantedOwners = (set: StatefulSet, pod: Pod): { readonly set: boolean; readonly pod: boolean } => {
  const { deletes, scales } = policyOf(set)
  const isLeaving = scales && !isInRange(set, ordinalOf(pod))
  return { set: deletes && !isLeaving, pod: isLeaving }
}

/** A claim in a state that nobody foresaw is left alone. Source: isClaimOwnerUpToDate. */
const isUpToDate = (claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean => {
  if (isStale(claim, set) || isStale(claim, pod)) return true
  if (isForeign(claim, set, pod)) return !isOwnedBy(claim, set) && !isOwnedBy(claim, pod)
  const ours = referencesOf(claim).filter(({ uid }) => uid === set.metadata.uid || uid === pod.metadata.uid)
  if (ours.some(({ controller }) => controller !== true)) return false
  const wanted = wantedOwners(set, pod)
  return isOwnedBy(claim, set) === wanted.set && isOwnedBy(claim, pod) === wanted.pod
}

/** Claims that the view does not show are looked at in time. Source: ClaimsMatchRetentionPolicy. */
export const matchRetention = (set: StatefulSet, pod: Pod, world: World): boolean =>
  claimsOf(set, ordinalOf(pod), world).every((claim) => claim === undefined || isUpToDate(claim, set, pod))

/** Gives why it could not. Source: UpdatePodClaimForRetentionPolicy. */
export function* applyRetention(set: StatefulSet, pod: Pod, world: World): Sync<string | undefined> {
  for (const claim of claimsOf(set, ordinalOf(pod), world)) {
    if (claim === undefined) continue
    const { namespace, name } = claim.metadata
    if (isForeign(claim, set, pod)) {
      const what = 'has a conflicting OwnerReference that acts as a manging controller'
      const message = `PersistentVolumeClaim ${name} ${what}, the retention policy is ignored for this claim`
      world.event('StatefulSet', set, 'Warning', 'ConflictingController', message)
    }
    if (isUpToDate(claim, set, pod)) continue
    const body = { ...claim, metadata: { ...claim.metadata, ownerReferences: owners(claim, set, pod) } }
    const answer = yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', namespace, name, body })
    if (!answer.ok) return `could not update claim ${name} for delete policy ownerRefs: ${answer.message}`
  }
  return undefined
}

/** Source: updateClaimOwnerRefForSetAndPod. */
const owners = (claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): readonly OwnerReference[] => {
  const others = referencesOf(claim).filter((one) => !names(one, set) && !names(one, pod))
  if (isForeign(claim, set, pod)) return others
  const wanted = wantedOwners(set, pod)
  return [
    ...others,
    ...(wanted.set ? [controllerReference(set)] : []),
    ...(wanted.pod ? [controllerReference(pod)] : []),
  ]
}
