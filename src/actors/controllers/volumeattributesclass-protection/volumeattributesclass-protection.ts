import { defineController } from '../../../engine/client/controller.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { ApiObject } from '../../../events/json.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { View } from '../../../kubernetes/view.ts'
import { protect } from '../shared/protection.ts'

const FINALIZER = 'kubernetes.io/vac-protection'

/**
 * A class of volume attributes that is to be deleted stays while a claim or a volume has it, or is about to.
 * Source: pkg/controller/volume/vacprotection/vac_protection_controller.go (v1.36).
 */
export const volumeAttributesClassProtectionController = defineController({
  name: 'volumeattributesclass-protection-controller',
  kinds: ['VolumeAttributesClass', 'PersistentVolumeClaim', 'PersistentVolume'],
  workers: 1,
  memory: () => undefined,

  wakes: ({ kind, name, before, after }) => {
    if (kind === 'VolumeAttributesClass') return after === undefined ? [] : [name]
    const kept = classesOf(kind, after)
    return classesOf(kind, before).filter((one) => !kept.includes(one))
  },

  *reconcile(name, { view }): Sync {
    const attributes = view.get('VolumeAttributesClass', undefined, name)
    if (attributes === undefined) return
    const failure = yield* protect('VolumeAttributesClass', attributes, FINALIZER, () => isUsed(name, view))
    return failure === undefined ? undefined : { retry: failure }
  },
})

const isUsed = (name: string, view: View): boolean =>
  view.list('PersistentVolume').some((volume) => classesOfVolume(volume).includes(name)) ||
  view.list('PersistentVolumeClaim').some((claim) => classesOfClaim(claim).includes(name))

const classesOf = (kind: string, object: ApiObject | undefined): readonly string[] => {
  if (object === undefined) return []
  return kind === 'PersistentVolume'
    ? classesOfVolume(object as PersistentVolume)
    : classesOfClaim(object as PersistentVolumeClaim)
}

const classesOfVolume = ({ spec }: PersistentVolume): readonly string[] => named([spec.volumeAttributesClassName])

/** Wanted, had, and being changed to. */
const classesOfClaim = ({ spec, status }: PersistentVolumeClaim): readonly string[] =>
  named([
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ])

const named = (names: readonly (string | undefined)[]): readonly string[] =>
  names.filter((name) => name !== undefined && name !== '').map(String)
