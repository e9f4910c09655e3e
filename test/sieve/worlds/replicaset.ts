import { replicaSetController } from '../../../src/actors/controllers/replicaset/replicaset.ts'
import { atMost, kubelets, made, selector, template } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

/** Grown, shrunk, and a Pod of it deleted by somebody. */
export const replicaSet: SmallWorld = {
  name: 'replicaset-controller',
  controllers: () => [replicaSetController(true)],
  given: [made('ReplicaSet', 'web', { spec: { replicas: 1, selector, template: template() } })],
  steps: 8,
  around: kubelets,
  script: {
    1: (stage) => stage.edit('ReplicaSet', 'web', { replicas: 2 }),
    3: (stage) => {
      const [pod] = stage.list('Pod')
      if (pod !== undefined) stage.delete('Pod', pod.metadata.name)
    },
    5: (stage) => stage.edit('ReplicaSet', 'web', { replicas: 1 }),
  },
  never: atMost(2),
}
