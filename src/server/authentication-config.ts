/**
 * What extension API servers, and whoever else asks who clients are, is told of how this one knows them: an authority's
 * certificate in a ConfigMap.
 *
 * Source: pkg/controlplane/controller/clusterauthenticationtrust/cluster_authentication_trust_controller.go (v1.36).
 */
import type { Cluster } from '../cluster.ts'
import type { Micros } from '../events/envelope.ts'
import { seconds } from '../events/time.ts'

const NAMESPACE = 'kube-system'
const NAME = 'extension-apiserver-authentication'
/** Within this of cluster time it is written, or something keeps it from it. */
const WRITTEN_WITHIN: Micros = seconds(60)

/**
 * Writes it unless it stands there. Which authority it is, only the HTTP face knows, so what it writes is an input, as all that
 * comes from outside. A cluster without authorization, which has none of what a server is shipped with, does without.
 */
export const publishAuthority = (cluster: Cluster, certificate: string): void => {
  if (cluster.options.authorization !== 'RBAC') return
  const data = { 'client-ca-file': certificate }
  const present = cluster.get('ConfigMap', NAMESPACE, NAME)
  if (present?.data?.['client-ca-file'] === certificate) return
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace: NAMESPACE }, data }
  const common = { request: cluster.nextNumber, user: 'system:apiserver', kind: 'ConfigMap', namespace: NAMESPACE }
  const request =
    present === undefined
      ? { ...common, verb: 'create' as const, body }
      : { ...common, verb: 'patch' as const, name: NAME, patchType: 'merge' as const, body: { data } }
  cluster.send({ type: 'ApiRequested', data: request, to: 'kube-apiserver/0' })
  cluster.runUntil((one) => one.get('ConfigMap', NAMESPACE, NAME)?.data?.['client-ca-file'] === certificate, {
    within: WRITTEN_WITHIN,
  })
}
