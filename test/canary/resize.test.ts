/**
 * Goal: the checks on resizes are worth something: they notice a kubelet that forgets what it has granted, one that takes its node
 * for larger than it is, one that does not look at its runtime, and a runtime that does not do what it is told.
 * Method: each bug is planted into the cluster of the property in test/properties/resize.test.ts, and has to be noticed.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HostedActor } from '../../src/engine/actor.ts'
import type { LogEvent } from '../../src/events/envelope.ts'
import { play, stories, type Plant } from '../properties/resize-story.ts'

const RUNS = 60

/** An actor that is told something else than what was said; nothing instead of undefined. */
const misled = (actor: HostedActor, lie: (event: LogEvent) => LogEvent | undefined): HostedActor => ({
  logic: {
    ...actor.logic,
    transition: (snapshot, event, scope) => {
      const told = lie(event)
      return told === undefined ? snapshot : actor.logic.transition(snapshot, told, scope)
    },
  },
})

const planted = (id: string, lie: (event: LogEvent) => LogEvent | undefined): Plant => ({
  substitute: (one, actor) => (one === id ? misled(actor, lie) : actor),
})

const bugs: Readonly<Record<string, Plant>> = {
  'a kubelet that forgets what it has granted when it ends': {
    kubeletEnded: (cluster) => cluster.kernel.machines.replaceContent('kubelet/node-1', []),
  },
  'a kubelet that takes its node for larger than it is': {
    node: { allocatable: { cpu: '6', memory: '16Gi', pods: '110' } },
  },
  'a kubelet that never looks at its runtime again': planted('kubelet/node-1', (event) =>
    event.type === 'TimerFired' && event.data.name === 'relist' ? undefined : event,
  ),
  'a runtime that gives containers nothing of what it is told': planted('containerd/node-1', (event) =>
    event.type === 'UpdateContainerResources' ? { ...event, data: { ...event.data, resources: {} } } : event,
  ),
}

test.each(Object.entries(bugs))('%s', { timeout: 120_000 }, (_, plant) => {
  const result = fc.check(
    fc.property(stories, (story) => play(story, plant).problems.length === 0),
    { numRuns: RUNS, seed: 1, endOnFailure: true },
  )
  expect(result.failed).toBe(true)
})
