import { pvcProtectionController } from '../../../src/actors/controllers/pvc-protection/pvc-protection.ts'
import { made, readyPod } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const PROTECTED = { finalizers: ['kubernetes.io/pvc-protection'] }
const claim = (name: string): ReturnType<typeof made> =>
  made('PersistentVolumeClaim', name, { spec: { accessModes: ['ReadWriteOnce'] } }, PROTECTED)

/** Both are deleted; the one that a Pod uses may go only after the Pod. */
export const pvcProtection: SmallWorld = {
  name: 'persistentvolumeclaim-protection-controller',
  controllers: () => [pvcProtectionController],
  given: [
    claim('used'),
    claim('free'),
    readyPod('user', { volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'used' } }] }),
  ],
  steps: 7,
  script: {
    1: (stage) => stage.delete('PersistentVolumeClaim', 'used'),
    2: (stage) => stage.delete('PersistentVolumeClaim', 'free'),
    4: (stage) => stage.remove('Pod', 'user'),
  },
  never: (stage) =>
    stage.get('PersistentVolumeClaim', 'used') === undefined && stage.get('Pod', 'user') !== undefined
      ? 'a claim went that a Pod uses'
      : undefined,
  finally: (stage) => (stage.list('PersistentVolumeClaim').length === 0 ? undefined : 'a claim stays'),
}
