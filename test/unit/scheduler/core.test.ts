/**
 * Goal: what the owner of the core may rely on: room is given back, preemption holds its Pod, decisions explain themselves.
 * Method: one or two nodes, a few Pods, the steps of a scheduling and a binding cycle by hand.
 */
import { expect, test } from 'vitest'
import { SchedulerCore, type SchedulerOptions } from '../../../src/actors/scheduler/core.ts'
import type { CycleResult } from '../../../src/actors/scheduler/cycle.ts'
import { failure, SKIP, type Status } from '../../../src/actors/scheduler/framework/status.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Pod, PodSpec } from '../../../src/kubernetes/types/pod.ts'
import { MemoryView } from '../../oracle/scheduler-view.ts'

const meta = (name: string) => ({ name, uid: name, resourceVersion: '1', creationTimestamp: '' })

const node = (name: string, cpu: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta(name),
  spec: {},
  status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
})

const pod = (name: string, cpu: string, spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...meta(name), namespace: 'default' },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], schedulerName: 'default-scheduler', ...spec },
  status: { phase: 'Pending' },
})

const setUp = (nodes: readonly Node[], options: Partial<SchedulerOptions> = {}) => {
  const view = new MemoryView()
  const core = new SchedulerCore({ view, below: () => 0, ...options })
  for (const each of nodes) core.observe(view.put('Node', each), 0)
  const create = (each: Pod, now = 0): void => core.observe(view.put('Pod', each), now)
  const remove = (name: string, now = 0): void => {
    const change = view.delete('Pod', 'default', name)
    if (change !== undefined) core.observe(change, now)
  }
  return { view, core, create, remove }
}

const bindingOf = (result: CycleResult | undefined) => {
  if (result?.kind !== 'binding') throw new Error(`no binding: ${result?.decision.message ?? 'nothing was decided'}`)
  return result.binding
}

test('a binding that fails gives the room back and wakes who waits for it', () => {
  const { core, create } = setUp([node('n', '1')])
  create(pod('first', '1'))
  create(pod('second', '1'))
  const binding = bindingOf(core.next(0))
  expect(core.next(0)?.decision).toMatchObject({ pod: 'second', outcome: 'unschedulable' })
  expect(core.bindingFailed(binding, failure('DefaultBinder', 'conflict'), 0)).toMatchObject({
    reason: 'SchedulerError',
    message: 'conflict',
  })
  expect(bindingOf(core.next(0)).queued.info.pod.metadata.name).toBe('second')
})

test('a bound Pod counts once: assumed, then confirmed', () => {
  const { core, create } = setUp([node('n', '2')])
  create(pod('p', '1'))
  const binding = bindingOf(core.next(0))
  expect(core.bind(binding)).toMatchObject({ verb: 'create', subresource: 'binding', name: 'p' })
  core.bound(binding)
  expect(core.cache.node('n')?.requested.milliCPU).toBe(1000)
  create(pod('p', '1', { nodeName: 'n' }))
  expect(core.cache.node('n')).toMatchObject({ requested: { milliCPU: 1000 }, pods: { length: 1 } })
  expect(core.cache.isAssumed('p')).toBe(false)
})

test('room is free when the phase of its Pod is terminal, not when the object goes', () => {
  const { core, create } = setUp([node('n', '1')])
  create(pod('done', '1', { nodeName: 'n' }))
  create(pod('next', '1'))
  expect(core.next(0)?.decision.outcome).toBe('unschedulable')
  create({ ...pod('done', '1', { nodeName: 'n' }), status: { phase: 'Succeeded' } }, 0)
  expect(core.next(0)?.decision).toMatchObject({ pod: 'next', outcome: 'scheduled', node: 'n' })
})

test('a preemptor is nominated, held while its victims are deleted, and then takes their place', () => {
  const { core, create, remove } = setUp([node('n', '1')])
  create(pod('victim', '1', { nodeName: 'n', priority: 1 }))
  create(pod('vip', '1', { priority: 9 }))
  const result = core.next(0)
  if (result?.kind !== 'failure') throw new Error('it should have preempted')
  const { info } = result.failure.queued
  expect(result.decision).toMatchObject({ nominatedNode: 'n', victims: ['default/victim'] })
  expect(result.failure).toMatchObject({
    nominatedNodeName: 'n',
    message: '0/1 nodes are available: 1 Insufficient cpu.',
  })

  core.queue.activate(info)
  expect(core.queue.whereIs(info)).toBe('unschedulable')
  core.preemptionDone(info, false)
  remove('victim')
  expect(core.next(0)?.decision).toMatchObject({ pod: 'vip', node: 'n', evaluatedNodes: 1 })
})

test('room that is kept for a nominated Pod is not given to a less important one', () => {
  const { core, create, remove } = setUp([node('n', '1')])
  create(pod('victim', '1', { nodeName: 'n', priority: 1 }))
  create(pod('vip', '1', { priority: 9 }))
  const preempted = core.next(0)
  if (preempted?.kind !== 'failure') throw new Error('it should have preempted')
  core.preemptionDone(preempted.failure.queued.info, false)
  create(pod('small', '1', { priority: 2 }))
  remove('victim')
  const names = [core.next(0), core.next(0)].map((result) => [result?.decision.pod, result?.decision.outcome])
  // The preemptor is in its backoff still: the other one is tried first, and finds the room taken.
  expect(names).toEqual([
    ['small', 'unschedulable'],
    ['vip', 'scheduled'],
  ])
})

test('a decision names who rejected how many nodes, and the best of those that were left', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e'].map((name, i) => node(name, String(2 + i)))
  const cordoned: Node = { ...node('f', '8'), spec: { unschedulable: true } }
  const { core, create } = setUp([...nodes, cordoned], { explainedNodes: 2 })
  create(pod('p', '3'))
  const decision = core.next(0)?.decision
  expect(decision?.filtered).toEqual([
    { plugin: 'NodeResourcesFit', reasons: ['Insufficient cpu'], nodes: 1, named: ['a'] },
    { plugin: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'], nodes: 1, named: ['f'] },
  ])
  expect(decision?.scores).toMatchObject({ scored: 4, nodes: [{ node: 'e' }, { node: 'd' }] })
})

test('Permit can hold a Pod back; others are decided meanwhile', () => {
  const wait: Status = { ...SKIP, code: 'Wait', plugin: 'Quorum' }
  const plugins = new Map([
    ['Quorum', () => ({ name: 'Quorum', permit: () => ({ status: wait, timeout: seconds(15) }) })],
  ])
  const configuration = { profiles: [{ plugins: { multiPoint: { enabled: [{ name: 'Quorum' }] } } }] }
  const { core, create } = setUp([node('n', '2')], { plugins, configuration })
  create(pod('one', '1'))
  create(pod('two', '1'))
  expect(bindingOf(core.next(0)).waits).toEqual({ plugin: 'Quorum', timeout: seconds(15) })
  expect(bindingOf(core.next(0)).queued.info.pod.metadata.name).toBe('two')
})

test('a Pod of another scheduler is counted, not scheduled', () => {
  const { core, create } = setUp([node('n', '2')])
  create(pod('theirs', '1', { schedulerName: 'other' }))
  expect(core.next(0)).toBeUndefined()
  create(pod('theirs', '1', { schedulerName: 'other', nodeName: 'n' }))
  expect(core.cache.node('n')?.requested.milliCPU).toBe(1000)
})

test('a Pod that is deleted while it waits is forgotten', () => {
  const { core, create, remove } = setUp([node('n', '1')])
  create(pod('p', '2'))
  expect(core.next(0)?.decision.outcome).toBe('unschedulable')
  remove('p')
  expect(core.queue.length).toBe(0)
})

test('without nodes an attempt is an error that is tried again', () => {
  const { core, create } = setUp([])
  create(pod('p', '1'))
  const result = core.next(0)
  expect(result).toMatchObject({ kind: 'failure', failure: { message: 'no nodes available to schedule pods' } })
  core.queue.flushBackoff(seconds(2))
  expect(core.queue.isReady).toBe(true)
})
