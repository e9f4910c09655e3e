/** A cluster and what one of its controllers wrote, for the scenarios of controllers. */
import { createCluster, type Cluster, type CreateOptions } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Pod, PodTemplateSpec } from '../../../src/kubernetes/types/pod.ts'

/** Manifests before the API server has filled them in. */
export const asObject = (manifest: {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: object
  readonly spec: object
}): ApiObject => manifest as ApiObject

export const template = (
  app: string,
  spec: object = {},
  annotations: Readonly<Record<string, string>> = {},
): PodTemplateSpec => ({
  metadata: { labels: { app }, annotations },
  spec: {
    terminationGracePeriodSeconds: 2,
    containers: [{ name: 'main', image: 'registry.example/web:1', ports: [{ containerPort: 80 }] }],
    ...spec,
  },
})

/** A cluster whose nodes are ready and whose default namespace has its service account. */
export const readyCluster = (options: CreateOptions = {}): Cluster => {
  const cluster = createCluster({ seed: 7, nodes: 3, ...options })
  if (!cluster.runUntil((one) => one.converged && one.list('Node').length >= 3, { within: seconds(90) })) {
    throw new Error(cluster.unsettled().join('\n'))
  }
  cluster.run(seconds(5))
  return cluster
}

/** Calls of a controller that write, as lines: `create Pod db-0`. Events, tokens and reads are left out. */
export const writes = (cluster: Cluster, controller: string, since = 0): readonly string[] => {
  const lines: string[] = []
  for (const event of cluster.log.range(since)) {
    if (event.type !== 'ApiRequested' || !event.by.startsWith(`${controller}/`)) continue
    const { verb, kind, subresource, name, body } = event.data
    if (kind === 'Event' || subresource === 'token' || verb === 'get' || verb === 'list') continue
    const given = (body as Partial<ApiObject> | undefined)?.metadata
    const named = name ?? given?.name ?? given?.generateName ?? ''
    lines.push(`${verb} ${kind}${subresource === undefined ? '' : `/${subresource}`} ${named}`)
  }
  return lines
}

/** Events about an object: `SuccessfulCreate: …`, in the order in which they were first written. */
export const told = (cluster: Cluster, name: string): readonly string[] =>
  cluster
    .list('Event')
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ reason, message }) => `${reason}: ${message}`)

export const podsOf = (cluster: Cluster, app: string): readonly Pod[] =>
  cluster.list('Pod', 'default').filter(({ metadata }) => metadata.labels?.['app'] === app)

export const names = (pods: readonly Pod[]): readonly string[] => pods.map(({ metadata }) => metadata.name).toSorted()
