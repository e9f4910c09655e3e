import { taintEvictionController } from '../../../src/actors/controllers/taint-eviction/taint-eviction.ts'
import { kubelets, readyNode, readyPod } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const tolerating = (tolerationSeconds?: number): object => ({
  tolerations: [{ key: 'x', operator: 'Exists', effect: 'NoExecute', tolerationSeconds }],
})

/** A node is tainted for good, another only for a while. */
export const taintEviction: SmallWorld = {
  name: 'taint-eviction-controller',
  controllers: () => [taintEvictionController],
  given: [
    readyNode('node-1'),
    readyNode('node-2'),
    readyPod('none'),
    readyPod('patient', tolerating(4)),
    readyPod('ever', tolerating()),
    readyPod('spared', { ...tolerating(30), nodeName: 'node-2' }),
  ],
  steps: 10,
  around: kubelets,
  script: {
    1: (stage) => {
      for (const node of ['node-1', 'node-2']) stage.edit('Node', node, { taints: [{ key: 'x', effect: 'NoExecute' }] })
    },
    5: (stage) => stage.edit('Node', 'node-2', { taints: [] }),
  },
  never: (stage) =>
    ['ever', 'spared'].every((name) => stage.get('Pod', name)?.metadata.deletionTimestamp === undefined)
      ? undefined
      : 'a Pod went that may stay',
}
