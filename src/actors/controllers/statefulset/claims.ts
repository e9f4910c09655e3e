import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { controllerOf, controllerReference, isOwnedBy } from '../../../kubernetes/owners.ts'
import type { ApiObject } from '../../../events/json.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { claimName, isInRange, ordinalOf, podName } from './identity.ts'

/** The claims of an ordinal that the view shows. */
const claimsOf = (set: StatefulSet, ordinal: number, world: World): readonly (PersistentVolumeClaim | undefined)[] =>
  (set.spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) =>
    world.view.get('PersistentVolumeClaim', set.metadata.namespace, claimName(set, name, ordinal)),
  )

/**
 * Creates the claims of a Pod that are missing; gives why it could not.
 * Source: pkg/controller/statefulset/stateful_pod_control.go, createPersistentVolumeClaims (v1.36).
 */
export function* createClaims(set: StatefulSet, ordinal: number, world: World): Sync<string | undefined> {
  const existing = claimsOf(set, ordinal, world)
  let failure: string | undefined
  for (const [i, template] of (set.spec.volumeClaimTemplates ?? []).entries()) {
    const { namespace } = set.metadata
    const name = claimName(set, template.metadata.name, ordinal)
    const claim = existing[i]
    if (claim !== undefined) {
      if (claim.metadata.deletionTimestamp !== undefined) failure ??= `pvc ${name} is being deleted`
      continue
    }
    const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels }
    const body = { ...template, metadata: { ...template.metadata, name, namespace, labels } }
    const answer = yield* call({ verb: 'create', kind: 'PersistentVolumeClaim', namespace, name, body })
    const about = `Create Claim ${name}`
    if (answer.ok) {
      const message = `${about} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name} success`
      world.event('StatefulSet', set, 'Normal', 'SuccessfulCreate', message)
      continue
    }
    failure ??= `failed to create PVC ${name}: ${answer.message}`
    if (answer.reason === 'AlreadyExists') continue
    const where = `for Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`
    world.event('StatefulSet', set, 'Warning', 'FailedCreate', `${about} ${where} failed error: ${answer.message}`)
  }
  return failure
}

/** Whether a claim still belongs to an earlier Pod of this name, and will go with it. Source: PodClaimIsStale. */
export const hasStaleClaim = (set: StatefulSet, ordinal: number, world: World): boolean =>
  claimsOf(set, ordinal, world).some((claim) =>
    claim?.metadata.ownerReferences?.some(
      ({ apiVersion, kind, name }) => apiVersion === 'v1' && kind === 'Pod' && name === podName(set, ordinal),
    ),
  )

/** Who is to own a Pod's claims, so that they go with it. Source: stateful_set_utils.go, updateClaimOwnerRefForSetAndPod. */
const wantedOwners = (set: StatefulSet, pod: Pod): { readonly set: boolean; readonly pod: boolean } => {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const isLeaving = whenScaled === 'Delete' && !isInRange(set, ordinalOf(pod))
  return { set: whenDeleted === 'Delete' && !isLeaving, pod: isLeaving }
}

const isUpToDate = (claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean => {
  const wanted = wantedOwners(set, pod)
  return isOwnedBy(claim, set) === wanted.set && isOwnedBy(claim, pod) === wanted.pod
}

/** Somebody else manages the claim: its owners are left alone. */
const isForeign = (claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean => {
  const controller = controllerOf(claim)
  return controller !== undefined && controller.uid !== set.metadata.uid && controller.uid !== pod.metadata.uid
}

/** Claims that the view does not show count as matching. Source: stateful_pod_control.go, ClaimsMatchRetentionPolicy. */
export const matchRetention = (set: StatefulSet, pod: Pod, world: World): boolean => {
  const claims = claimsOf(set, ordinalOf(pod), world)
  if (claims.includes(undefined)) return true
  return claims.every((claim) => claim === undefined || isForeign(claim, set, pod) || isUpToDate(claim, set, pod))
}

/** Source: stateful_pod_control.go, UpdatePodClaimForRetentionPolicy. */
export function* applyRetention(set: StatefulSet, pod: Pod, world: World): Sync<string | undefined> {
  for (const claim of claimsOf(set, ordinalOf(pod), world)) {
    if (claim === undefined || isForeign(claim, set, pod) || isUpToDate(claim, set, pod)) continue
    const { namespace, name } = claim.metadata
    const body = { ...claim, metadata: { ...claim.metadata, ownerReferences: owners(claim, set, pod) } }
    const answer = yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', namespace, name, body })
    if (!answer.ok) {
      return `could not update claim ${name} for ${pod.metadata.name} when updating PVC deletion policy: ${answer.message}`
    }
  }
  return undefined
}

const owners = (
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
): NonNullable<ApiObject['metadata']['ownerReferences']> => {
  const wanted = wantedOwners(set, pod)
  const others = (claim.metadata.ownerReferences ?? []).filter(
    ({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid,
  )
  return [
    ...others,
    ...(wanted.set ? [controllerReference(set)] : []),
    ...(wanted.pod ? [controllerReference(pod)] : []),
  ]
}
