import { call, defineController, type Sync } from '../../../engine/client/controller.ts'
import { sameJson } from '../../../kubernetes/hash.ts'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal ' +
  'service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
/** Abridged: no certificate authority is modelled below the HTTP face; Pods mount this as a file. */
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nc2VhdHJpYWw=\n-----END CERTIFICATE-----\n'

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
    return change.name === NAME && change.namespace !== undefined ? [change.namespace] : []
  },

  *reconcile(namespace, world): Sync {
    if (world.view.get('Namespace', undefined, namespace)?.status?.phase !== 'Active') return
    const data = { 'ca.crt': CERTIFICATE }
    const existing = world.view.get('ConfigMap', namespace, NAME)
    if (existing !== undefined && sameJson(existing.data, data)) return
    const annotations = { 'kubernetes.io/description': DESCRIPTION }
    const metadata = { name: NAME, namespace, annotations }
    const body =
      existing === undefined ? { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } : { ...existing, data }
    const verb = existing === undefined ? 'create' : 'update'
    const answer = yield* call({ verb, kind: 'ConfigMap', namespace, name: NAME, body })
    if (!answer.ok && answer.code !== 409 && answer.code !== 403 && answer.code !== 404)
      return { retry: answer.message }
  },
})
