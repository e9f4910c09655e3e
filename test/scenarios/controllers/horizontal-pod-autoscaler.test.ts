/**
 * Goal: an autoscaler makes a Deployment as large as its load needs, and small again when the load has gone.
 * Method: a whole cluster with a client whose every request costs processor time; then the client is stopped.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { pause } from '../../../src/cluster/fault.ts'
import { millis, minutes, seconds } from '../../../src/events/time.ts'
import { asObject, told } from './story.ts'

const OBJECTS = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' }, annotations: { 'seatrial.dev/cpu-per-request': '8ms' } },
        spec: {
          containers: [
            { name: 'app', image: 'shop:1', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '100m' } } },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  },
]

const replicas = (cluster: Cluster): number | undefined => cluster.get('Deployment', 'default', 'shop')?.spec.replicas

test('an autoscaler follows the load, up soon and down after its window', () => {
  const cluster = createCluster({
    seed: 3,
    nodes: 3,
    clients: [{ service: 'shop', port: 80, every: millis(20), name: 'crowd' }],
  })
  cluster.run(seconds(10))
  cluster.apply(OBJECTS.map(asObject))
  cluster.run(minutes(6))
  // 50 requests of 8 ms each second and 10m of its own for each Pod: 400m + n·10m, at 70 % of 100m.
  const up = replicas(cluster) ?? 0
  expect(up).toBeGreaterThanOrEqual(6)
  expect(up).toBeLessThanOrEqual(8)
  const autoscaler = cluster.get('HorizontalPodAutoscaler', 'default', 'shop')
  expect(autoscaler?.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    'AbleToScale True ReadyForNewScale',
    'ScalingActive True ValidMetricFound',
    'ScalingLimited False DesiredWithinRange',
  ])
  expect(told(cluster, 'shop').filter((line) => line.startsWith('SuccessfulRescale'))[0]).toMatch(
    /^SuccessfulRescale: New size: \d+; reason: cpu resource utilization \(percentage of request\) above target$/,
  )
  cluster.inject(pause('client/crowd'), { for: minutes(60) })
  cluster.run(minutes(4))
  expect(replicas(cluster)).toBe(up)
  cluster.run(minutes(6))
  expect(replicas(cluster)).toBe(1)
  expect(told(cluster, 'shop')).toContain('SuccessfulRescale: New size: 1; reason: All metrics below target')
})

const deployment = (name: string, requests: object = { cpu: '100m' }, annotations: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations },
      spec: { containers: [{ name: 'app', image: 'shop:1', resources: { requests } }] },
    },
  },
})

const autoscaler = (name: string, metrics: readonly object[], spec: object = {}): object => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: `${name}-scaler`, namespace: 'default' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, maxReplicas: 9, metrics, ...spec },
})

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }

const applied = (...objects: readonly object[]): Cluster => {
  const cluster = createCluster({ seed: 4, nodes: 2, authorization: 'RBAC' })
  cluster.run(seconds(30))
  cluster.apply(objects.map((object) => asObject(object as Parameters<typeof asObject>[0])))
  return cluster
}

const conditionsOf = (cluster: Cluster, name: string): readonly string[] =>
  (cluster.get('HorizontalPodAutoscaler', 'default', `${name}-scaler`)?.status?.conditions ?? []).map(
    ({ type, status, reason }) => `${type} ${status} ${reason}`,
  )

test('says why it cannot scale: no target, no requests, scaled to nothing, two at one target', () => {
  const cluster = applied(
    autoscaler('nobody', [cpu]),
    deployment('vague', { memory: '10Mi' }),
    autoscaler('vague', [cpu]),
    { ...deployment('off'), spec: { ...(deployment('off') as { spec: object }).spec, replicas: 0 } },
    autoscaler('off', [cpu]),
    deployment('torn'),
    autoscaler('torn', [cpu]),
    { ...autoscaler('torn', [cpu]), metadata: { name: 'rival-scaler', namespace: 'default' } },
  )
  cluster.run(minutes(3))
  expect(conditionsOf(cluster, 'nobody')).toEqual(['AbleToScale False FailedGetScale'])
  expect(told(cluster, 'nobody-scaler')).toEqual(['FailedGetScale: deployments.apps "nobody" not found'])
  expect(conditionsOf(cluster, 'vague')).toEqual([
    'AbleToScale True SucceededGetScale',
    'ScalingActive False FailedGetResourceMetric',
  ])
  expect(
    told(cluster, 'vague-scaler').some((line) =>
      /^FailedGetResourceMetric: failed to get cpu utilization: failed to get pod requests: missing request for cpu in container app of Pod vague-/.test(
        line,
      ),
    ),
  ).toBe(true)
  expect(conditionsOf(cluster, 'off')).toEqual([
    'AbleToScale True SucceededGetScale',
    'ScalingActive False ScalingDisabled',
  ])
  expect(conditionsOf(cluster, 'torn')).toContain('ScalingActive False AmbiguousSelector')
  expect(cluster.get('Deployment', 'default', 'torn')?.spec.replicas).toBe(2)
})

test('before anything is known of its Pods it waits, and tells so', () => {
  const cluster = applied(deployment('web'), autoscaler('web', [cpu]))
  cluster.run(seconds(20))
  expect(conditionsOf(cluster, 'web')).toContain('ScalingActive False FailedGetResourceMetric')
  expect(cluster.get('Deployment', 'default', 'web')?.spec.replicas).toBe(2)
  cluster.run(minutes(2))
  expect(conditionsOf(cluster, 'web')).toContain('ScalingActive True ValidMetricFound')
})

test('scales by what Pods, an object or somebody outside say of themselves; the largest wish counts', () => {
  const perPod = {
    type: 'Pods',
    pods: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue: '10' } },
  }
  const external = {
    type: 'External',
    external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
  }
  const ofService = {
    type: 'Object',
    object: {
      describedObject: { apiVersion: 'v1', kind: 'Service', name: 'door' },
      metric: { name: 'rate' },
      target: { type: 'Value', value: '50' },
    },
  }
  const cluster = applied(
    deployment('pods', {}, { 'seatrial.dev/metric.jobs': '25' }),
    autoscaler('pods', [perPod]),
    deployment('queue'),
    autoscaler('queue', [external]),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'seatrial-external-metrics', namespace: 'default' },
      data: { queue: '200' },
    },
    deployment('door'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'door', namespace: 'default', annotations: { 'seatrial.dev/metric.rate': '75' } },
      spec: { selector: { app: 'door' }, ports: [{ port: 80 }] },
    },
    autoscaler('door', [ofService, external], { maxReplicas: 5 }),
  )
  cluster.run(seconds(50))
  const replicas = (name: string): number | undefined => cluster.get('Deployment', 'default', name)?.spec.replicas
  // 200 / 30 is 7; the Service alone would ask for 3.
  cluster.run(minutes(2))
  expect([replicas('queue'), replicas('door')]).toEqual([7, 5])
  expect(conditionsOf(cluster, 'door')).toContain('ScalingLimited True TooManyReplicas')
  // Each new Pod says 25 as well: it grows until it may not.
  expect(replicas('pods')).toBe(9)
  expect(cluster.get('HorizontalPodAutoscaler', 'default', 'door-scaler')?.status?.currentMetrics?.[0]).toEqual({
    type: 'Object',
    object: {
      metric: { name: 'rate' },
      current: { value: '75' },
      describedObject: { apiVersion: 'v1', kind: 'Service', name: 'door' },
    },
  })
})

test('what is not known has an empty place among the metrics, and each failure is told in its own words', () => {
  const ofContainer = {
    type: 'ContainerResource',
    containerResource: { name: 'cpu', container: 'side', target: { type: 'Utilization', averageUtilization: 50 } },
  }
  const external = {
    type: 'External',
    external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
  }
  const cluster = applied(
    deployment('web'),
    autoscaler('web', [external, cpu]),
    deployment('side'),
    autoscaler('side', [ofContainer]),
  )
  cluster.run(minutes(3))
  const metrics = (name: string): readonly { readonly type: string }[] | undefined =>
    cluster.get('HorizontalPodAutoscaler', 'default', `${name}-scaler`)?.status?.currentMetrics
  expect(metrics('web')?.map(({ type }) => type)).toEqual(['', 'Resource'])
  expect(metrics('side')).toEqual([{ type: '' }])
  const lines = (name: string, reason: string): readonly string[] =>
    told(cluster, `${name}-scaler`).filter((line) => line.startsWith(`${reason}:`))
  expect(lines('web', 'FailedGetExternalMetric')[0]).toMatch(
    /^FailedGetExternalMetric: unable to get external metric default\/queue\/nil: /,
  )
  expect(lines('side', 'FailedComputeMetricsReplicas').at(-1)).toMatch(
    /^FailedComputeMetricsReplicas: invalid metrics \(1 invalid out of 1\), first error is: failed to get side container metric value: failed to get cpu utilization: /,
  )
})

test('without a metrics-server an autoscaler says that nobody serves what it asks for', () => {
  const cluster = createCluster({ seed: 4, nodes: 1, metricsServer: false })
  cluster.run(seconds(30))
  const perPod = {
    type: 'Pods',
    pods: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue: '10' } },
  }
  cluster.apply(
    [deployment('web'), autoscaler('web', [cpu]), deployment('queue'), autoscaler('queue', [perPod])].map((object) =>
      asObject(object as Parameters<typeof asObject>[0]),
    ),
  )
  cluster.run(seconds(20))
  const why = 'unable to fetch metrics from resource metrics API: the server could not find the requested resource'
  expect(told(cluster, 'web-scaler')).toContain(
    `FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: ${why} (get pods.metrics.k8s.io)`,
  )
  expect(told(cluster, 'queue-scaler')).toContain(
    'FailedGetPodsMetric: unable to get metric jobs: unable to fetch metrics from custom metrics API: no known available metric versions found',
  )
  expect(conditionsOf(cluster, 'web')).toEqual([
    'AbleToScale True SucceededGetScale',
    'ScalingActive False FailedGetResourceMetric',
  ])
})
