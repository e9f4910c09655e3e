import { defineController, type Controller, type World } from '../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../engine/client/keys.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import { minutes, seconds } from '../../events/time.ts'
import { removeCondition, setCondition } from '../../kubernetes/conditions.ts'
import { value } from '../../kubernetes/quantity.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../kubernetes/types/storage.ts'
import type { Change } from '../../kubernetes/view.ts'
import { claimSize, volumeSize } from '../../kubernetes/volume-matching.ts'
import { callBackend } from './backend.ts'
import type { CSIDriverShape } from './csi-driver.ts'

/**
 * Lets volumes of its driver grow to what their claims ask for.
 * Abridged: the file system grows with the volume; no kubelet has to.
 * Source: kubernetes-csi/external-resizer v2, pkg/controller/controller.go, syncPVC and resizePVC.
 */
export const externalResizer = (shape: CSIDriverShape): Controller =>
  defineController({
    name: 'csi-resizer',
    component: `external-resizer ${shape.driver}`,
    kinds: ['PersistentVolumeClaim', 'PersistentVolume'],
    workers: 10,
    memory: () => undefined,
    queue: { base: seconds(1), max: minutes(5) },
    wakes: (change) => {
      const { kind, namespace, name, after } = change as Change<PersistentVolumeClaim>
      const asks = kind === 'PersistentVolumeClaim' && after !== undefined && wantsMore(after)
      return asks ? [keyFor(namespace, name)] : []
    },

    *reconcile(key, world): Sync {
      const { namespace, name } = splitKey(key)
      const claim = world.view.get('PersistentVolumeClaim', namespace, name)
      if (claim === undefined || !wantsMore(claim)) return
      const volume = world.view.get('PersistentVolume', undefined, claim.spec.volumeName ?? '')
      if (volume?.spec.csi?.driver !== shape.driver) return
      return yield* resize(claim, volume, shape, world)
    },
  })

const wantsMore = (claim: PersistentVolumeClaim): boolean =>
  claim.status?.phase === 'Bound' && claimSize(claim) > value(claim.status.capacity?.['storage'] ?? '0')

function* resize(claim: PersistentVolumeClaim, volume: PersistentVolume, shape: CSIDriverShape, world: World): Sync {
  const storage = claim.spec.resources?.requests?.['storage'] ?? '0'
  const { name } = volume.metadata
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    world.event('PersistentVolumeClaim', claim, type, reason, message)
  const resizing = { type: 'Resizing', status: 'True', reason: '', message: '' } as const
  const conditions = setCondition(claim.status?.conditions, resizing, rfc3339(world.now))
  const begun = yield* writeStatus(claim, { ...claim.status, conditions })
  if (typeof begun === 'string') return { retry: begun }
  tell('Normal', 'Resizing', `External resizer is resizing volume ${name}`)
  const problem = yield* callBackend(shape, shape.provisioning, world.random)
  if (problem !== undefined) {
    tell('Warning', 'VolumeResizeFailed', `resize volume "${name}" by resizer "${shape.driver}" failed: ${problem}`)
    return { retry: problem }
  }
  if (volumeSize(volume) < value(storage)) {
    const body = { spec: { capacity: { storage } } }
    const answer = yield* call({ verb: 'patch', kind: 'PersistentVolume', name, patchType: 'merge', body })
    if (!answer.ok) return { retry: answer.message }
  }
  const left = removeCondition(begun.status?.conditions, 'Resizing')
  const done = yield* writeStatus(begun, { ...begun.status, capacity: { storage }, conditions: left })
  if (typeof done === 'string') return { retry: done }
  tell('Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded')
}

function* writeStatus(
  claim: PersistentVolumeClaim,
  status: PersistentVolumeClaim['status'],
): Sync<PersistentVolumeClaim | string> {
  const { namespace, name } = claim.metadata
  const body = { ...claim, status }
  const kind = 'PersistentVolumeClaim'
  const answer = yield* call({ verb: 'update', kind, namespace, name, subresource: 'status', body })
  return answer.ok ? (answer.object ?? body) : answer.message
}
