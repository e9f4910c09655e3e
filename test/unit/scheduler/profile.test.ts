/**
 * Goal: a configuration chooses plugins, their order, weights and arguments as upstream does, and a plugin of one's own
 * takes part like a built-in one.
 * Method: profiles built from configurations; decisions on two nodes.
 */
import { expect, test } from 'vitest'
import { SchedulerCore, type SchedulerOptions } from '../../../src/actors/scheduler/core.ts'
import { DEFAULT_PLUGINS, mergePluginSet } from '../../../src/actors/scheduler/framework/configuration.ts'
import type { PluginFactory } from '../../../src/actors/scheduler/framework/plugin.ts'
import { unschedulable } from '../../../src/actors/scheduler/framework/status.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { MemoryView } from '../../oracle/scheduler-view.ts'

const node = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '' },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
})

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }], schedulerName: 'default-scheduler' },
  status: { phase: 'Pending' },
}

const decide = (options: Partial<SchedulerOptions>) => {
  const view = new MemoryView()
  const core = new SchedulerCore({ view, below: () => 0, ...options })
  for (const name of ['east', 'west']) core.observe(view.put('Node', node(name)), 0)
  core.observe(view.put('Pod', pod), 0)
  const result = core.next(0)
  if (result === undefined) throw new Error('nothing was decided')
  return result.decision
}

test('a default that is named again keeps its place, a disabled one goes, a new one comes last', () => {
  const merged = mergePluginSet(DEFAULT_PLUGINS, {
    enabled: [
      { name: 'Mine', weight: 7 },
      { name: 'NodeAffinity', weight: 9 },
      { name: 'ImageLocality', weight: 3 },
    ],
    disabled: [{ name: 'ImageLocality' }],
  })
  const names = merged.map(({ name }) => name)
  expect(merged[names.indexOf('NodeAffinity')]?.weight).toBe(9)
  expect(names.indexOf('NodeAffinity')).toBe(DEFAULT_PLUGINS.findIndex(({ name }) => name === 'NodeAffinity'))
  expect(names.slice(-2)).toEqual(['Mine', 'ImageLocality'])
})

test('a star disables all defaults of a point; the weight named there counts', () => {
  const score = { disabled: [{ name: '*' }], enabled: [{ name: 'TaintToleration', weight: 5 }] }
  const { scores } = decide({ configuration: { profiles: [{ plugins: { score } }] } })
  expect(scores?.plugins).toEqual([{ name: 'TaintToleration', weight: 5 }])
  expect(scores?.nodes.map(({ total }) => total)).toEqual([500, 500])
})

const onlyWest: PluginFactory = () => ({
  name: 'OnlyWest',
  filter: (_state, _pod, { name }) =>
    name === 'west' ? undefined : unschedulable('OnlyWest', 'node(s) were not west'),
})

const prefersWest: PluginFactory = () => ({
  name: 'PrefersWest',
  score: (_state, _pod, { name }) => (name === 'west' ? 100 : 0),
})

const withPlugin = (name: string, plugin: PluginFactory): Partial<SchedulerOptions> => ({
  plugins: new Map([[name, plugin]]),
  configuration: { profiles: [{ plugins: { multiPoint: { enabled: [{ name, weight: 2 }] } } }] },
})

test('a filter of one’s own rejects nodes and is named as the reason', () => {
  const decision = decide(withPlugin('OnlyWest', onlyWest))
  expect(decision).toMatchObject({ outcome: 'scheduled', node: 'west', evaluatedNodes: 2, feasibleNodes: 1 })
  const reasons = ['node(s) were not west']
  expect(decision.filtered).toEqual([{ plugin: 'OnlyWest', reasons, nodes: 1, named: ['east'] }])
})

test('a score of one’s own counts with its weight', () => {
  const { node: chosen, scores } = decide(withPlugin('PrefersWest', prefersWest))
  expect(chosen).toBe('west')
  expect(scores?.plugins.at(-1)).toEqual({ name: 'PrefersWest', weight: 2 })
  expect(scores?.nodes[0]).toMatchObject({ node: 'west', scores: expect.arrayContaining([200]) as unknown })
})

test('a score out of range ends the attempt', () => {
  const tooMuch: PluginFactory = () => ({ name: 'TooMuch', score: () => 101 })
  expect(decide(withPlugin('TooMuch', tooMuch))).toMatchObject({
    outcome: 'error',
    message: 'plugin "TooMuch" returns an invalid score 101, it should in the range of [0, 100] after normalizing',
  })
})

test('a plugin that does not exist is a programmer’s error', () => {
  const configuration = { profiles: [{ plugins: { multiPoint: { enabled: [{ name: 'Absent' }] } } }] }
  expect(() => decide({ configuration })).toThrow('a scheduler plugin of the name Absent exists')
})
