import { defineController, type Controller } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { hours } from '../../events/time.ts'
import type { CSIDriverShape } from './csi-driver.ts'

const INSTALL = 'install'

/** Makes what a driver's manifests hold: its CSIDriver and a StorageClass. Whoever deletes them wanted that. */
export const csiInstaller = (shape: CSIDriverShape): Controller =>
  defineController({
    name: 'csi-installer',
    kinds: ['CSIDriver', 'StorageClass'],
    workers: 1,
    memory: () => ({ isDone: false }),
    wakes: () => [],
    ticks: [{ name: INSTALL, every: hours(24), run: ({ memory }) => (memory.isDone ? [] : [INSTALL]) }],

    *reconcile(_key, { memory }): Sync {
      for (const object of manifests(shape)) {
        const answer = yield* call({ verb: 'create', kind: object.kind, name: object.metadata.name, body: object })
        if (!answer.ok && answer.reason !== 'AlreadyExists') return { retry: answer.message }
      }
      memory.isDone = true
    },
  })

interface Manifest {
  readonly apiVersion: string
  readonly kind: Kind
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
}

const manifests = ({ driver, storageClass, binding, attach }: CSIDriverShape): readonly Manifest[] => {
  const apiVersion = 'storage.k8s.io/v1'
  const spec = { attachRequired: attach, podInfoOnMount: false, volumeLifecycleModes: ['Persistent'] }
  const own = { apiVersion, kind: 'CSIDriver' as const, metadata: { name: driver }, spec }
  if (storageClass === '') return [own]
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const parts = { provisioner: driver, reclaimPolicy: 'Delete', volumeBindingMode: binding, allowVolumeExpansion: true }
  return [own, { apiVersion, kind: 'StorageClass', metadata: { name: storageClass, annotations }, ...parts }]
}
