import { defineController } from '../../../engine/client/controller.ts'
import { call, isNamespaceTerminating, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { ROOT_CERTIFICATE } from '../shared/root-certificate.ts'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION_KEY = 'kubernetes.io/description'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal ' +
  'service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/**
 * Every active namespace has a ConfigMap with the cluster's certificate authority.
 * Source: pkg/controller/certificates/rootcacertpublisher/publisher.go (v1.36).
 */
export const rootCaController = defineController({
  name: 'root-ca-certificate-publisher-controller',
  account: 'root-ca-cert-publisher',
  kinds: ['Namespace', 'ConfigMap'],
  workers: 5,
  memory: () => undefined,
  wakes: (change) => {
    if (change.kind === 'Namespace') return change.after === undefined ? [] : [change.name]
    const isOurs = change.name === NAME && change.namespace !== undefined && change.before !== undefined
    return isOurs ? [change.namespace] : []
  },

  *reconcile(namespace, world): Sync {
    if (world.view.get('Namespace', undefined, namespace)?.status?.phase !== 'Active') return
    const data = { 'ca.crt': ROOT_CERTIFICATE }
    const existing = world.view.get('ConfigMap', namespace, NAME)
    if (existing === undefined) {
      const metadata = { name: NAME, annotations: { [DESCRIPTION_KEY]: DESCRIPTION } }
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
      const answer = yield* call({ verb: 'create', kind: 'ConfigMap', namespace, name: NAME, body })
      return answer.ok || isNamespaceTerminating(answer) ? undefined : { retry: answer.message }
    }
    const { annotations } = existing.metadata
    if (sameJson(existing.data, data) && (annotations?.[DESCRIPTION_KEY] ?? '') !== '') return
    const metadata = { ...existing.metadata, annotations: { ...annotations, [DESCRIPTION_KEY]: DESCRIPTION } }
    const body = { ...existing, metadata, data }
    const answer = yield* call({ verb: 'update', kind: 'ConfigMap', namespace, name: NAME, body })
    if (!answer.ok) return { retry: answer.message }
  },
})
