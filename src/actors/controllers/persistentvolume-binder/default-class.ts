import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { PersistentVolumeClaim, StorageClass } from '../../../kubernetes/types/storage.ts'

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class'
const IS_DEFAULT_BETA = 'storageclass.beta.kubernetes.io/is-default-class'
const CLASS_BETA = 'volume.beta.kubernetes.io/storage-class'

/**
 * A claim that names no class gets the default one, once there is one; the newest of several. Gives '' when it was written,
 * undefined when there is nothing to write, else why it could not be.
 * Source: pv_controller.go, assignDefaultStorageClass; pkg/volume/util/storageclass.go, GetDefaultClass (v1.36).
 */
export function* assignDefaultClass(claim: PersistentVolumeClaim, world: World): Sync<string | undefined> {
  const { namespace, name, annotations } = claim.metadata
  if (claim.spec.storageClassName !== undefined || annotations?.[CLASS_BETA] !== undefined) return undefined
  const found = defaultClass(world.view.list('StorageClass'))
  if (found === undefined) return undefined
  const body = { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } }
  const answer = yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', namespace, name, body })
  return answer.ok ? '' : answer.message
}

const defaultClass = (classes: readonly StorageClass[]): StorageClass | undefined => {
  let newest: StorageClass | undefined
  for (const one of classes) {
    const { annotations, creationTimestamp, name } = one.metadata
    if (annotations?.[IS_DEFAULT] !== 'true' && annotations?.[IS_DEFAULT_BETA] !== 'true') continue
    const before = newest?.metadata
    const isNewer =
      before === undefined ||
      creationTimestamp > before.creationTimestamp ||
      (creationTimestamp === before.creationTimestamp && name < before.name)
    if (isNewer) newest = one
  }
  return newest
}
