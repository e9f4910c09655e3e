import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimStatus,
  PersistentVolumeStatus,
} from '../../../kubernetes/types/storage.ts'

/** Source: pv_controller.go, updateVolumePhase (v1.36). Gives the volume as it is now, or why it could not be written. */
export function* writeVolumePhase(
  volume: PersistentVolume,
  phase: NonNullable<PersistentVolumeStatus['phase']>,
  world: Pick<World, 'now'>,
  message?: string,
): Sync<PersistentVolume | string> {
  if (volume.status?.phase === phase) return volume
  const status = {
    phase,
    ...(message === undefined ? {} : { message }),
    lastPhaseTransitionTime: rfc3339(world.now),
  }
  const body: PersistentVolume = { ...volume, status }
  const { name } = volume.metadata
  const answer = yield* call({ verb: 'update', kind: 'PersistentVolume', name, subresource: 'status', body })
  return answer.ok ? (answer.object ?? body) : answer.message
}

/** The same, and an Event about why. Source: pv_controller.go, updateVolumePhaseWithEvent. */
export function* failVolume(
  volume: PersistentVolume,
  reason: string,
  message: string,
  world: World,
): Sync<string | undefined> {
  if (volume.status?.phase === 'Failed') return undefined
  const written = yield* writeVolumePhase(volume, 'Failed', world, message)
  if (typeof written === 'string') return written
  world.event('PersistentVolume', written, 'Warning', reason, message)
  return undefined
}

/** Source: pv_controller.go, updateClaimStatus (v1.36). Gives the claim as it is now, or why it could not be written. */
export function* writeClaimPhase(
  claim: PersistentVolumeClaim,
  phase: NonNullable<PersistentVolumeClaimStatus['phase']>,
  volume: PersistentVolume | undefined,
): Sync<PersistentVolumeClaim | string> {
  const before = claim.status ?? {}
  const { accessModes: _modes, capacity: _capacity, ...rest } = before
  const status: PersistentVolumeClaimStatus =
    volume === undefined
      ? { ...rest, phase }
      : {
          ...before,
          phase,
          accessModes: volume.spec.accessModes,
          // What is resized later is said by whoever resizes it.
          capacity:
            before.phase === 'Bound' && before.capacity !== undefined ? before.capacity : (volume.spec.capacity ?? {}),
        }
  if (sameJson(before, status)) return claim
  const body: PersistentVolumeClaim = { ...claim, status }
  const { namespace, name } = claim.metadata
  const kind = 'PersistentVolumeClaim'
  const answer = yield* call({ verb: 'update', kind, namespace, name, subresource: 'status', body })
  return answer.ok ? (answer.object ?? body) : answer.message
}

/** The same, and an Event about why, the first time. Source: pv_controller.go, updateClaimStatusWithEvent. */
export function* loseClaim(
  claim: PersistentVolumeClaim,
  reason: string,
  message: string,
  world: World,
): Sync<string | undefined> {
  if (claim.status?.phase === 'Lost') return undefined
  const written = yield* writeClaimPhase(claim, 'Lost', undefined)
  if (typeof written === 'string') return written
  world.event('PersistentVolumeClaim', written, 'Warning', reason, message)
  return undefined
}
