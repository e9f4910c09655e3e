import { serviceAccountController } from '../../../src/actors/controllers/serviceaccount/serviceaccount.ts'
import type { SmallWorld } from '../world.ts'
import { namespaceOf } from './namespace.ts'

/** A namespace comes, and somebody deletes the account of another. */
export const serviceAccount: SmallWorld = {
  name: 'serviceaccount-controller',
  controllers: () => [serviceAccountController],
  given: [namespaceOf('default')],
  steps: 6,
  script: {
    1: (stage) => stage.put(namespaceOf('new')),
    3: (stage) => stage.truth.remove('ServiceAccount', 'default', 'default'),
  },
  knownWrong: {
    'hidden/0': "what was never seen is not missed when it is gone: the informer's handlers hear of neither",
  },
}
