/** Clusters whose users are watched while something goes wrong, for the scenarios of doubt. */
import { expect } from 'vitest'
import { createCluster, type Cluster, type CreateOptions } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Micros } from '../../../src/events/envelope.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import { conditionStatus } from '../../../src/kubernetes/conditions.ts'
import { isReady, isTerminating } from '../../../src/kubernetes/pods.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { readyAt, requestsBetween, type ServiceAvailability } from '../../../src/projections/endpoints.ts'

const asObject = (manifest: {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: object
  readonly spec: object
}): ApiObject => manifest as ApiObject

/** A Deployment of Pods that are ready when they listen and stop when no rule leads to them any more. */
export const deployment = (name: string, replicas: number, more: object = {}, image = '1'): ApiObject =>
  asObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: 'main',
              image: `registry.example/${name}:${image}`,
              ports: [{ containerPort: 80 }],
              // kube-proxy may write rules a second late.
              lifecycle: { preStop: { sleep: { seconds: 2 } } },
              readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 },
            },
          ],
        },
      },
      ...more,
    },
  })

export const service = (name: string): ApiObject =>
  asObject({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  })

/** A user who asks Service `web` five times a second. */
export const USER = { service: 'web', port: 80, every: millis(200) }

/** A cluster that serves `web`; its users have been content for ten seconds. */
export const servingCluster = (options: CreateOptions, replicas = 3): Cluster => {
  const cluster = createCluster({ nodes: 3, clients: [USER], ...options })
  cluster.run(seconds(20))
  cluster.apply([deployment('web', replicas), service('web')])
  if (!cluster.runUntil((one) => one.converged && podsOf(one, 'web').length === replicas, { within: seconds(60) })) {
    throw new Error(cluster.unsettled().join('\n'))
  }
  cluster.run(seconds(15))
  expect(requests(cluster, cluster.now - seconds(10), cluster.now).failed, 'users are content').toBe(0)
  return cluster
}

/** What users of a Service got in a span of time. */
export const requests = (cluster: Cluster, from: Micros, to: Micros, name = 'web') =>
  requestsBetween(availabilityOf(cluster, name), from, to)

export const readyEndpoints = (cluster: Cluster, at: Micros, name = 'web'): number =>
  readyAt(availabilityOf(cluster, name), at)

const availabilityOf = (cluster: Cluster, name: string): ServiceAvailability => {
  const availability = cluster.availability.get(`default/${name}`)
  if (availability === undefined) throw new Error(`nobody has asked Service ${name}`)
  return availability
}

export const podsOf = (cluster: Cluster, app: string): readonly Pod[] =>
  cluster.list('Pod', 'default').filter(({ metadata }) => metadata.labels?.['app'] === app)

/** Pods that are ready and not on their way out. */
export const goodPods = (cluster: Cluster, app: string): readonly Pod[] =>
  podsOf(cluster, app).filter((pod) => isReady(pod) && !isTerminating(pod))

export const nodeReady = (cluster: Cluster, name: string): string | undefined =>
  conditionStatus(cluster.get('Node', undefined, name)?.status?.conditions, 'Ready')

/** When the timeline first tells, from `since` on, of something that matches; a failure shows what it tells instead. */
export const toldAt = (cluster: Cluster, text: RegExp, since: Micros = 0): Micros => {
  const rows = cluster.timeline().filter(({ at }) => at >= since)
  const row = rows.find((one) => text.test(one.text))
  if (row === undefined) throw new Error(`nothing like ${text} in:\n${rows.map((one) => one.text).join('\n')}`)
  return row.at
}

export const configMap = (name: string): ApiObject =>
  asObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, spec: {} })

/** What people were told has been written, by `configmap/name`. */
export const acknowledged = (cluster: Cluster): readonly string[] =>
  [...cluster.log.range(0)].flatMap((event) =>
    event.type === 'KubectlAnswered' && event.data.outcome !== 'failed' ? [event.data.object] : [],
  )

/** Runs a story twice: one seed is one log. */
export const twice = (story: () => Cluster): Cluster => {
  const cluster = story()
  expect(story().digest(), 'the same story has the same log').toBe(cluster.digest())
  return cluster
}
