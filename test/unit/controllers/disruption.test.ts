/**
 * Goal: a budget's status never allows more evictions than its Pods can bear, whatever the view shows.
 * Method: a table of limits over given Pods and owners; then granted evictions that lag, are not carried out or collide, and
 * marks on Pods that nobody deleted.
 */
import { describe, expect, test } from 'vitest'
import { disruptionController } from '../../../src/actors/controllers/disruption/disruption.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { PodDisruptionBudget } from '../../../src/kubernetes/types/scheduling.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { deployment, meta, ownedBy, pod, replicaSet, secondsAt } from './objects.ts'

const budget = (spec: Partial<PodDisruptionBudget['spec']>, parts: Partial<PodDisruptionBudget> = {}): Given => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta('b', { generation: 1 }),
  ...{ spec: { selector: { matchLabels: { app: 'web' } }, ...spec }, ...parts },
})

type Status = NonNullable<PodDisruptionBudget['status']>

const statusOf = (bench: ControllerBench): Status | undefined =>
  bench.get('PodDisruptionBudget', 'default', 'b')?.status

/** Pods of ReplicaSet `web-1` of Deployment `web`: first the ready ones. */
const pods = (ready: number, all: number): readonly Given[] =>
  Array.from({ length: all }, (_, i) => pod(`p${i}`, { owner: 'web-1', node: 'n', ready: i < ready }))

const owners = (replicas: number): readonly Given[] => [
  deployment({ replicas }) as Given,
  replicaSet('web-1', { replicas }) as Given,
]

describe('limits', () => {
  const cases: readonly {
    readonly spec: Partial<PodDisruptionBudget['spec']>
    /** Replicas of the Deployment, its Pods, and those of them that are ready. */
    readonly scale: number
    readonly all: number
    readonly ready: number
    /** Pods expected, healthy desired, disruptions allowed. */
    readonly gives: readonly [number, number, number]
  }[] = [
    { spec: { minAvailable: 2 }, scale: 5, all: 5, ready: 5, gives: [5, 2, 3] },
    { spec: { minAvailable: 2 }, scale: 5, all: 3, ready: 3, gives: [3, 2, 1] },
    { spec: { minAvailable: 7 }, scale: 5, all: 5, ready: 5, gives: [5, 7, 0] },
    { spec: { minAvailable: 0 }, scale: 5, all: 5, ready: 1, gives: [5, 0, 1] },
    { spec: { minAvailable: '50%' }, scale: 5, all: 5, ready: 5, gives: [5, 3, 2] },
    { spec: { minAvailable: '50%' }, scale: 7, all: 7, ready: 5, gives: [7, 4, 1] },
    { spec: { minAvailable: '1%' }, scale: 7, all: 7, ready: 7, gives: [7, 1, 6] },
    { spec: { minAvailable: '100%' }, scale: 3, all: 3, ready: 3, gives: [3, 3, 0] },
    { spec: { minAvailable: '0%' }, scale: 3, all: 3, ready: 3, gives: [3, 0, 3] },
    { spec: { minAvailable: '50%' }, scale: 10, all: 4, ready: 4, gives: [10, 5, 0] },
    { spec: { maxUnavailable: 1 }, scale: 5, all: 5, ready: 5, gives: [5, 4, 1] },
    { spec: { maxUnavailable: 1 }, scale: 5, all: 5, ready: 4, gives: [5, 4, 0] },
    { spec: { maxUnavailable: 9 }, scale: 5, all: 5, ready: 5, gives: [5, 0, 5] },
    { spec: { maxUnavailable: 0 }, scale: 5, all: 5, ready: 5, gives: [5, 5, 0] },
    { spec: { maxUnavailable: '30%' }, scale: 7, all: 7, ready: 7, gives: [7, 4, 3] },
    { spec: { maxUnavailable: '1%' }, scale: 7, all: 7, ready: 7, gives: [7, 6, 1] },
    { spec: { maxUnavailable: '0%' }, scale: 7, all: 7, ready: 7, gives: [7, 7, 0] },
    { spec: { maxUnavailable: 1 }, scale: 3, all: 5, ready: 5, gives: [3, 2, 3] },
    { spec: { maxUnavailable: 1 }, scale: 0, all: 2, ready: 2, gives: [0, 0, 0] },
  ]
  test.each(cases)('$spec with $ready ready of $all, scaled to $scale', ({ spec, scale, all, ready, gives }) => {
    const bench = controllerBench(disruptionController)
    bench
      .given(budget(spec), ...owners(scale), ...pods(ready, all))
      .show()
      .run(seconds(1))
    const { expectedPods, desiredHealthy, disruptionsAllowed, currentHealthy } = statusOf(bench) ?? {}
    expect([expectedPods, desiredHealthy, disruptionsAllowed]).toEqual(gives)
    expect(currentHealthy).toBe(ready)
    const [condition] = statusOf(bench)?.conditions ?? []
    const isAllowed = gives[2] > 0
    expect(condition).toMatchObject({ type: 'DisruptionAllowed', observedGeneration: 1, message: '' })
    expect([condition?.status, condition?.reason]).toEqual(
      isAllowed ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods'],
    )
  })
})

describe('owners', () => {
  test('of several kinds are added up, each once', () => {
    const bench = controllerBench(disruptionController)
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta('db'), ...{ spec: { replicas: 4 } } }
    const member = pod('db-0', { metadata: { ownerReferences: [ownedBy('StatefulSet', 'db')] } })
    bench
      .given(budget({ maxUnavailable: '50%' }), ...owners(2), ...pods(2, 2), set, member)
      .show()
      .run(seconds(1))
    expect(statusOf(bench)).toMatchObject({ expectedPods: 6, desiredHealthy: 3, currentHealthy: 3 })
  })

  test('that the view does not show yet let nothing go, and are asked for', () => {
    const bench = controllerBench(disruptionController)
    bench
      .stall('ReplicaSet')
      .given(budget({ maxUnavailable: 1 }), ...owners(2), ...pods(2, 2))
      .show('PodDisruptionBudget', 'Pod', 'Deployment')
      .run(seconds(1))
    expect(bench.takeLines().slice(0, 2)).toEqual(['get ReplicaSet/scale web-1', 'update PodDisruptionBudget/status b'])
    expect(statusOf(bench)?.disruptionsAllowed).toBe(0)
  })

  test('that cannot be scaled are an error that is told, and nothing is allowed', () => {
    const bench = controllerBench(disruptionController)
    const agent = pod('a', { metadata: { ownerReferences: [ownedBy('DaemonSet', 'agents')] } })
    bench
      .given(budget({ maxUnavailable: 1 }), agent)
      .show()
      .run(seconds(1))
    const why = 'daemonsets.apps does not implement the scale subresource'
    expect(bench.events).toEqual([
      `CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ${why}`,
    ])
    expect(statusOf(bench)?.conditions?.[0]).toMatchObject({ status: 'False', reason: 'SyncFailed', message: why })
  })

  test('that are not there are told, and the budget counts without them', () => {
    const bench = controllerBench(disruptionController)
    bench
      .given(budget({ maxUnavailable: 1 }), pod('alone'))
      .show()
      .run(seconds(1))
    expect(bench.events[0]).toContain('(selector: &LabelSelector{MatchLabels:map[string]string{app: web,},')
    expect(statusOf(bench)).toMatchObject({ expectedPods: 0, currentHealthy: 1, disruptionsAllowed: 0 })
  })
})

describe('granted evictions', () => {
  const granted = (second: number, allowed = 0): Partial<PodDisruptionBudget> => ({
    status: {
      observedGeneration: 1,
      disruptedPods: { p0: secondsAt(second) },
      disruptionsAllowed: allowed,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
    },
  })

  test('count as gone although the Pod still looks ready', () => {
    const bench = controllerBench(disruptionController)
    bench
      .given(budget({ minAvailable: 2 }, granted(0)), ...pods(3, 3))
      .show()
      .run(seconds(1))
    expect(statusOf(bench)).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 0,
      disruptedPods: { p0: secondsAt(0) },
    })
  })

  test('are forgotten when the Pod is seen to go', () => {
    const bench = controllerBench(disruptionController)
    bench
      .given(budget({ minAvailable: 2 }, granted(0)), ...pods(3, 3))
      .show()
      .run(seconds(1))
    const gone = { deletionTimestamp: secondsAt(1) }
    bench.change('Pod', 'default', 'p0', (one) => ({ ...one, metadata: { ...one.metadata, ...gone } }))
    bench.show().run(seconds(1))
    expect(statusOf(bench)?.disruptedPods).toBeUndefined()
    expect(statusOf(bench)).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0 })
  })

  test('that come to nothing are given back after two minutes, and told', () => {
    const bench = controllerBench(disruptionController)
    bench
      .given(budget({ minAvailable: 2 }, granted(0)), ...pods(3, 3))
      .show()
      .run(seconds(119))
    expect(statusOf(bench)?.disruptionsAllowed).toBe(0)
    bench.run(seconds(3))
    expect(statusOf(bench)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 })
    expect(bench.events).toEqual(["NotDeleted: Pod was expected by PDB default/default to be deleted but it wasn't"])
  })

  test('are not written over by a controller that has not seen them', () => {
    const bench = controllerBench(disruptionController)
    bench
      .given(budget({ minAvailable: 2 }), ...pods(3, 3))
      .show()
      .run(seconds(1))
    expect(statusOf(bench)?.disruptionsAllowed).toBe(1)
    // The API server grants an eviction; then a Pod changes before the controller sees the budget again.
    bench.stall('PodDisruptionBudget')
    bench.change('PodDisruptionBudget', 'default', 'b', (one) => ({ ...one, ...granted(1) }))
    bench.change('Pod', 'default', 'p2', () => pod('p2', { owner: 'web-1', node: 'n', ready: false }))
    bench.show('Pod').run(seconds(1))
    expect(statusOf(bench)).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { p0: secondsAt(1) } })
    bench.flow('PodDisruptionBudget').run(seconds(5))
    expect(statusOf(bench)).toMatchObject({
      currentHealthy: 1,
      disruptionsAllowed: 0,
      disruptedPods: { p0: secondsAt(1) },
    })
  })
})

test('a budget that covers nothing says so and allows nothing', () => {
  const bench = controllerBench(disruptionController)
  bench
    .given(budget({ minAvailable: 0 }))
    .show()
    .run(seconds(1))
  expect(bench.events).toEqual(['NoPods: No matching pods found'])
  expect(statusOf(bench)).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 })
})

test('a Pod under two budgets moves one of them, and is told about', () => {
  const bench = controllerBench(disruptionController)
  const other = { ...budget({ minAvailable: 1 }), metadata: meta('c', { generation: 1 }) }
  bench
    .given(budget({ minAvailable: 1 }), other)
    .show()
    .given(...pods(1, 1))
    .show()
    .run(seconds(1))
  const message = 'Pod "default"/"p0" matches multiple PodDisruptionBudgets.  Chose "b" arbitrarily.'
  expect(bench.events).toContain(`MultiplePodDisruptionBudgets: ${message}`)
})

test('where there is no budget, Pods cost nothing', () => {
  const bench = controllerBench(disruptionController)
  bench
    .given(...owners(3), ...pods(2, 3))
    .show()
    .run(minutes(5))
  expect(bench.takeLines()).toEqual([])
})

test('a Pod that was marked and not deleted loses its mark after two minutes; a kubelet’s stays', () => {
  const bench = controllerBench(disruptionController)
  const marked = (name: string, reason: string): Given => {
    const mark = { type: 'DisruptionTarget', status: 'True', reason, lastTransitionTime: secondsAt(0) } as const
    return pod(name, { status: { conditions: [mark] } })
  }
  bench.given(marked('a', 'EvictionByEvictionAPI'), marked('b', 'TerminationByKubelet')).show().run(seconds(119))
  expect(bench.takeLines()).toEqual([])
  bench.run(seconds(2))
  expect(bench.takeLines()).toEqual(['update Pod/status a'])
  expect(bench.get('Pod', 'default', 'a')?.status?.conditions?.[0]).toMatchObject({ status: 'False' })
})
