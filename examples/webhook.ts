/** An admission webhook of one's own in front of a whole cluster. Explained in docs/webhooks.md. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createCluster } from '../src/index.ts'

const cluster = createCluster({ nodes: 3, callsWebhooks: true })
const api = await cluster.listen({ speed: 'max' })

/** The webhook under test: Pods are labelled with their team; Pods of nobody are refused. */
const review = (pod: { metadata: { labels?: Record<string, string> } }): object => {
  const owner = pod.metadata.labels?.['owner']
  if (owner === undefined) return { allowed: false, status: { code: 403, message: 'Pods need an owner' } }
  const patch = [{ op: 'add', path: '/metadata/labels/team', value: `team-${owner}` }]
  return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
}

const { cert, key } = api.certificates.server
const webhook = createServer({ cert, key }, (request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString()))
  request.on('end', () => {
    const { request: asked, ...rest } = JSON.parse(text)
    response.end(JSON.stringify({ ...rest, response: { uid: asked.uid, ...review(asked.object) } }))
  })
})
await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
const { port } = webhook.address() as AddressInfo

cluster.apply(`
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: owners}
webhooks:
- name: owners.example.com
  clientConfig:
    url: https://127.0.0.1:${port}/
    caBundle: ${Buffer.from(api.certificates.ca).toString('base64')}
  rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [default]}]}
  admissionReviewVersions: [v1]
  sideEffects: None
`)
const deployment = (name: string, labels: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}${labels}}}
    spec: {containers: [{name: c, image: nginx}]}
`
cluster.apply(deployment('owned', ', owner: sea'))
cluster.apply(deployment('stray', ''))

const ready = (): number => cluster.get('Deployment', 'default', 'owned')?.status?.readyReplicas ?? 0
for (let tries = 0; tries < 500 && ready() < 2; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
await api.close()
webhook.close()

console.log(`teams: ${cluster.list('Pod', 'default').map(({ metadata }) => metadata.labels?.['team'])}`)
const [refused] = cluster.list('ReplicaSet', 'default').filter(({ metadata }) => metadata.name.startsWith('stray'))
console.log(refused?.status?.conditions?.map(({ message }) => message?.replace(/^pods "\S+" is /, '')).join())

const again = createCluster({ nodes: 3, callsWebhooks: true })
for (const input of cluster.inputs) again.plan(input)
again.run(cluster.now)
console.log(`again without the webhook: ${again.digest() === cluster.digest()}`)
