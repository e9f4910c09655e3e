/**
 * Goal: the log explains every answer, and one seed gives one log.
 * Method: a mixed run over three API servers; causes are followed from answers and stored revisions back to their requests;
 * the same run again gives the same events, another seed others.
 */
import { expect, test } from 'vitest'
import type { LogEvent } from '../../../src/events/envelope.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import { ControlPlane, pod } from './control-plane.ts'

const run = (seed: number): ControlPlane => {
  const plane = new ControlPlane({ seed, servers: 3 })
  plane.namespace('ns')
  plane.watch({ kind: 'Pod', revision: plane.objects.head, bookmarks: true }, 2)
  for (let i = 0; i < 10; i++)
    plane.send({ verb: 'create', kind: 'Pod', namespace: 'ns', body: pod(`p${i}`) }, 1 + (i % 3))
  plane.run(millis(100))
  plane.kernel.machines.kill('etcd/1', plane.kernel.seq)
  for (let i = 0; i < 10; i++) {
    const target = { kind: 'Pod', namespace: 'ns', name: `p${i}` } as const
    plane.send(
      { verb: 'patch', ...target, patchType: 'merge', body: { metadata: { labels: { i: `${i}` } } } },
      1 + (i % 3),
    )
    if (i % 2 === 0) plane.send({ verb: 'delete', ...target }, 1 + (i % 3))
  }
  plane.run(seconds(70))
  return plane
}

/** The events that led to one, itself first. */
const chain = (plane: ControlPlane, event: LogEvent): readonly LogEvent[] => {
  const cause = plane.events[event.cause - 1]
  return cause === undefined ? [event] : [event, ...chain(plane, cause)]
}

test('every answer and every revision that somebody asked for leads back to the request', () => {
  const plane = run(1)
  const answers = plane.of('ApiResponded')
  expect(answers.length).toBeGreaterThan(25)
  for (const answer of answers) {
    const cause = plane.events[answer.cause - 1]
    expect(cause?.type === 'ApiRequested' && cause.data.request).toBe(answer.data.request)
  }
  const pods = plane.of('RevisionCommitted').filter(({ data }) => data.key.startsWith('/registry/pods/'))
  expect(pods.length).toBeGreaterThan(20)
  for (const commit of pods) {
    expect(chain(plane, commit).map(({ type }) => type)).toEqual(['RevisionCommitted', 'EtcdRequested', 'ApiRequested'])
  }
})

test('one seed gives one log, another seed another', () => {
  const [one, again, other] = [run(7), run(7), run(8)].map(({ events }) => events.map((event) => JSON.stringify(event)))
  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
})
