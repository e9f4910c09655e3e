/**
 * Goal: an autoscaler asks for as many replicas as upstream's arithmetic does.
 * Method: tables of our own numbers, worked out by hand, for each step: which Pods count, what the metrics ask for, what
 * windows, rates and bounds leave of it.
 */
import { describe, expect, test } from 'vitest'
import { historyOf, type History } from '../../../src/actors/controllers/horizontal-pod-autoscaler/memory.ts'
import { normalize } from '../../../src/actors/controllers/horizontal-pod-autoscaler/normalize.ts'
import {
  groupPods,
  type PodGroups,
  type PodMetric,
} from '../../../src/actors/controllers/horizontal-pod-autoscaler/pod-groups.ts'
import { scaleDownLimit, scaleUpLimit } from '../../../src/actors/controllers/horizontal-pod-autoscaler/rates.ts'
import {
  replicasByAverage,
  replicasByShare,
  replicasByUtilization,
} from '../../../src/actors/controllers/horizontal-pod-autoscaler/replicas.ts'
import { requestsOf } from '../../../src/actors/controllers/horizontal-pod-autoscaler/requests.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { HorizontalPodAutoscaler } from '../../../src/kubernetes/types/autoscaling.ts'
import type { Pod, PodStatus } from '../../../src/kubernetes/types/pod.ts'
import { meta, secondsAt } from './objects.ts'

const TOLERANCE = { up: 0.1, down: 0.1 }

const metric = (value: number, at = minutes(20)): PodMetric => ({ value, timestamp: at, window: seconds(15) })
const names = (count: number, from = 1): readonly string[] => Array.from({ length: count }, (_, i) => `p${from + i}`)
const groups = (
  ready: number,
  parts: Partial<Record<'unready' | 'missing' | 'ignored', readonly string[]>> = {},
): PodGroups => ({
  ready,
  unready: new Set(parts.unready),
  missing: new Set(parts.missing),
  ignored: new Set(parts.ignored),
})

describe('what a percentage of the requests asks for', () => {
  // Every Pod requests 200m; `used` is what those with metrics use, in millicores.
  const cases = [
    { what: 'on target', used: [100, 100, 100], target: 50, current: 3, replicas: 3 },
    { what: 'a little over, within the tolerance', used: [109, 109, 109], target: 50, current: 3, replicas: 3 },
    { what: 'over', used: [180, 180, 180], target: 60, current: 3, replicas: 5 },
    { what: 'far under', used: [20, 20, 20, 20], target: 50, current: 4, replicas: 1 },
    { what: 'percentages are cut, not rounded', used: [111, 111, 112], target: 50, current: 3, replicas: 3 },
    {
      what: 'a missing Pod counts as idle on the way up',
      used: [200, 200],
      missing: 1,
      target: 50,
      current: 3,
      replicas: 4,
    },
    { what: 'which may leave nothing to do', used: [120, 120], missing: 1, target: 50, current: 3, replicas: 3 },
    {
      what: 'a missing Pod counts as busy on the way down',
      used: [20, 20],
      missing: 1,
      target: 50,
      current: 3,
      replicas: 3,
    },
    { what: 'and does not keep all', used: [10, 10, 10, 10], missing: 1, target: 80, current: 5, replicas: 2 },
    {
      what: 'young Pods count as idle on the way up',
      used: [200, 200],
      unready: 2,
      target: 60,
      current: 4,
      replicas: 4,
    },
    { what: 'and not at all on the way down', used: [30, 30], unready: 2, target: 60, current: 4, replicas: 1 },
  ]
  test.each(cases)('$what', ({ used, missing = 0, unready = 0, target, current, replicas }) => {
    const metrics = new Map(used.map((value, i) => [`p${i + 1}`, metric(value)]))
    const all = names(used.length + missing + unready)
    const requests = new Map(all.map((name) => [name, 200]))
    const shown = groups(used.length, {
      missing: all.slice(used.length, used.length + missing),
      unready: all.slice(used.length + missing),
    })
    expect(replicasByUtilization(current, target, metrics, requests, shown, TOLERANCE)).toMatchObject({ replicas })
  })

  test('tells the percentage and the mean', () => {
    const metrics = new Map([
      ['p1', metric(150)],
      ['p2', metric(75)],
    ])
    const requests = new Map(names(2).map((name) => [name, 300]))
    const count = replicasByUtilization(2, 50, metrics, requests, groups(2), TOLERANCE)
    expect(count).toEqual({ replicas: 2, utilization: 37, average: 112 })
  })

  test('of Pods that all are too young says nothing', () => {
    const metrics = new Map([['p1', metric(150)]])
    const count = replicasByUtilization(
      1,
      50,
      metrics,
      new Map([['p1', 100]]),
      groups(0, { unready: ['p1'] }),
      TOLERANCE,
    )
    expect(count).toEqual({ problem: 'did not receive metrics for targeted pods (pods might be unready)' })
  })

  test('has a tolerance in each direction', () => {
    const metrics = new Map([['p1', metric(120)]])
    const requests = new Map([['p1', 200]])
    const asked = (up: number): unknown => replicasByUtilization(1, 50, metrics, requests, groups(1), { up, down: 0 })
    expect(asked(0.2)).toMatchObject({ replicas: 1 })
    expect(asked(0.1)).toMatchObject({ replicas: 2 })
  })
})

test('a mean per Pod asks for as many as make it so', () => {
  const metrics = new Map(names(3).map((name) => [name, metric(40_000)]))
  expect(replicasByAverage(3, 25_000, metrics, groups(3), TOLERANCE)).toMatchObject({ replicas: 5, average: 40_000 })
  // The one that says nothing counts as on target on the way down.
  const few = new Map(names(2).map((name) => [name, metric(10_000)]))
  expect(replicasByAverage(3, 20_000, few, groups(2, { missing: ['p3'] }), TOLERANCE)).toMatchObject({ replicas: 2 })
})

test('one number that all Pods share is divided by what one may have', () => {
  expect(replicasByShare(4, 100_000, 30_000, TOLERANCE)).toEqual({ replicas: 4, average: 25_000 })
  expect(replicasByShare(4, 160_000, 30_000, TOLERANCE)).toEqual({ replicas: 6, average: 40_000 })
  expect(replicasByShare(4, 50_000, 30_000, TOLERANCE)).toEqual({ replicas: 2, average: 12_500 })
})

describe('which Pods count', () => {
  const pod = (status: Partial<PodStatus>, more: object = {}): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta('p1'), ...more },
    spec: { containers: [] },
    status: { phase: 'Running', startTime: secondsAt(0), ...status },
  })
  const ready = (value: 'True' | 'False', since: number): Partial<PodStatus> => ({
    conditions: [{ type: 'Ready', status: value, lastTransitionTime: secondsAt(since) }],
  })
  const cases = [
    { what: 'a ready one', status: ready('True', 10), now: 600, at: 590, group: 'ready' },
    { what: 'one without metrics', status: ready('True', 10), now: 600, group: 'missing' },
    { what: 'a pending one', status: { phase: 'Pending' }, now: 600, at: 590, group: 'unready' },
    { what: 'a failed one', status: { phase: 'Failed' }, now: 600, at: 590, group: 'ignored' },
    { what: 'young, a whole window since it got ready', status: ready('True', 20), now: 60, at: 35, group: 'ready' },
    {
      what: 'young, less than a window since it got ready',
      status: ready('True', 20),
      now: 60,
      at: 34,
      group: 'unready',
    },
    { what: 'old, and never ready', status: ready('False', 29), now: 900, at: 890, group: 'unready' },
    { what: 'old, and unready after it had been ready', status: ready('False', 31), now: 900, at: 890, group: 'ready' },
  ] as const
  test.each(cases)('$what: $group', (one) => {
    const metrics = 'at' in one ? new Map([['p1', metric(10, seconds(one.at))]]) : new Map<string, PodMetric>()
    const { ready: count, unready, missing, ignored } = groupPods([pod(one.status)], metrics, 'cpu', seconds(one.now))
    const found = { ready: count, unready: unready.size, missing: missing.size, ignored: ignored.size }
    expect(found).toEqual({ ready: 0, unready: 0, missing: 0, ignored: 0, [one.group]: 1 })
  })

  test('the start-up says nothing about memory', () => {
    const metrics = new Map([['p1', metric(10, seconds(21))]])
    expect(groupPods([pod(ready('True', 20))], metrics, 'memory', seconds(60)).ready).toBe(1)
  })

  test('a Pod on its way out is ignored', () => {
    const leaving = pod(ready('True', 10), { deletionTimestamp: secondsAt(500) })
    expect(groupPods([leaving], new Map([['p1', metric(10)]]), 'cpu', seconds(600)).ignored.size).toBe(1)
  })
})

test('requests are of all containers that run together, and none may lack one', () => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('p1'),
    spec: {
      containers: [
        { name: 'app', resources: { requests: { cpu: '250m' } } },
        { name: 'log', resources: { requests: { memory: '10Mi' } } },
      ],
      initContainers: [{ name: 'mesh', restartPolicy: 'Always', resources: { requests: { cpu: '50m' } } }],
    },
  }
  expect(requestsOf([pod], 'cpu', 'app')).toMatchObject({ right: new Map([['p1', 250]]) })
  expect(requestsOf([pod], 'cpu', '')).toEqual({
    _tag: 'Left',
    left: 'missing request for cpu in container log of Pod p1',
  })
})

const autoscaler = (spec: Partial<HorizontalPodAutoscaler['spec']> = {}): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: meta('web'),
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 20, ...spec },
})

describe('without rules of its own', () => {
  const cases = [
    { what: 'doubles at most', current: 6, desired: 15, replicas: 12, limit: 'ScaleUpLimit' },
    { what: 'grows to four from little', current: 1, desired: 9, replicas: 4, limit: 'ScaleUpLimit' },
    { what: 'not above its maximum', current: 15, desired: 29, replicas: 20, limit: 'TooManyReplicas' },
    { what: 'not below its minimum', current: 3, desired: 1, replicas: 2, limit: 'TooFewReplicas' },
    { what: 'else as asked', current: 7, desired: 8, replicas: 8, limit: 'DesiredWithinRange' },
  ]
  test.each(cases)('$what', ({ current, desired, replicas, limit }) => {
    const decision = normalize(
      { autoscaler: autoscaler(), current, desired, min: 2, now: minutes(60) },
      historyOf(new Map(), 'default/web'),
    )
    expect(decision).toMatchObject({ replicas, limit: { reason: limit }, limited: limit !== 'DesiredWithinRange' })
  })

  test('goes down to the highest of what was asked for in five minutes', () => {
    const history: History = {
      recommendations: [
        { replicas: 14, at: minutes(10) },
        { replicas: 9, at: minutes(12) },
      ],
      ups: [],
      downs: [],
      selector: '',
    }
    const at = (now: number): object =>
      normalize({ autoscaler: autoscaler(), current: 14, desired: 5, min: 2, now: minutes(now) }, history)
    expect(at(14)).toMatchObject({ replicas: 14, able: { reason: 'ScaleDownStabilized' } })
    expect(at(16)).toMatchObject({ replicas: 9, able: { reason: 'ScaleDownStabilized' } })
    expect(at(18)).toMatchObject({ replicas: 5, able: { reason: 'ReadyForNewScale' } })
  })
})

describe('with rules', () => {
  const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds }) as const
  const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds }) as const
  const rates = { current: 10, ups: [], downs: [], now: minutes(30) }

  test('policies bound the way up: the largest, the smallest, or none at all', () => {
    const policies = [pods(3), percent(55)]
    expect(scaleUpLimit(rates, { selectPolicy: 'Max', policies })).toBe(16)
    expect(scaleUpLimit(rates, { selectPolicy: 'Min', policies })).toBe(13)
    expect(scaleUpLimit(rates, { selectPolicy: 'Disabled', policies })).toBe(10)
  })

  test('and the way down', () => {
    const policies = [pods(3), percent(45)]
    expect(scaleDownLimit(rates, { selectPolicy: 'Max', policies })).toBe(5)
    expect(scaleDownLimit(rates, { selectPolicy: 'Min', policies })).toBe(7)
  })

  test('what changed within the period counts', () => {
    const ups = [
      { change: 2, at: minutes(29) - seconds(1) },
      { change: 4, at: minutes(29) + seconds(30) },
    ]
    // Six a minute ago.
    expect(scaleUpLimit({ ...rates, ups }, { policies: [pods(5)] })).toBe(11)
    expect(scaleUpLimit({ ...rates, ups }, { policies: [percent(100)] })).toBe(12)
  })

  test('both ways have a window', () => {
    const behavior = {
      scaleUp: { stabilizationWindowSeconds: 120, policies: [percent(900)], selectPolicy: 'Max' },
      scaleDown: { stabilizationWindowSeconds: 60, policies: [percent(100)], selectPolicy: 'Max' },
    } as const
    const history = (): History => ({
      recommendations: [
        { replicas: 5, at: seconds(1000) },
        { replicas: 9, at: seconds(1070) },
      ],
      ups: [],
      downs: [],
      selector: '',
    })
    const at = (now: number, desired: number): object =>
      normalize({ autoscaler: autoscaler({ behavior }), current: 4, desired, min: 2, now: seconds(now) }, history())
    expect(at(1100, 12)).toMatchObject({ replicas: 5, able: { reason: 'ScaleUpStabilized' } })
    expect(at(1150, 12)).toMatchObject({ replicas: 9, able: { reason: 'ScaleUpStabilized' } })
    expect(at(1250, 12)).toMatchObject({ replicas: 12, able: { reason: 'ReadyForNewScale' } })
    expect(at(1100, 2)).toMatchObject({ replicas: 4, able: { reason: 'ScaleDownStabilized' } })
    expect(at(1140, 2)).toMatchObject({ replicas: 2, able: { reason: 'ReadyForNewScale' } })
  })
})
