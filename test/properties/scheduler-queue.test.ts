/**
 * Goal: the queue loses no Pod and holds none twice, whatever happens in whatever order, and in the end gives every Pod out.
 * Method: random operations against a set that says which Pods must be somewhere.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Action, forced, type ClusterEvent } from '../../src/actors/scheduler/framework/events.ts'
import { Nominations } from '../../src/actors/scheduler/framework/nominations.ts'
import { PodInfo } from '../../src/actors/scheduler/framework/pod-info.ts'
import type { QueuedPod } from '../../src/actors/scheduler/queue/queued-pod.ts'
import { SchedulingQueue } from '../../src/actors/scheduler/queue/scheduling-queue.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'

const PLUGINS = ['Fit', 'Affinity'] as const
const EVENTS: readonly ClusterEvent[] = [
  { resource: 'Node', actions: Action.add, before: undefined, after: undefined },
  { resource: 'AssignedPod', actions: Action.delete, before: undefined, after: undefined },
  { resource: 'Service', actions: Action.add, before: undefined, after: undefined },
  forced(),
]

const operations = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), priority: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('pop' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('reject' as const), by: fc.constantFrom(...PLUGINS, 'error') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('done' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('update' as const), which: fc.nat(50) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), event: fc.constantFrom(...EVENTS) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
    },
  ),
  { maxLength: 80 },
)

const pod = (name: string, priority: number): PodInfo => {
  const made: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [], priority, schedulerName: 'default-scheduler' },
  }
  return new PodInfo(made)
}

const createQueue = (): SchedulingQueue =>
  new SchedulingQueue({
    less: (a, b) => a.info.priority > b.info.priority,
    initialBackoff: seconds(1),
    maxBackoff: seconds(10),
    nominations: new Nominations(),
    preEnqueue: new Map(),
    hints: new Map([
      [
        'default-scheduler',
        new Map([
          ['Fit', [{ resource: 'Node' as const, actions: Action.add }]],
          ['Affinity', [{ resource: 'Pod' as const, actions: Action.delete }]],
        ]),
      ],
    ]),
  })

test('every Pod is in exactly one place, and comes out in the end', () => {
  fc.assert(
    fc.property(operations, (plan) => {
      const queue = createQueue()
      const waiting = new Map<string, PodInfo>()
      const flying: QueuedPod[] = []
      let now = 0
      let named = 0
      const pick = (which: number): PodInfo | undefined => [...waiting.values()][which % Math.max(1, waiting.size)]

      for (const step of plan) {
        if (step.do === 'add') {
          const added = pod(`p-${++named}`, step.priority)
          queue.add(added, now)
          waiting.set(added.uid, added)
        } else if (step.do === 'pop') {
          const popped = queue.pop()
          if (popped === undefined) continue
          expect(waiting.delete(popped.info.uid)).toBe(true)
          flying.push(popped)
        } else if (step.do === 'reject') {
          const failed = flying.shift()
          if (failed === undefined) continue
          if (step.by !== 'error') failed.unschedulablePlugins.add(step.by)
          queue.addUnschedulable(failed, now)
          waiting.set(failed.info.uid, failed.info)
        } else if (step.do === 'done') {
          const bound = flying.shift()
          if (bound !== undefined) queue.done(bound.info.uid)
        } else if (step.do === 'delete') {
          const gone = pick(step.which)
          if (gone === undefined) continue
          queue.delete(gone)
          waiting.delete(gone.uid)
        } else if (step.do === 'update') {
          const before = pick(step.which)
          if (before === undefined) continue
          const event: ClusterEvent = {
            ...{ resource: 'UnscheduledPod', actions: Action.updateOther },
            ...{ before: before.pod, after: before.pod },
          }
          queue.update(before, new PodInfo({ ...before.pod }), event, now)
        } else if (step.do === 'move') queue.move(step.event, now)
        else {
          now += seconds(step.seconds)
          queue.flushBackoff(now)
          queue.flushUnschedulable(now)
        }
        expect(queue.length).toBe(waiting.size)
        for (const info of waiting.values())
          expect(['active', 'backoff', 'unschedulable']).toContain(queue.whereIs(info))
        for (const { info } of flying) expect(queue.whereIs(info)).toBe('in-flight')
      }

      now += minutes(6)
      queue.flushUnschedulable(now)
      queue.flushBackoff(now + seconds(20))
      const out = new Set<string>()
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) out.add(next.info.uid)
      expect(out).toEqual(new Set(waiting.keys()))
    }),
    { numRuns: 300 },
  )
})
