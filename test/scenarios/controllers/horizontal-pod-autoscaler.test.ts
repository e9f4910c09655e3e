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
