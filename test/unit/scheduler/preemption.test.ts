/**
 * Goal: of several nodes the one is chosen where preemption costs least, by upstream's ranks in turn; budgets protect Pods in order.
 * Method: candidates that differ in one rank only.
 */
import { expect, test } from 'vitest'
import { NodeInfo } from '../../../src/actors/scheduler/framework/node-info.ts'
import { PodInfo } from '../../../src/actors/scheduler/framework/pod-info.ts'
import type { Candidate } from '../../../src/actors/scheduler/preemption/candidate.ts'
import { chooseCandidate } from '../../../src/actors/scheduler/preemption/choice.ts'
import { protectedPods } from '../../../src/actors/scheduler/preemption/disruption-budgets.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../src/kubernetes/types/scheduling.ts'

const victim = (name: string, priority: number, minute = 0): PodInfo => {
  const made: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' },
      labels: { app: 'web' },
    },
    spec: { containers: [], priority },
    status: { startTime: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z` },
  }
  return new PodInfo(made)
}

const candidate = (name: string, victims: readonly PodInfo[], pdbViolations = 0): Candidate => ({
  node: new NodeInfo(name, 0),
  victims,
  pdbViolations,
})

const chosen = (...candidates: readonly Candidate[]): string | undefined => chooseCandidate(candidates)?.node.name

test('fewest broken budgets before everything else', () => {
  expect(chosen(candidate('a', [victim('x', 1)], 1), candidate('b', [victim('y', 900)]))).toBe('b')
})

test('then the lowest of the highest priorities', () => {
  expect(chosen(candidate('a', [victim('x', 5)]), candidate('b', [victim('y', 4), victim('z', 4)]))).toBe('b')
})

test('then the lowest sum of priorities, where negative ones never make more victims cheaper', () => {
  expect(chosen(candidate('a', [victim('x', 5), victim('y', -9)]), candidate('b', [victim('z', 5)]))).toBe('b')
})

test('then the latest start of the most important victims', () => {
  const early = candidate('a', [victim('x', 5, 1), victim('y', 1, 50)])
  const late = candidate('b', [victim('z', 5, 9), victim('u', 1, 2)])
  expect(chosen(early, late)).toBe('b')
})

test('then the first', () => {
  expect(chosen(candidate('a', [victim('x', 5)]), candidate('b', [victim('y', 5)]))).toBe('a')
  expect(chosen()).toBeUndefined()
})

const budget = (allowed: number, over: Partial<PodDisruptionBudget> = {}): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default', uid: 'pdb', resourceVersion: '1', creationTimestamp: '' },
  spec: { selector: { matchLabels: { app: 'web' } } },
  status: { disruptionsAllowed: allowed, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 },
  ...over,
})

const names = (pods: ReadonlySet<PodInfo>): readonly string[] => [...pods].map(({ pod }) => pod.metadata.name)

test('a budget lets the first Pods go and protects the rest', () => {
  const pods = [victim('a', 3), victim('b', 2), victim('c', 1)]
  expect(names(protectedPods(pods, [budget(1)]))).toEqual(['b', 'c'])
})

test('an empty selector protects nobody, nor does a budget of another namespace', () => {
  const pods = [victim('a', 3)]
  const elsewhere = budget(0, { metadata: { ...budget(0).metadata, namespace: 'other' } })
  expect(names(protectedPods(pods, [budget(0, { spec: { selector: {} } }), elsewhere]))).toEqual([])
})

test('a Pod whose eviction was granted already does not count again', () => {
  const status = { ...budget(0).status, disruptedPods: { a: '2026-01-01T00:00:00Z' }, disruptionsAllowed: 0 }
  const granted = budget(0, { status: { currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, ...status } })
  expect(names(protectedPods([victim('a', 3), victim('b', 2)], [granted]))).toEqual(['b'])
})
