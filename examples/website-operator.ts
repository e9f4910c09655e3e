/** An operator for a custom resource of its own, as it would be shipped. It is tested in website-operator.test.ts. */
import {
  ApiException,
  AppsV1Api,
  CustomObjectsApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type KubernetesObject,
  type V1Deployment,
} from '@kubernetes/client-node'

export const WEBSITES = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: websites, singular: website, kind: Website, listKind: WebsiteList}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [image]
            properties:
              image: {type: string}
              replicas: {type: integer, minimum: 1, default: 2}
          status: {type: object, properties: {ready: {type: integer}}}
`

interface Website extends KubernetesObject {
  readonly spec: { readonly image: string; readonly replicas: number }
}

export const PATH = { group: 'example.com', version: 'v1', plural: 'websites' } as const

/** Keeps a Deployment for each Website, and tells in its status how much of it is ready. Gives how to stop. */
export const startOperator = async (config: KubeConfig): Promise<() => Promise<void>> => {
  const apps = config.makeApiClient(AppsV1Api)
  const custom = config.makeApiClient(CustomObjectsApi)

  const reconcile = async ({ metadata, spec }: Website): Promise<void> => {
    const { name = '', namespace = '', uid = '' } = metadata ?? {}
    const app = { website: name }
    const owner = { apiVersion: 'example.com/v1', kind: 'Website', name, uid, controller: true }
    const body: V1Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, ownerReferences: [owner] },
      spec: {
        replicas: spec.replicas,
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: { containers: [{ name: 'web', image: spec.image }] } },
      },
    }
    const apply = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)
    await apps.patchNamespacedDeployment({ name, namespace, body, fieldManager: 'websites', force: true }, apply)
  }

  const report = async ({ metadata, status }: V1Deployment): Promise<void> => {
    const { name = '', namespace = '', ownerReferences = [] } = metadata ?? {}
    if (!ownerReferences.some(({ kind }) => kind === 'Website')) return
    const body = { status: { ready: status?.readyReplicas ?? 0 } }
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    await custom.patchNamespacedCustomObjectStatus({ ...PATH, name, namespace, body }, merge)
  }

  /** Somebody has deleted a Deployment whose Website is still there. */
  const restore = async ({ metadata }: V1Deployment): Promise<void> => {
    const { name = '', namespace = '' } = metadata ?? {}
    await reconcile(await custom.getNamespacedCustomObject({ ...PATH, name, namespace }))
  }

  const listWebsites = () => custom.listCustomObjectForAllNamespaces(PATH)
  const websites = makeInformer<Website>(config, '/apis/example.com/v1/websites', listWebsites)
  const deployments = makeInformer<V1Deployment>(config, '/apis/apps/v1/deployments', () =>
    apps.listDeploymentForAllNamespaces(),
  )
  websites.on('add', tolerant(reconcile))
  websites.on('update', tolerant(reconcile))
  deployments.on('add', tolerant(report))
  deployments.on('update', tolerant(report))
  deployments.on('delete', tolerant(restore))
  // A watch ends when its API server does; the next one lists again.
  websites.on('error', () => void websites.start())
  deployments.on('error', () => void deployments.start())
  await websites.start()
  await deployments.start()
  return async () => {
    await websites.stop()
    await deployments.stop()
  }
}

/** What is gone needs nothing any more; everything else is said aloud. */
const tolerant =
  <T>(handle: (object: T) => Promise<void>) =>
  (object: T): void => {
    handle(object).catch((error: unknown) => {
      if (!(error instanceof ApiException && error.code === 404)) throw error
    })
  }
