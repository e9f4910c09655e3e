import { nodeIpamController } from '../../../src/actors/controllers/node-ipam/node-ipam.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import { readyNode } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

/** Nodes come and go; no two have one range, and none is given another. */
export const nodeIpam: SmallWorld = {
  name: 'node-ipam-controller',
  controllers: () => [nodeIpamController],
  given: [readyNode('node-1')],
  steps: 7,
  script: {
    1: (stage) => stage.put(readyNode('node-2'), readyNode('node-3')),
    3: (stage) => stage.remove('Node', 'node-2'),
    4: (stage) => stage.put(readyNode('node-4')),
  },
  never: (stage) => {
    const ranges = stage.list('Node').flatMap(({ spec }) => spec.podCIDR ?? [])
    return new Set(ranges).size < ranges.length ? `two nodes have one range of ${ranges.join()}` : undefined
  },
  // Which range a node gets is the controller's choice.
  outcome: (object) => {
    const { podCIDR, podCIDRs } = (object as Node).spec
    return { kind: object.kind, metadata: { name: object.metadata.name }, hasRange: podCIDRs?.join() === podCIDR }
  },
}
