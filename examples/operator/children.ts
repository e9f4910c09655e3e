/** What a website is made of: pure functions from its spec to the objects that the operator applies. */
import type { V1ConfigMap, V1Deployment, V1OwnerReference, V1Service } from '@kubernetes/client-node'
import type { Website } from './website.ts'

/** Marks what belongs to a website, for watches and selectors. */
export const LABEL = 'example.com/website'

/** With the owner named, what belongs to a website is deleted with it. */
const metadata = ({ metadata: { name = '', namespace = '', uid = '' } = {} }: Website) => {
  const owner: V1OwnerReference = { apiVersion: 'example.com/v1', kind: 'Website', name, uid, controller: true }
  return { name, namespace, labels: { [LABEL]: name }, ownerReferences: [owner] }
}

export const configMapOf = (website: Website): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(website),
  data: { 'index.html': website.spec.page },
})

export const serviceOf = (website: Website): V1Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(website),
  spec: { selector: { [LABEL]: website.metadata?.name ?? '' }, ports: [{ name: 'http', port: 80 }] },
})

export const deploymentOf = (website: Website): V1Deployment => {
  const labels = { [LABEL]: website.metadata?.name ?? '' }
  const { image, replicas } = website.spec
  const mount = { name: 'page', mountPath: '/usr/share/nginx/html' }
  const web = { name: 'web', image, ports: [{ containerPort: 80 }], volumeMounts: [mount] }
  const page = { name: 'page', configMap: { name: website.metadata?.name ?? '' } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(website),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [web], volumes: [page] } },
    },
  }
}
