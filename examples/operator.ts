/** A controller of one's own, tested against a whole cluster in one process. Explained in docs/operators.md. */
import {
  AppsV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
} from '@kubernetes/client-node'
import { createCluster, seconds } from '../src/index.ts'

/** The controller under test: every Deployment that is labelled `tier: critical` has three replicas or more. */
const startController = async (config: KubeConfig) => {
  const apps = config.makeApiClient(AppsV1Api)
  const list = () => apps.listDeploymentForAllNamespaces({ labelSelector: 'tier=critical' })
  const informer = makeInformer<V1Deployment>(config, '/apis/apps/v1/deployments', list, 'tier=critical')
  const reconcile = async ({ metadata, spec }: V1Deployment): Promise<void> => {
    const { name = '', namespace = '' } = metadata ?? {}
    if ((spec?.replicas ?? 1) >= 3) return
    const body = [{ op: 'replace', path: '/spec/replicas', value: 3 }]
    await apps.patchNamespacedDeployment(
      { name, namespace, body },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    )
  }
  informer.on('add', reconcile)
  informer.on('update', reconcile)
  await informer.start()
  return informer
}

const cluster = createCluster({ nodes: 3 })
const api = await cluster.listen({ speed: 20 })
const config = new KubeConfig()
config.loadFromString(api.kubeconfig)
const controller = await startController(config)

cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: pay, labels: {tier: critical}}
spec:
  replicas: 1
  selector: {matchLabels: {app: pay}}
  template:
    metadata: {labels: {app: pay}}
    spec: {containers: [{name: c, image: nginx}]}
`)
const ready = () => cluster.get('Deployment', 'default', 'pay')?.status?.readyReplicas ?? 0
for (let tries = 0; tries < 100 && ready() < 3; tries++) await new Promise((resolve) => setTimeout(resolve, 50))
console.log(`ready: ${ready()}`)

await controller.stop()
await api.close()
cluster.inject({ kind: 'crash', host: 'node-1' })
cluster.run(seconds(400))
console.log(`ready a while after the loss of a node: ${ready()}`)
