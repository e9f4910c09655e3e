import { persistentVolumeBinder } from '../../../src/actors/controllers/persistentvolume-binder/persistentvolume-binder.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../src/kubernetes/types/storage.ts'
import { made } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const COMMON = { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', storageClassName: '' }

const volume = (name: string, storage: string): ReturnType<typeof made> =>
  made('PersistentVolume', name, {
    spec: { ...COMMON, capacity: { storage }, persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: '/x' } },
    status: { phase: 'Pending' },
  })

const claim = (name: string, storage: string): ReturnType<typeof made> =>
  made('PersistentVolumeClaim', name, {
    spec: { ...COMMON, resources: { requests: { storage } } },
    status: { phase: 'Pending' },
  })

/** Two claims come one after the other, for two volumes that fit both. */
export const persistentVolumeBinderWorld: SmallWorld = {
  name: 'persistentvolume-binder-controller',
  controllers: () => [persistentVolumeBinder],
  given: [volume('disk-1', '5Gi'), volume('disk-2', '5Gi')],
  steps: 8,
  script: {
    1: (stage) => stage.put(claim('data', '1Gi')),
    4: (stage) => stage.put(claim('more', '1Gi')),
  },
  // Which of the two a claim gets is the controller's choice.
  outcome: (object) => {
    const { claimRef, volumeName } = (object as PersistentVolume & PersistentVolumeClaim).spec
    const isHeld = claimRef !== undefined || volumeName !== undefined
    return { kind: object.kind, metadata: { name: object.metadata.name }, isHeld }
  },
  never: (stage) => {
    const claims = stage.list('PersistentVolume').flatMap(({ spec }) => spec.claimRef?.name ?? [])
    const volumes = stage.list('PersistentVolumeClaim').flatMap(({ spec }) => spec.volumeName ?? [])
    if (new Set(volumes).size < volumes.length) return 'two claims have one volume'
    return new Set(claims).size < claims.length ? 'two volumes are held for one claim' : undefined
  },
  finally: (stage) => {
    const phases = stage.list('PersistentVolume').map(({ status }) => status?.phase)
    return phases.join() === 'Bound,Bound' ? undefined : `volumes are ${phases.join()}`
  },
}
