import { rootCaController } from '../../../src/actors/controllers/serviceaccount/root-ca.ts'
import type { SmallWorld } from '../world.ts'
import { namespaceOf } from './namespace.ts'

/** A namespace comes; somebody edits one certificate and deletes another. */
export const rootCa: SmallWorld = {
  name: 'root-ca-certificate-publisher-controller',
  controllers: () => [rootCaController],
  given: [namespaceOf('default')],
  steps: 8,
  script: {
    1: (stage) => stage.put(namespaceOf('new')),
    3: (stage) => stage.change('ConfigMap', 'kube-root-ca.crt', (one) => ({ ...one, data: { 'ca.crt': 'mine' } })),
    5: (stage) => stage.truth.remove('ConfigMap', 'new', 'kube-root-ca.crt'),
  },
  knownWrong: {
    'hidden/0': 'the first version it sees counts as an addition, and upstream has no handler for additions',
    'hidden/2': 'what was never seen is not missed when it is gone',
  },
}
