/**
 * Goal: autoscaling, storage and a cloud live with each other and with failures, and nothing of them escapes the seed.
 * Method: one cluster with all of them, whose controllers are killed while they are at work; run twice.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { crash, kill } from '../../../src/cluster/fault.ts'
import { millis, minutes, seconds } from '../../../src/events/time.ts'
import { asObject } from './story.ts'

const LABELS = { app: 'shop' }

const OBJECTS = [
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      replicas: 1,
      serviceName: 'shop',
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS, annotations: { 'seatrial.dev/cpu-per-request': '5ms' } },
        spec: {
          terminationGracePeriodSeconds: 2,
          containers: [
            { name: 'app', image: 'shop:1', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '100m' } } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { type: 'LoadBalancer', selector: LABELS, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'shop' },
      maxReplicas: 6,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    },
  },
].map(asObject)

/** In the order of time. */
const KILLS = [
  [38, 'csi-controller/0'],
  [40, 'kube-controller-manager/0'],
  [42, 'cloud-controller-manager/0'],
  [60, 'cloud/0'],
  [75, 'kube-controller-manager/0'],
  [90, 'csi-controller/0'],
  [110, 'kube-controller-manager/0'],
  [150, 'csi-controller/0'],
  [160, 'kube-controller-manager/0'],
  [200, 'metrics-server/0'],
] as const

const story = (): Cluster => {
  const cluster = createCluster({
    seed: 21,
    nodes: ['a', 'b', 'c'].map((zone) => ({ zone, region: 'r' })),
    authorization: 'RBAC',
    cloud: { failuresPpm: 200_000 },
    csi: { failuresPpm: 200_000 },
    clients: [{ service: 'shop', port: 80, every: millis(25), name: 'crowd' }],
  })
  cluster.run(seconds(30))
  cluster.apply(OBJECTS)
  for (const [at, process] of KILLS) cluster.inject(kill(process), { at: seconds(at) })
  cluster.inject(crash('node-2'), { at: minutes(5), for: minutes(3) })
  cluster.run(minutes(12))
  return cluster
}

test('everything comes true in the end, the same way each time', () => {
  const cluster = story()
  const pods = cluster.list('Pod', 'default')
  const claims = cluster.list('PersistentVolumeClaim', 'default')
  const volumes = cluster.list('PersistentVolume')
  // 40 requests of 5 ms each second, and 10m for each Pod itself, at 60 % of 100m.
  expect(pods.length).toBeGreaterThanOrEqual(4)
  expect(pods.every(({ status }) => status?.phase === 'Running')).toBe(true)
  expect(claims.length).toBeGreaterThanOrEqual(pods.length)
  expect(claims.every(({ status }) => status?.phase === 'Bound')).toBe(true)
  // One volume for each claim, however often its making was begun.
  expect(volumes.map(({ spec }) => spec.claimRef?.uid).toSorted()).toEqual(
    claims.map(({ metadata }) => metadata.uid).toSorted(),
  )
  const held = new Set(cluster.list('VolumeAttachment').map(({ spec }) => spec.source.persistentVolumeName))
  expect(held.size).toBe(cluster.list('VolumeAttachment').length)
  expect(cluster.get('Service', 'default', 'shop')?.status?.loadBalancer?.ingress).toEqual([
    { ip: '203.0.113.1', ipMode: 'VIP' },
  ])
  expect(story().digest()).toBe(cluster.digest())
})
