/**
 * Goal: availability and metrics count what happened over a whole log, by Service, by actor, by phase.
 * Method: a log made by hand, folded through the projection frame; the figures asserted.
 */
import { expect, test } from 'vitest'
import { defineProjection, foldAll, Projections } from '../../../src/engine/projection.ts'
import type { LogEvent } from '../../../src/events/envelope.ts'
import type { PodPhase } from '../../../src/kubernetes/types/pod.ts'
import {
  availabilityProjection,
  readyAt,
  requestsBetween,
  serviceKey,
  shortFor,
} from '../../../src/projections/endpoints.ts'
import { metricsProjection } from '../../../src/projections/metrics.ts'
import { object, Story } from './story.ts'

const slice = (name: string, ready: number, unknown = 0) =>
  object(
    'EndpointSlice',
    name,
    {
      addressType: 'IPv4',
      endpoints: [
        ...Array.from({ length: ready }, () => ({ addresses: ['10.0.0.1'], conditions: { ready: true } })),
        ...Array.from({ length: unknown }, () => ({ addresses: ['10.0.0.2'] })),
        { addresses: ['10.0.0.3'], conditions: { ready: false } },
      ],
    },
    { namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  )

test('ready endpoints are summed over the slices of a Service; an endpoint that says nothing is ready', () => {
  const story = new Story()
  const projections = new Projections()
  const state = projections.add(availabilityProjection(story.store))
  story.folds.push(projections.fold)
  story.at(10).write('c', slice('a', 1, 1))
  story.at(20).write('c', slice('b', 1))
  story.at(30).write('c', slice('b', 1))
  story.at(40).delete('c', slice('b', 1))
  story.at(50).write('c', slice('a', 0))
  story.at(65).write('c', slice('a', 1))
  const web = state.get('shop/web')
  if (web === undefined) throw new Error('the Service is known')
  expect(web.steps.map(({ at, ready }) => [at / 1_000_000, ready])).toEqual([
    [10, 2],
    [20, 3],
    [40, 2],
    [50, 0],
    [65, 1],
  ])
  expect([5, 10, 45, 50, 70].map((second) => readyAt(web, second * 1_000_000))).toEqual([0, 2, 2, 0, 1])
  const seconds = (from: number, to: number, least?: number): number =>
    shortFor(web, from * 1_000_000, to * 1_000_000, least) / 1_000_000
  expect([seconds(0, 100), seconds(0, 5), seconds(55, 60), seconds(20, 100, 2), seconds(66, 100)]).toEqual([
    25, 5, 5, 50, 0,
  ])
})

test('requests are counted by the second, by whatever name a Service is called', () => {
  const story = new Story()
  const served = { client: 'c', pod: 'p', tookMicros: 1 }
  const failed = { client: 'c', reason: 'no endpoints', tookMicros: 1 }
  story.at(1.2).tell('c', 'RequestServed', { ...served, service: 'web.shop' })
  story.at(1.8).tell('c', 'RequestFailed', { ...failed, service: 'web.shop:80' })
  story.at(2.1).tell('c', 'RequestServed', { ...served, service: 'shop/web:http' })
  const state = foldAll(availabilityProjection(story.store), story.events)
  const web = state.get('shop/web')
  if (web === undefined) throw new Error('the Service is known')
  expect(web.requests).toEqual([
    { second: 1, served: 1, failed: 1 },
    { second: 2, served: 1, failed: 0 },
  ])
  expect(requestsBetween(web, 2_000_000, 3_000_000)).toEqual({ served: 1, failed: 0 })
  expect(serviceKey('web')).toBe('default/web')
})

test('metrics count events, writes, answers, objects, phases and restarts', () => {
  const pod = (name: string, phase: PodPhase, restartCount = 0) =>
    object('Pod', name, {
      spec: { containers: [] },
      status: { phase, containerStatuses: [{ name: 'c', ready: true, restartCount, image: '', imageID: '' }] },
    })
  const story = new Story()
  const projections = new Projections()
  const metrics = projections.add(metricsProjection(story.store))
  story.folds.push(projections.fold)
  story.write('rs', pod('a', 'Pending'))
  story.write('rs', pod('b', 'Pending'))
  story.write('kubelet', pod('a', 'Running'))
  const commit = story.write('kubelet', pod('a', 'Running', 2))
  story.delete('kubelet', pod('b', 'Pending'))
  story.tell('rs', 'ApiRequested', { request: 9, verb: 'list', kind: 'Pod', user: 'rs' })
  story.tell('kube-apiserver/0', 'ApiResponded', { request: 9, code: 200 })
  const repeated = story.events[commit - 1]
  if (repeated?.type === 'RevisionCommitted') story.tell('etcd/2', 'RevisionCommitted', repeated.data)

  expect(metrics.events.get('ApiRequested')).toBe(6)
  expect(metrics.events.get('RevisionCommitted')).toBe(6)
  expect([...(metrics.writes.get('kubelet') ?? [])]).toEqual([
    ['update Pod', 2],
    ['delete Pod', 1],
  ])
  expect([...metrics.answers]).toEqual([[200, 1]])
  expect([...metrics.commits]).toEqual([['Pod', 5]])
  expect([...metrics.objects]).toEqual([['Pod', 1]])
  expect([...metrics.podsByPhase]).toEqual([
    ['Pending', 0],
    ['Running', 1],
  ])
  expect(metrics.restarts).toBe(2)
  expect(foldAll(metricsProjection(story.store), story.events)).toEqual(metrics)
})

test('a projection is asked only about the types it names, and each has its own state', () => {
  const seen: string[] = []
  const counting = defineProjection({
    name: 'counting',
    initial: () => ({ exits: 0 }),
    on: {
      ProcessExited: (state, event) => {
        state.exits++
        seen.push(event.data.process)
      },
    },
  })
  const story = new Story()
  story.tell('kernel', 'ProcessExited', { process: 'kubelet/node-1', host: 'node-1', reason: 'crash' })
  story.tell('kernel', 'ProcessStarted', { process: 'kubelet/node-1', host: 'node-1', incarnation: 2 })
  const projections = new Projections()
  const [one, other] = [projections.add(counting), projections.add(counting)]
  story.events.forEach((event: LogEvent) => projections.fold(event))
  expect([one, other]).toEqual([{ exits: 1 }, { exits: 1 }])
  expect(one).not.toBe(other)
  expect(seen).toEqual(['kubelet/node-1', 'kubelet/node-1'])
})
