import { podGcController } from '../../../src/actors/controllers/pod-gc/pod-gc.ts'
import { seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import { readyNode, readyPod } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

/** A node goes for good with its Pod; another comes back soon enough. */
export const podGc: SmallWorld = {
  name: 'pod-garbage-collector-controller',
  controllers: () => [podGcController],
  given: [
    ...['node-1', 'node-2', 'node-3'].map((name) => readyNode(name)),
    readyPod('lost', { nodeName: 'node-1' }),
    readyPod('back', { nodeName: 'node-2' }),
    readyPod('calm', { nodeName: 'node-3' }),
    readyPod('nowhere', { nodeName: undefined }, { deletionTimestamp: rfc3339(0) }),
  ],
  step: seconds(5),
  steps: 20,
  settle: seconds(120),
  script: {
    1: (stage) => ['node-1', 'node-2'].forEach((name) => stage.remove('Node', name)),
    3: (stage) => stage.put(readyNode('node-2')),
  },
  never: (stage) =>
    ['back', 'calm'].every((name) => stage.get('Pod', name) !== undefined)
      ? undefined
      : 'a Pod went whose node is there',
}
