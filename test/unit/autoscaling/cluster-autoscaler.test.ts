/**
 * Goal: the autoscaler's decisions follow upstream's rules: what keeps a node, which group is best, how long failures count.
 * Method: tables of rules, and a thought cluster that kube-scheduler's filters judge.
 */
import { describe, expect, test } from 'vitest'
import { Backoff } from '../../../src/actors/cluster-autoscaler/backoff.ts'
import { ClusterState } from '../../../src/actors/cluster-autoscaler/cluster-state.ts'
import { podsToMove } from '../../../src/actors/cluster-autoscaler/drainability.ts'
import { estimate, fittingPods, type ScaleUpOption } from '../../../src/actors/cluster-autoscaler/estimator.ts'
import { bestOption } from '../../../src/actors/cluster-autoscaler/expander.ts'
import { GroupIndex, type NodeGroup } from '../../../src/actors/cluster-autoscaler/node-group.ts'
import { DEFAULT_OPTIONS } from '../../../src/actors/cluster-autoscaler/options.ts'
import { Snapshot } from '../../../src/actors/cluster-autoscaler/snapshot.ts'
import { utilizationMilli } from '../../../src/actors/cluster-autoscaler/utilization.ts'
import { SchedulingSimulation } from '../../../src/actors/scheduler/simulation.ts'
import { createRandom } from '../../../src/engine/kernel/random.ts'
import { hours, minutes } from '../../../src/events/time.ts'
import { NO_RESOURCES } from '../../../src/kubernetes/resources.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../src/kubernetes/types/scheduling.ts'
import type { View } from '../../../src/kubernetes/view.ts'
import { meta, ownedBy } from '../controllers/objects.ts'

const group = (name: string, more: Partial<NodeGroup> = {}): NodeGroup => ({
  name,
  min: 0,
  max: 5,
  target: 0,
  instances: [],
  capacity: { cpu: '4', memory: '16Gi', pods: '110' },
  labels: {},
  taints: [],
  price: 10_000,
  ...more,
})

let number = 0
const pod = (cpu: string, metadata: Partial<Pod['metadata']> = {}, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(`web-${++number}`, {
    ownerReferences: [ownedBy('ReplicaSet', 'web')],
    labels: { app: 'web' },
    ...metadata,
  }),
  spec: {
    containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu, memory: '1Gi' } } }],
    ...spec,
  },
})

const budget = (disruptionsAllowed: number): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta('web'),
  spec: { selector: { matchLabels: { app: 'web' } } },
  status: { disruptionsAllowed, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 },
})

const annotated = (name: string, value: string): Partial<Pod['metadata']> => ({
  annotations: { [`cluster-autoscaler.kubernetes.io/${name}`]: value },
})

describe('what keeps a node', () => {
  const emptyDir = { volumes: [{ name: 'scratch', emptyDir: {} }] }
  test.each<[string, Pod, PodDisruptionBudget[], string]>([
    ['a Pod that comes back elsewhere does not', pod('1'), [], 'moves'],
    ['a Pod of a DaemonSet does not', pod('1', { ownerReferences: [ownedBy('DaemonSet', 'log')] }), [], 'stays out'],
    ['a bare Pod does', pod('1', { ownerReferences: [] }), [], 'NotReplicated'],
    ['local storage does', pod('1', {}, emptyDir), [], 'LocalStorageRequested'],
    [
      'storage in memory does not',
      pod('1', {}, { volumes: [{ name: 'm', emptyDir: { medium: 'Memory' } }] }),
      [],
      'moves',
    ],
    [
      'storage said to be safe does not',
      pod('1', annotated('safe-to-evict-local-volumes', 'scratch'), emptyDir),
      [],
      'moves',
    ],
    ['a Pod of the system does', pod('1', { namespace: 'kube-system' }), [], 'UnmovableKubeSystemPod'],
    ['a word against eviction does', pod('1', annotated('safe-to-evict', 'false')), [], 'NotSafeToEvictAnnotation'],
    [
      'a word for eviction counts more',
      pod('1', { ...annotated('safe-to-evict', 'true'), ownerReferences: [] }),
      [],
      'moves',
    ],
    ['a budget that allows nothing does', pod('1'), [budget(0)], 'NotEnoughPdb'],
    ['a budget that allows one does not', pod('1'), [budget(1)], 'moves'],
  ])('%s', (_what, one, budgets, expected) => {
    const answer = podsToMove([one], budgets, DEFAULT_OPTIONS)
    expect('reason' in answer ? answer.reason : answer.length === 1 ? 'moves' : 'stays out').toBe(expected)
  })
})

const nodeOf = (name: string, cpu = '4'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta(name, { labels: { 'kubernetes.io/hostname': name } }),
  spec: {},
  status: {
    allocatable: { cpu, memory: '16Gi', pods: '110' },
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: '', message: '' },
    ],
  },
})

test('utilization is that of processors or memory, whichever is more; DaemonSets count unless told otherwise', () => {
  const daemon = pod('1', { ownerReferences: [ownedBy('DaemonSet', 'log')] })
  expect(utilizationMilli(nodeOf('n'), [pod('1'), pod('500m')], false)).toBe(375)
  expect(utilizationMilli(nodeOf('n'), [pod('0')], false)).toBe(62)
  expect(utilizationMilli(nodeOf('n'), [pod('1'), daemon], false)).toBe(500)
  expect(utilizationMilli(nodeOf('n'), [pod('1'), daemon], true)).toBe(333)
})

describe('expanders', () => {
  const option = (
    name: string,
    nodes: number,
    pods: number,
    milliCPU: number,
    more: Partial<NodeGroup> = {},
  ): ScaleUpOption => ({
    group: group(name, more),
    nodes,
    pods: Array.from({ length: pods }, () => pod('1')),
    requested: { ...NO_RESOURCES, milliCPU, memory: milliCPU },
    allocatable: { ...NO_RESOURCES, milliCPU: 4000, memory: 4000 },
  })
  const snug = option('snug', 1, 3, 3900, { price: 90_000 })
  const roomy = option('roomy', 3, 4, 4000, { price: 10_000 })
  const random = createRandom(1)
  const best = (expander: 'least-waste' | 'most-pods' | 'price' | 'priority', priorities = ''): string =>
    bestOption([snug, roomy], [expander], priorities, random).group.name

  test('each has its own mind', () => {
    expect(best('least-waste')).toBe('snug')
    expect(best('most-pods')).toBe('roomy')
    expect(best('price')).toBe('roomy')
    expect(best('priority', '10:\n  - .*\n50:\n  - sn.g\n')).toBe('snug')
    expect(best('priority', '10:\n  - sn.g\n50:\n  - "^roo"\n')).toBe('roomy')
  })

  test('chance decides between equals, the same for the same seed', () => {
    const drawn = (seed: number): readonly string[] => {
      const stream = createRandom(seed)
      return Array.from({ length: 20 }, () => bestOption([snug, roomy], ['random'], '', stream).group.name)
    }
    expect(drawn(1)).toEqual(drawn(1))
    expect(new Set(drawn(1))).toEqual(new Set(['snug', 'roomy']))
  })
})

test('a group that fails is left alone for 5 minutes, then 10, 20, 30; after 3 hours all is forgotten', () => {
  const backoff = new Backoff(DEFAULT_OPTIONS)
  let now = 0
  for (const wait of [5, 10, 20, 30, 30]) {
    backoff.fail('pool', now)
    expect(backoff.isBackedOff('pool', now + minutes(wait) - 1)).toBe(true)
    expect(backoff.isBackedOff('pool', now + minutes(wait))).toBe(false)
    // A failure during the back-off is the same one.
    backoff.fail('pool', now + 1)
    now += minutes(wait) + 2
  }
  now += hours(3) + 1
  backoff.forget(now)
  backoff.fail('pool', now)
  expect(backoff.isBackedOff('pool', now + minutes(5))).toBe(false)
})

test('machines that do not join in time are given back, and their group is left alone', () => {
  const state = new ClusterState(DEFAULT_OPTIONS)
  const instances = [{ id: 'i-pool-1', name: 'pool-1', state: 'running' as const }]
  const index = new GroupIndex([group('pool', { target: 1, instances })])
  const [pool] = index.groups
  state.requested('pool', 1, 0)
  expect(state.update(index, [], minutes(1)).lost.size).toBe(0)
  expect(pool === undefined ? 0 : state.upcoming(pool)).toBe(1)
  expect(state.update(index, [], minutes(15)).timedOut).toEqual([])
  expect(state.update(index, [], minutes(15) + 1).timedOut).toEqual(['pool'])
  expect(state.backoff.isBackedOff('pool', minutes(16))).toBe(true)
  expect([...state.update(index, [], minutes(16) + 1).lost]).toEqual([['pool', ['pool-1']]])
})

const viewOf = (nodes: readonly Node[], pods: readonly Pod[]): View => ({
  revision: () => 1,
  get: () => undefined,
  // The test's objects are of the kinds that it names.
  list: (kind) => (kind === 'Node' ? nodes : kind === 'Pod' ? pods : []) as never,
  indexed: (_kind, _index, value) => pods.filter(({ spec }) => (spec.nodeName ?? '') === value) as never,
})

const thought = (nodes: readonly Node[], pods: readonly Pod[] = []): Snapshot => {
  const view = viewOf(nodes, pods)
  return new Snapshot(new SchedulingSimulation(view), view, new GroupIndex([]), new ClusterState(DEFAULT_OPTIONS))
}

describe('how many nodes Pods need', () => {
  test('the largest go first, each on the first new node that takes it', () => {
    const pods = ['1', '3', '2', '2', '500m', '3'].map((cpu) => pod(cpu))
    // 4 cores each: 3+1, 3+0.5, 2+2.
    expect(estimate(group('pool'), pods, 10, thought([]))).toMatchObject({ nodes: 3, pods: { length: 6 } })
  })

  test('no more than the group may have; who has no room then is left out', () => {
    const pods = ['3', '3', '3'].map((cpu) => pod(cpu))
    expect(estimate(group('pool'), pods, 2, thought([]))).toMatchObject({ nodes: 2, pods: { length: 2 } })
  })

  test('Pods that must not be together get a node each', () => {
    const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' }
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    const pods = ['100m', '100m', '100m'].map((cpu) => pod(cpu, {}, { affinity }))
    expect(estimate(group('pool'), pods, 10, thought([]))?.nodes).toBe(3)
  })

  test('a Pod that no node of the group takes says why', () => {
    const tainted = group('gpu', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })
    const [large, small] = [pod('8'), pod('1')]
    expect([...fittingPods(group('pool'), [large, small], thought([])).rejected]).toEqual([
      [large, ['Insufficient cpu']],
    ])
    expect([...fittingPods(tainted, [small], thought([])).rejected.values()]).toEqual([
      ['node(s) had untolerated taint(s)'],
    ])
    expect(fittingPods(group('pool'), [large, small], thought([])).fitting).toEqual([small])
  })
})
