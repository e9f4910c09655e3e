/** What is asked of Pods, claims and volumes. Source: component-helpers/storage/volume/helpers.go (v1.36). */
import type { ApiObject } from '../events/json.ts'
import { isControlledBy } from './owners.ts'
import type { Pod } from './types/pod.ts'
import type { PersistentVolume, PersistentVolumeClaim } from './types/storage.ts'
import type { Volume } from './types/volume.ts'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

/** As the API server says it. */
export const notFound = (resource: string, name: string): string => `${resource} "${name}" not found`

/** Claims that the Pod's volumes name. */
export const claimNames = (pod: Pod): readonly string[] =>
  (pod.spec.volumes ?? [])
    .map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName)
    .filter((name) => name !== undefined)

/** The claim behind a volume: named, or made for it under the Pod's name. */
export const claimOfVolume = (pod: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined =>
  persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.metadata.name}-${name}`)

/** Whether two Pods of one namespace use one claim. */
export function usesClaimOf(pod: Pod, other: Pod): boolean {
  const own = new Set(claimNames(pod))
  return claimNames(other).some((name) => own.has(name))
}

export const classOfClaim = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? ''

export const classOfVolume = ({ metadata, spec }: PersistentVolume): string =>
  metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? ''

/**
 * Why a volume of the Pod may not take the claim of its name: one for an ephemeral volume must have been made for this Pod,
 * not for an earlier one of its name nor by anybody else. Source: component-helpers/storage/ephemeral/ephemeral.go, VolumeIsForPod.
 */
export function foreignClaim(pod: Pod, { persistentVolumeClaim }: Volume, claim: ApiObject): string | undefined {
  if (persistentVolumeClaim !== undefined || isControlledBy(claim, pod)) return undefined
  const { namespace = '', name } = pod.metadata
  const of = `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`
  return `PVC ${of} was not created for pod ${namespace}/${name} (pod is not owner)`
}

/** Whether the claim is that of one of the Pod's volumes. */
export const isClaimOfPod = (pod: Pod, claim: ApiObject): boolean =>
  claim.metadata.namespace === pod.metadata.namespace &&
  (pod.spec.volumes ?? []).some(
    (volume) => claimOfVolume(pod, volume) === claim.metadata.name && foreignClaim(pod, volume, claim) === undefined,
  )

/** How claims and volumes say what has been done with them. Source: component-helpers/storage/volume/pv_helpers.go (v1.36). */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'
