import { ephemeralVolumeController } from '../../../src/actors/controllers/ephemeral-volume/ephemeral-volume.ts'
import { isControlledBy } from '../../../src/kubernetes/owners.ts'
import { made, readyPod } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: {}, spec } } }]

/**
 * A Pod whose claim is deleted and one whose claim somebody else has made; then a Pod makes way for another of its name, whose
 * claim has to wait until the garbage collector has taken that of the first.
 */
export const ephemeralVolume: SmallWorld = {
  name: 'ephemeral-volume-controller',
  controllers: () => [ephemeralVolumeController],
  given: [
    made('PersistentVolumeClaim', 'blocked-scratch', { spec }),
    readyPod('web', { volumes }),
    readyPod('blocked', { volumes }),
  ],
  steps: 12,
  script: {
    2: (stage) => stage.remove('PersistentVolumeClaim', 'web-scratch'),
    4: (stage) => stage.remove('PersistentVolumeClaim', 'blocked-scratch'),
    6: (stage) => {
      stage.remove('Pod', 'web')
      stage.put(readyPod('web', { volumes }, { uid: 'uid-of-the-second' }))
    },
  },
  around: (stage) => {
    const pods = new Set(stage.list('Pod').map(({ metadata }) => metadata.uid))
    for (const { metadata } of stage.list('PersistentVolumeClaim')) {
      const owner = metadata.ownerReferences?.[0]?.uid
      if (owner !== undefined && !pods.has(owner)) stage.remove('PersistentVolumeClaim', metadata.name)
    }
  },
  finally: (stage) => {
    for (const pod of stage.list('Pod')) {
      const claim = stage.get('PersistentVolumeClaim', `${pod.metadata.name}-scratch`)
      if (claim === undefined) return `${pod.metadata.name} has no claim`
      if (!isControlledBy(claim, pod)) return `the claim of ${pod.metadata.name} was not made for it`
    }
    return stage.list('PersistentVolumeClaim').length === 2 ? undefined : 'there are more claims than volumes'
  },
}
