import type { World } from '../../../engine/client/controller.ts'
import { keyFor } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import { sameMode } from '../../../kubernetes/volume-matching.ts'
import { BOUND_BY_CONTROLLER, PROVISIONED_BY } from '../../../kubernetes/volumes.ts'
import { failVolume, writeVolumePhase } from './phases.ts'
import { nextTurn, type BinderWorld } from './resync.ts'

/** Source: pv_controller.go, syncVolume (v1.36). */
export function* syncVolume(volume: PersistentVolume, world: BinderWorld): Sync {
  const failure = yield* settle(volume, world)
  return failure === undefined ? undefined : { retry: failure }
}

function* settle(volume: PersistentVolume, world: BinderWorld): Sync<string | undefined> {
  const { claimRef, persistentVolumeReclaimPolicy: policy } = volume.spec
  const { name } = volume.metadata
  // Reserved for a claim that has not come yet, it is available all the same.
  if (claimRef === undefined || (claimRef.uid ?? '') === '') return yield* toPhase(volume, 'Available', world)
  const claim = yield* claimOf(volume, world)
  if (typeof claim === 'string') return claim
  if (claim === undefined) return yield* release(volume, world)
  const { volumeName = '' } = claim.spec
  if (volumeName === '') {
    if (!sameMode(volume, claim)) {
      const message = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`
      world.event('PersistentVolume', volume, 'Warning', 'VolumeMismatch', message)
      const other = `Cannot bind PersistentVolume "${name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`
      world.event('PersistentVolumeClaim', claim, 'Warning', 'VolumeMismatch', other)
      world.wake({ key: `volume/${name}`, ...nextTurn(world) })
      return undefined
    }
    world.wake(`claim/${keyFor(claim.metadata.namespace, claim.metadata.name)}`)
    return undefined
  }
  if (volumeName === name) return yield* toPhase(volume, 'Bound', world)
  const wasMade = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined
  return wasMade && policy === 'Delete' ? yield* release(volume, world) : yield* unbind(volume, world)
}

function* toPhase(
  volume: PersistentVolume,
  phase: 'Available' | 'Bound' | 'Released',
  world: World,
): Sync<string | undefined> {
  const written = yield* writeVolumePhase(volume, phase, world)
  return typeof written === 'string' ? written : undefined
}

/** The very claim that the volume was bound to: one of the same name that came after it does not count. */
function* claimOf(volume: PersistentVolume, world: World): Sync<PersistentVolumeClaim | string | undefined> {
  const { namespace, name = '', uid } = volume.spec.claimRef ?? {}
  const seen = world.view.get('PersistentVolumeClaim', namespace, name)
  if (seen?.metadata.uid === uid) return seen
  const { phase } = volume.status ?? {}
  if (phase === 'Released' || phase === 'Failed') return undefined
  // The view may be older than the volume's bond.
  const answer = yield* call({ verb: 'get', kind: 'PersistentVolumeClaim', namespace, name })
  if (!answer.ok) return answer.code === 404 ? undefined : answer.message
  return answer.object?.metadata.uid === uid ? answer.object : undefined
}

/**
 * The claim is gone: the volume is freed, kept or thrown away, as its policy says. What was made outside is thrown away
 * by who made it. Source: pv_controller.go, reclaimVolume and deleteVolume (v1.36).
 */
function* release(volume: PersistentVolume, world: World): Sync<string | undefined> {
  const { phase } = volume.status ?? {}
  const released = phase === 'Failed' ? volume : yield* writeVolumePhase(volume, 'Released', world)
  if (typeof released === 'string') return released
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Recycle':
      return yield* recycle(released, world)
    case 'Delete': {
      const isExternal = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined || volume.spec.csi !== undefined
      return isExternal ? undefined : yield* remove(released, world)
    }
    default:
      return undefined
  }
}

/**
 * What is on a host or on NFS is swept, and free again. Source: pv_controller.go, recycleVolumeOperation (v1.36).
 * Abridged: upstream sweeps by a Pod, which takes some seconds.
 */
function* recycle(volume: PersistentVolume, world: World): Sync<string | undefined> {
  const { hostPath, nfs } = volume.spec
  if (hostPath === undefined && nfs === undefined) {
    return yield* failVolume(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!', world)
  }
  world.event('PersistentVolume', volume, 'Normal', 'VolumeRecycled', 'Volume recycled')
  return yield* unbind(volume, world)
}

/** Source: pkg/volume/hostpath/host_path.go, Delete: anywhere below a folder of this name (v1.36). */
const DELETABLE = /\/tmp\/.+/

/** The only volumes that kube-controller-manager still deletes by itself are folders of a host. Source: pv_controller.go, doDeleteVolume (v1.36). */
function* remove(volume: PersistentVolume, world: World): Sync<string | undefined> {
  const { name } = volume.metadata
  const { hostPath } = volume.spec
  if (hostPath === undefined) {
    const message = `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`
    return yield* failVolume(volume, 'VolumeFailedDelete', message, world)
  }
  if (!DELETABLE.test(hostPath.path)) {
    const message = `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`
    return yield* failVolume(volume, 'VolumeFailedDelete', message, world)
  }
  const answer = yield* call({ verb: 'delete', kind: 'PersistentVolume', name })
  return answer.ok || answer.code === 404 ? undefined : answer.message
}

/** Its claim has another volume: this one is free again. Source: pv_controller.go, unbindVolume (v1.36). */
function* unbind(volume: PersistentVolume, world: World): Sync<string | undefined> {
  const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = volume.metadata.annotations ?? {}
  const { claimRef, ...spec } = volume.spec
  // Who reserved the volume for a claim of that name still wants it to be.
  const { uid: _uid, ...reserved } = claimRef ?? {}
  const body: PersistentVolume = {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: byController === undefined ? { ...spec, claimRef: reserved } : spec,
  }
  const { name } = volume.metadata
  const answer = yield* call({ verb: 'update', kind: 'PersistentVolume', name, body })
  if (!answer.ok) return answer.message
  return yield* toPhase(answer.object ?? body, 'Available', world)
}
