/**
 * Goal: a ReplicationController keeps its Pods as a ReplicaSet does, and writes itself in its own shape.
 * Method: a few calls for given views; then a small world in which the view lags in every way.
 */
import { describe, expect, test } from 'vitest'
import { replicationController } from '../../../src/actors/controllers/replicaset/replicaset.ts'
import { seconds } from '../../../src/events/time.ts'
import type { ReplicationController } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench } from '../../support/controller-bench.ts'
import { meta, template } from './objects.ts'
import { describeDisturbance, disturbances, live, type SmallWorld } from './small-world.ts'

const controller = (replicas: number): ReplicationController => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: meta('old', { generation: 1 }),
  spec: { replicas, selector: { app: 'web' }, template: template('app:1') },
  status: { replicas: 0 },
})

test('creates Pods that it owns, and tells of them with its own selector', () => {
  const b = controllerBench(replicationController()).given(controller(2)).show().run(seconds(1))
  const calls = b.take()
  expect(calls.slice(0, 3).map(({ verb, kind, subresource = '' }) => `${verb} ${kind}${subresource}`)).toEqual([
    'create Pod',
    'create Pod',
    'update ReplicationControllerstatus',
  ])
  expect(calls[0]?.body).toMatchObject({
    metadata: {
      generateName: 'old-',
      ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'old' }],
    },
  })
  expect(calls.at(-1)?.body).toMatchObject({
    spec: { selector: { app: 'web' } },
    status: { replicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 },
  })
  expect(calls.at(-1)?.body).not.toHaveProperty('status.terminatingReplicas')
  expect(b.events[0]).toMatch(/^SuccessfulCreate: Created pod: old-/)
  expect(b.show().run(seconds(30)).takeLines()).toEqual([])
})

describe('in a small world', () => {
  const world: SmallWorld = {
    controller: replicationController,
    kinds: ['ReplicationController', 'Pod'],
    given: [controller(3)],
    inputs: {
      5: (b) =>
        b.change('ReplicationController', 'default', 'old', (one) => ({ ...one, spec: { ...one.spec, replicas: 1 } })),
    },
    rounds: 16,
    always: (b) => expect(b.list('Pod').length).toBeLessThanOrEqual(3),
    finally: (b) => {
      expect(b.list('Pod')).toHaveLength(1)
      expect(b.get('ReplicationController', 'default', 'old')?.status).toMatchObject({ replicas: 1, readyReplicas: 1 })
    },
  }

  test.each(disturbances(world).map((one) => [describeDisturbance(one), one] as const))('%s', (_name, disturbance) => {
    live(world, disturbance)
  })
})
