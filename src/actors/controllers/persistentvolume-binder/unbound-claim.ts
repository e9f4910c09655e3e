import type { World } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { isTerminal } from '../../../kubernetes/pods.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import {
  claimSize,
  findMatchingVolume,
  isBoundTo,
  offersModes,
  sameMode,
  volumeSize,
} from '../../../kubernetes/volume-matching.ts'
import {
  BOUND_BY_CONTROLLER,
  classOfClaim,
  classOfVolume,
  isClaimOfPod,
  SELECTED_NODE,
} from '../../../kubernetes/volumes.ts'
import { bind } from './bind.ts'
import { assignDefaultClass } from './default-class.ts'
import { writeClaimPhase } from './phases.ts'
import { provision } from './provision.ts'
import { nextTurn, type BinderWorld } from './resync.ts'

/** A claim that still looks for a volume. Source: pv_controller.go, syncUnboundClaim (v1.36). */
export function* syncUnboundClaim(claim: PersistentVolumeClaim, world: BinderWorld): Sync {
  const { volumeName = '' } = claim.spec
  const failure = volumeName === '' ? yield* search(claim, world) : yield* take(claim, volumeName, world)
  return failure === undefined ? nextTurn(world) : failure === DONE ? undefined : { retry: failure }
}

/** Nothing is left to wait for. */
const DONE = ''

/** Any volume that suits it. */
function* search(claim: PersistentVolumeClaim, world: World): Sync<string | undefined> {
  const className = classOfClaim(claim)
  const storageClass = className === '' ? undefined : world.view.get('StorageClass', undefined, className)
  const waitsForPod = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const volume = bestMatch(claim, world, waitsForPod)
  if (volume !== undefined) return (yield* bind(volume, claim, world)) ?? DONE
  const assigned = yield* assignDefaultClass(claim, world)
  if (assigned !== undefined) return assigned
  if (waitsForPod && claim.metadata.annotations?.[SELECTED_NODE] === undefined) tellWaiting(claim, world)
  else if (className !== '') {
    yield* provision(claim, className, storageClass, world)
    return undefined
  } else {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    world.event('PersistentVolumeClaim', claim, 'Normal', 'FailedBinding', message)
  }
  return yield* stayPending(claim)
}

/** Those that can be used in the fewest ways come first. Source: index.go, findBestMatchForClaim (v1.36). */
const bestMatch = (claim: PersistentVolumeClaim, world: World, waitsForPod: boolean): PersistentVolume | undefined => {
  const byModes = new Map<string, PersistentVolume[]>()
  for (const volume of world.view.list('PersistentVolume')) {
    if (!offersModes(volume, claim)) continue
    const modes = [...(volume.spec.accessModes ?? [])].sort().join(',')
    const others = byModes.get(modes)
    if (others === undefined) byModes.set(modes, [volume])
    else others.push(volume)
  }
  const groups = [...byModes.values()].sort(
    ([a], [b]) => (a?.spec.accessModes?.length ?? 0) - (b?.spec.accessModes?.length ?? 0),
  )
  for (const group of groups) {
    const found = findMatchingVolume(claim, group, { waitsForPod })
    if (found !== undefined) return found
  }
  return undefined
}

/** Source: pv_controller.go, emitEventForUnboundDelayBindingClaim. */
const tellWaiting = (claim: PersistentVolumeClaim, world: World): void => {
  const waiting = world.view
    .list('Pod', claim.metadata.namespace)
    .filter((pod) => (pod.spec.nodeName ?? '') === '' && !isTerminal(pod) && isClaimOfPod(pod, claim))
    .map(({ metadata }) => metadata.name)
  const [reason, message] =
    waiting.length === 0
      ? ['WaitForFirstConsumer', 'waiting for first consumer to be created before binding']
      : [
          'WaitForPodScheduled',
          `waiting for ${waiting.length > 1 ? 'pods' : 'pod'} ${waiting.join(',')} to be scheduled`,
        ]
  world.event('PersistentVolumeClaim', claim, 'Normal', reason, message)
}

/** The volume that it names and no other. */
function* take(claim: PersistentVolumeClaim, volumeName: string, world: World): Sync<string | undefined> {
  const volume = world.view.get('PersistentVolume', undefined, volumeName)
  if (volume === undefined) return yield* stayPending(claim)
  const warn = (reason: string, message: string): void =>
    world.event('PersistentVolumeClaim', claim, 'Warning', reason, message)
  if (volume.spec.claimRef === undefined) {
    const problem = mismatch(volume, claim)
    if (problem === undefined) return (yield* bind(volume, claim, world)) ?? DONE
    warn('VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${problem}`)
    return yield* stayPending(claim)
  }
  if (isBoundTo(volume, claim)) return (yield* bind(volume, claim, world)) ?? DONE
  warn('FailedBinding', `volume "${volumeName}" already bound to a different claim.`)
  if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined) {
    const { namespace = '', name } = claim.metadata
    return `invalid binding of claim "${namespace}/${name}" to volume "${volumeName}": volume already claimed by "${volume.spec.claimRef.namespace ?? ''}/${volume.spec.claimRef.name ?? ''}"`
  }
  return yield* stayPending(claim)
}

/** Source: pv_controller.go, checkVolumeSatisfyClaim (v1.36). */
const mismatch = (volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined => {
  const { name, deletionTimestamp } = volume.metadata
  if (deletionTimestamp !== undefined) return `the volume is marked for deletion "${name}"`
  if (volumeSize(volume) < claimSize(claim)) return 'requested PV is too small'
  if (classOfVolume(volume) !== classOfClaim(claim)) return 'storageClassName does not match'
  if (!sameMode(volume, claim)) return 'incompatible volumeMode'
  if (!offersModes(volume, claim)) return 'incompatible accessMode'
  const { volumeAttributesClassName: wanted = '' } = claim.spec
  return wanted === (volume.spec.volumeAttributesClassName ?? '')
    ? undefined
    : 'volumeAttributesClassName does not match'
}

function* stayPending(claim: PersistentVolumeClaim): Sync<string | undefined> {
  const written = yield* writeClaimPhase(claim, 'Pending', undefined)
  return typeof written === 'string' ? written : undefined
}
