import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from '../../../kubernetes/volumes.ts'
import { writeClaimPhase, writeVolumePhase } from './phases.ts'

/**
 * Writes both sides of a bond, as far as they are not written yet: the volume and its phase, then the claim and its phase.
 * Gives why it could not. Source: pv_controller.go, bind (v1.36).
 */
export function* bind(volume: PersistentVolume, claim: PersistentVolumeClaim, world: World): Sync<string | undefined> {
  const claimed = yield* bindVolume(volume, claim)
  if (typeof claimed === 'string') return claimed
  const bound = yield* writeVolumePhase(claimed, 'Bound', world)
  if (typeof bound === 'string') return bound
  const named = yield* bindClaim(bound, claim)
  if (typeof named === 'string') return named
  const done = yield* writeClaimPhase(named, 'Bound', bound)
  return typeof done === 'string' ? done : undefined
}

/** Source: component-helpers/storage/volume/pv_helpers.go, GetBindVolumeToClaim (v1.36). */
function* bindVolume(
  volume: PersistentVolume,
  { apiVersion, kind, metadata }: PersistentVolumeClaim,
): Sync<PersistentVolume | string> {
  const { claimRef } = volume.spec
  const { namespace, name, uid, resourceVersion } = metadata
  const isOurs = claimRef?.name === name && claimRef.namespace === namespace && claimRef.uid === uid
  if (isOurs) return volume
  const annotations = { ...volume.metadata.annotations, ...(claimRef === undefined ? BY_CONTROLLER : {}) }
  const body: PersistentVolume = {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef: { kind, namespace, name, uid, apiVersion, resourceVersion } },
  }
  const answer = yield* call({
    verb: 'update',
    kind: 'PersistentVolume',
    name: volume.metadata.name,
    body,
  })
  return answer.ok ? (answer.object ?? body) : answer.message
}

const BY_CONTROLLER = { [BOUND_BY_CONTROLLER]: 'yes' }

/** Source: pv_controller.go, bindClaimToVolume (v1.36). */
function* bindClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): Sync<PersistentVolumeClaim | string> {
  const { namespace, name, annotations } = claim.metadata
  const isNamed = claim.spec.volumeName === volume.metadata.name
  if (isNamed && annotations?.[BIND_COMPLETED] !== undefined) return claim
  const body: PersistentVolumeClaim = {
    ...claim,
    metadata: {
      ...claim.metadata,
      annotations: { ...annotations, [BIND_COMPLETED]: 'yes', ...(isNamed ? {} : BY_CONTROLLER) },
    },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  }
  const answer = yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', namespace, name, body })
  return answer.ok ? (answer.object ?? body) : answer.message
}
