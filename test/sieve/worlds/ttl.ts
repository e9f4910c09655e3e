import { ttlController } from '../../../src/actors/controllers/ttl/ttl.ts'
import { readyNode } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

/** Nodes come, and somebody removes what was noted on one. */
export const ttl: SmallWorld = {
  name: 'ttl-controller',
  controllers: () => [ttlController],
  given: [readyNode('node-1')],
  steps: 6,
  script: {
    1: (stage) => stage.put(readyNode('node-2')),
    3: (stage) =>
      stage.change('Node', 'node-1', (node) => ({ ...node, metadata: { ...node.metadata, annotations: {} } })),
  },
}
