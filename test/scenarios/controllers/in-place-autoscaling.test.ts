/**
 * Goal: a VerticalPodAutoscaler in mode InPlaceOrRecreate resizes Pods where they run, and evicts them only where that fails.
 * Method: whole clusters with Deployments whose Pods use four times what they ask for; on machines with room, and without.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes } from '../../../src/events/time.ts'
import { cpuMillis } from '../../../src/kubernetes/quantity.ts'

const shop = (replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' }, annotations: { 'seatrial.dev/cpu': '400m' } },
      spec: {
        containers: [{ name: 'app', image: 'shop:1', resources: { requests: { cpu: '100m', memory: '300Mi' } } }],
      },
    },
  },
})

const autoscaler = {
  apiVersion: 'autoscaling.k8s.io/v1',
  kind: 'VerticalPodAutoscaler',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    updatePolicy: { updateMode: 'InPlaceOrRecreate' },
    resourcePolicy: { containerPolicies: [{ containerName: '*', controlledResources: ['cpu'] }] },
  },
}

/** On one machine of 4 processors. */
const grown = (replicas: number): Cluster => {
  const cluster = createCluster({ nodes: 1, addons: { verticalPodAutoscaler: true } })
  cluster.run(minutes(1))
  cluster.apply([shop(replicas), autoscaler] as readonly ApiObject[])
  cluster.run(minutes(20))
  return cluster
}

const reasons = (cluster: Cluster): readonly string[] =>
  cluster.list('Event', 'default').map(({ reason = '' }) => reason)

describe('with room', () => {
  const cluster = grown(4)
  const pods = cluster.list('Pod', 'default')

  test('all Pods have more, and none was restarted or replaced', () => {
    expect(pods).toHaveLength(4)
    for (const { spec, status, metadata } of pods) {
      const [one] = status?.containerStatuses ?? []
      expect(cpuMillis(spec.containers[0]?.resources?.requests?.['cpu'] ?? '0')).toBeGreaterThan(400)
      expect(one?.resources?.requests).toEqual(spec.containers[0]?.resources?.requests)
      expect(one?.restartCount).toBe(0)
      expect(metadata.annotations).toMatchObject({ vpaInPlaceUpdated: 'true' })
    }
  })

  test('it is told', () => {
    expect(reasons(cluster)).toEqual(
      expect.arrayContaining(['InPlaceResizedByVPA', 'ResizeStarted', 'ResizeCompleted']),
    )
    expect(reasons(cluster)).not.toContain('EvictedByVPA')
  })
})

test('without room Pods are evicted when their resize has waited for five minutes', () => {
  const cluster = grown(12)
  expect(reasons(cluster)).toEqual(expect.arrayContaining(['ResizeDeferred', 'EvictedByVPA']))
  const evictions = cluster.list('Event', 'default').filter(({ reason }) => reason === 'EvictedByVPA')
  const deferred = cluster.list('Event', 'default').filter(({ reason }) => reason === 'ResizeDeferred')
  const first = (events: readonly { readonly firstTimestamp?: string | null }[]): number =>
    Math.min(...events.map(({ firstTimestamp }) => Date.parse(firstTimestamp ?? '')))
  expect((first(evictions) - first(deferred)) / 60_000).toBeGreaterThanOrEqual(5)
})
