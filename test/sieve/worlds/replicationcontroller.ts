import { replicationController } from '../../../src/actors/controllers/replicaset/replicaset.ts'
import { atMost, kubelets, made, template } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

/** Grown and shrunk. */
export const replicationControllerWorld: SmallWorld = {
  name: 'replicationcontroller-controller',
  controllers: () => [replicationController()],
  given: [
    made('ReplicationController', 'web', { spec: { replicas: 1, selector: { app: 'web' }, template: template() } }),
  ],
  steps: 7,
  around: kubelets,
  script: {
    1: (stage) => stage.edit('ReplicationController', 'web', { replicas: 2 }),
    4: (stage) => stage.edit('ReplicationController', 'web', { replicas: 1 }),
  },
  never: atMost(2),
}
