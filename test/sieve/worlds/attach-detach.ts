import { attachDetachController } from '../../../src/actors/controllers/attach-detach/attach-detach.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import { made, readyNode, readyPod } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

/** The driver: what is asked for is attached, what is to go is detached. */
const driver = (stage: Stage): void => {
  for (const { metadata, status } of stage.list('VolumeAttachment')) {
    if (metadata.deletionTimestamp !== undefined) stage.remove('VolumeAttachment', metadata.name)
    else if (status?.attached !== true)
      stage.change('VolumeAttachment', metadata.name, (one) => ({ ...one, status: { attached: true } }))
  }
}

const user = (node: string): ReturnType<typeof made> =>
  readyPod(`on-${node}`, {
    nodeName: node,
    volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'data' } }],
  })

/** A Pod with a disk goes from one node to the other. */
export const attachDetach: SmallWorld = {
  name: 'persistentvolume-attach-detach-controller',
  controllers: () => [attachDetachController],
  given: [
    readyNode('node-1'),
    readyNode('node-2'),
    made('PersistentVolume', 'disk', {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        csi: { driver: 'disk.example', volumeHandle: 'disk' },
        claimRef: {
          kind: 'PersistentVolumeClaim',
          namespace: 'default',
          name: 'data',
          uid: 'uid-PersistentVolumeClaim-data',
        },
      },
      status: { phase: 'Bound' },
    }),
    made('PersistentVolumeClaim', 'data', { spec: { volumeName: 'disk' }, status: { phase: 'Bound' } }),
  ],
  steps: 9,
  around: driver,
  script: {
    1: (stage) => stage.put(user('node-1')),
    4: (stage) => stage.remove('Pod', 'on-node-1'),
    5: (stage) => stage.put(user('node-2')),
  },
  // Of nodes only what is attached to them.
  outcome: (object) => {
    if (object.kind !== 'Node') return object
    return { ...object, status: { attached: (object as Node).status?.volumesAttached ?? [] } }
  },
  never: (stage) => (stage.list('VolumeAttachment').length > 1 ? 'one disk on two nodes' : undefined),
  finally: (stage) => {
    const nodes = stage.list('VolumeAttachment').map(({ spec }) => spec.nodeName)
    return nodes.join() === 'node-2' ? undefined : `attached to ${nodes.join()}`
  },
  knownWrong: {
    'hidden/3': 'the patch of a node status is a difference to the node as it was seen, as upstream',
  },
}
