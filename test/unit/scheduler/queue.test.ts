/**
 * Goal: who is tried next, and when a rejected Pod is tried again.
 * Method: a queue with one plugin whose hint is known, driven with an explicit clock.
 */
import { expect, test } from 'vitest'
import { Action, type ClusterEvent } from '../../../src/actors/scheduler/framework/events.ts'
import { Nominations } from '../../../src/actors/scheduler/framework/nominations.ts'
import { PodInfo } from '../../../src/actors/scheduler/framework/pod-info.ts'
import { unresolvable } from '../../../src/actors/scheduler/framework/status.ts'
import { prioritySort } from '../../../src/actors/scheduler/plugins/priority-sort.ts'
import { SchedulingQueue } from '../../../src/actors/scheduler/queue/scheduling-queue.ts'
import { millis, minutes, seconds } from '../../../src/events/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'

const pod = (name: string, priority = 0, gated = false): PodInfo => {
  const made: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' },
    spec: {
      containers: [],
      priority,
      schedulerName: 'default-scheduler',
      schedulingGates: gated ? [{ name: 'wait' }] : undefined,
    },
  }
  return new PodInfo(made)
}

const less = prioritySort().less

const createQueue = (): SchedulingQueue =>
  new SchedulingQueue({
    less: (a, b) =>
      less?.({ pod: a.info.pod, timestamp: a.timestamp }, { pod: b.info.pod, timestamp: b.timestamp }) ?? false,
    initialBackoff: seconds(1),
    maxBackoff: seconds(10),
    nominations: new Nominations(),
    preEnqueue: new Map([
      [
        'default-scheduler',
        [
          {
            name: 'Gates',
            preEnqueue: ({ spec }) => (spec.schedulingGates === undefined ? undefined : unresolvable('Gates', 'gated')),
          },
        ],
      ],
    ]),
    hints: new Map([
      [
        'default-scheduler',
        new Map([
          ['Fit', [{ resource: 'Node' as const, actions: Action.add }]],
          ['Own', [{ resource: 'ResourceClaim' as const, actions: Action.updateOther }]],
        ]),
      ],
    ]),
  })

const nodeAdded: ClusterEvent = { resource: 'Node', actions: Action.add, before: undefined, after: undefined }
const claimUpdated: ClusterEvent = { ...nodeAdded, resource: 'ResourceClaim', actions: Action.updateOther }

/** Takes the next Pod and has it rejected. */
const reject = (queue: SchedulingQueue, now: number, plugin = 'Fit'): string => {
  const queued = queue.pop()
  if (queued === undefined) throw new Error('nothing to pop')
  queued.unschedulablePlugins.add(plugin)
  return queue.addUnschedulable(queued, now)
}

const nextName = (queue: SchedulingQueue): string | undefined => queue.pop()?.info.pod.metadata.name

test('the most important first, then who came first', () => {
  const queue = createQueue()
  queue.add(pod('late'), 20)
  queue.add(pod('early'), 10)
  queue.add(pod('vip', 100), 30)
  queue.add(pod('twin'), 10)
  expect([nextName(queue), nextName(queue), nextName(queue), nextName(queue)]).toEqual(['vip', 'early', 'twin', 'late'])
})

test('a rejected Pod waits for an event that its plugin waits for', () => {
  const queue = createQueue()
  queue.add(pod('p'), 0)
  expect(reject(queue, 0)).toBe('unschedulable')
  queue.move(claimUpdated, seconds(60))
  expect(queue.whereIs(pod('p'))).toBe('unschedulable')
  queue.move(nodeAdded, seconds(60))
  expect(queue.whereIs(pod('p'))).toBe('active')
})

test('backoff doubles from 1 s to 10 s and ends on whole seconds', () => {
  const queue = createQueue()
  queue.add(pod('p'), 0)
  const waits: number[] = []
  let now = millis(500)
  for (let i = 0; i < 6; i++) {
    reject(queue, now)
    queue.move(nodeAdded, now)
    expect(queue.whereIs(pod('p'))).toBe('backoff')
    const from = now
    while (queue.whereIs(pod('p')) === 'backoff') {
      now = (Math.floor(now / seconds(1)) + 1) * seconds(1)
      queue.flushBackoff(now)
    }
    waits.push((now - from) / seconds(1))
    now += millis(500)
  }
  // From half past: the expiry is cut to its second, and within its last window the Pod still waits.
  expect(waits).toEqual([1.5, 2.5, 4.5, 8.5, 10.5, 10.5])
})

test('an idle scheduler takes a rejected Pod before its backoff is over, one that erred it leaves', () => {
  const queue = createQueue()
  queue.add(pod('rejected'), 0)
  reject(queue, 0)
  queue.move(nodeAdded, 0)
  queue.add(pod('erred'), 0)
  const erred = queue.pop()
  expect(erred?.info.pod.metadata.name).toBe('erred')
  if (erred !== undefined) expect(queue.addUnschedulable(erred, 0)).toBe('backoff')
  expect(nextName(queue)).toBe('rejected')
  expect(nextName(queue)).toBeUndefined()
  queue.flushBackoff(seconds(2))
  expect(nextName(queue)).toBe('erred')
})

test('an event that overtakes an attempt is not lost', () => {
  const queue = createQueue()
  queue.add(pod('p'), 0)
  const queued = queue.pop()
  queue.move(nodeAdded, 0)
  queued?.unschedulablePlugins.add('Fit')
  if (queued !== undefined) expect(queue.addUnschedulable(queued, 0)).toBe('backoff')
})

test('events of before the attempt, or that nobody waits for, do not count', () => {
  const queue = createQueue()
  queue.add(pod('p'), 0)
  queue.move(nodeAdded, 0)
  const queued = queue.pop()
  queue.move({ ...nodeAdded, resource: 'Service' }, 0)
  queued?.unschedulablePlugins.add('Fit')
  if (queued !== undefined) expect(queue.addUnschedulable(queued, 0)).toBe('unschedulable')
})

test('a plugin that had the Pod wait for something of its own gets it back without backoff', () => {
  const queue = createQueue()
  queue.add(pod('p'), 0)
  const queued = queue.pop()
  queued?.pendingPlugins.add('Own')
  if (queued !== undefined) queue.addUnschedulable(queued, 0)
  queue.move(claimUpdated, 0)
  expect(queue.whereIs(pod('p'))).toBe('active')
})

test('a Pod that nothing wakes is tried again after five minutes', () => {
  const queue = createQueue()
  queue.add(pod('p'), 0)
  reject(queue, 0)
  queue.flushUnschedulable(minutes(5))
  expect(queue.whereIs(pod('p'))).toBe('unschedulable')
  queue.flushUnschedulable(minutes(5) + seconds(30))
  expect(queue.whereIs(pod('p'))).toBe('active')
})

test('a gated Pod is not tried until its gate is gone', () => {
  const queue = createQueue()
  const gated = pod('p', 0, true)
  queue.add(gated, 0)
  expect(nextName(queue)).toBeUndefined()
  const opened = pod('p')
  const event: ClusterEvent = {
    ...{ resource: 'UnscheduledPod', actions: Action.updatePodGatesEliminated },
    ...{ before: gated.pod, after: opened.pod },
  }
  // Nobody waits for this event in this queue, so the gate itself must be asked again on a forced move.
  queue.update(gated, opened, { ...event, resource: '*' }, seconds(5))
  expect(nextName(queue)).toBe('p')
})

test('a deleted Pod is nowhere', () => {
  const queue = createQueue()
  for (const name of ['active', 'unschedulable']) queue.add(pod(name), 0)
  reject(queue, 0)
  queue.delete(pod('active'))
  queue.delete(pod('unschedulable'))
  expect([queue.length, queue.whereIs(pod('active')), nextName(queue)]).toEqual([0, 'absent', undefined])
})
