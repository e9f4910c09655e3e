/**
 * Goal: what Pods are recommended follows upstream's arithmetic: buckets that grow by 5 %, weights that halve in a day,
 * margins, confidence and minima.
 * Method: numbers worked out by hand from the formulas, and properties over random samples.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContainerState, MemoryWindow } from '../../../src/actors/vertical-pod-autoscaler/container-state.ts'
import { growth } from '../../../src/actors/vertical-pod-autoscaler/decay.ts'
import { estimate } from '../../../src/actors/vertical-pod-autoscaler/estimate.ts'
import { EvictionBudget } from '../../../src/actors/vertical-pod-autoscaler/eviction-budget.ts'
import { DecayingHistogram, exponentialBuckets } from '../../../src/actors/vertical-pod-autoscaler/histogram.ts'
import { inPlaceDecision, type InPlaceDecision } from '../../../src/actors/vertical-pod-autoscaler/in-place.ts'
import { podPatch } from '../../../src/actors/vertical-pod-autoscaler/pod-patch.ts'
import { recommendation } from '../../../src/actors/vertical-pod-autoscaler/policy.ts'
import type { RecommendedContainer, VerticalPodAutoscaler } from '../../../src/actors/vertical-pod-autoscaler/types.ts'
import { updatePriority } from '../../../src/actors/vertical-pod-autoscaler/update-priority.ts'
import { hours, minutes } from '../../../src/events/time.ts'
import type { ResourceRequirements } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodCondition } from '../../../src/kubernetes/types/pod.ts'
import { meta } from '../controllers/objects.ts'

const CORE = 1_000_000_000
const DAY = hours(24)

describe('weights', () => {
  test('a sample of a day later counts twice as much, of half a day later √2 times', () => {
    expect(growth(0, DAY)).toBe(1)
    expect(growth(DAY, DAY)).toBe(2)
    expect(growth(3 * DAY, DAY)).toBe(8)
    expect(growth(DAY / 2, DAY)).toBe(Math.SQRT2)
    expect(growth(2 * DAY + DAY / 2, DAY)).toBe(4 * Math.SQRT2)
  })

  test('growth never falls with time', () => {
    const time = fc.integer({ min: 0, max: 10 * DAY })
    fc.assert(fc.property(time, time, (a, b) => a > b || growth(a, DAY) <= growth(b, DAY)))
  })
})

describe('histogram', () => {
  const buckets = exponentialBuckets(0.01, 1000)

  test('buckets begin at 0, 0.01, 0.0205, 0.031525 and reach beyond 1000 cores', () => {
    expect(buckets.slice(0, 4).map((start) => Math.round(start * 1e6))).toEqual([0, 10_000, 20_500, 31_525])
    expect(buckets.at(-1)).toBeGreaterThanOrEqual(1000)
    expect(buckets.at(-2)).toBeLessThan(1000)
  })

  test('a percentile is the end of its bucket', () => {
    const histogram = new DecayingHistogram(buckets, DAY)
    for (let i = 0; i < 9; i++) histogram.add(0.015, 1, 0)
    histogram.add(0.025, 1, 0)
    expect(histogram.percentile(0.9)).toBe(buckets[2])
    expect(histogram.percentile(0.91)).toBe(buckets[3])
  })

  test('what is old loses its weight', () => {
    const histogram = new DecayingHistogram(buckets, DAY)
    histogram.add(0.5, 1, 0)
    // Four days later the old sample is worth a sixteenth of the new one.
    histogram.add(0.015, 1, 4 * DAY)
    expect(histogram.percentile(0.9)).toBe(buckets[2])
    expect(histogram.percentile(0.95)).toBeGreaterThan(0.5)
  })

  test('moving the reference on changes nothing that can be seen', () => {
    const histogram = new DecayingHistogram(buckets, DAY)
    histogram.add(0.5, 1, 0)
    histogram.add(0.2, 3, 30 * DAY)
    histogram.add(0.1, 1, 30 * DAY)
    // 3 of 4 in the bucket of 0.2; what was a month ago is a billionth.
    expect(histogram.percentile(0.2)).toBeLessThan(0.12)
    expect(histogram.percentile(0.5)).toBeGreaterThanOrEqual(0.2)
    expect(histogram.percentile(0.999)).toBeLessThan(0.25)
  })

  test('a checkpoint holds whole numbers, and what is read from it is written again', () => {
    const sample = fc.record({ value: fc.integer({ min: 1, max: 4000 }), at: fc.integer({ min: 0, max: 5 * DAY }) })
    fc.assert(
      fc.property(fc.array(sample, { minLength: 20, maxLength: 60 }), (samples) => {
        const histogram = new DecayingHistogram(buckets, DAY)
        for (const { value, at } of samples) histogram.add(value / 1000, 1, at)
        const saved = histogram.save()
        for (const weight of Object.values(saved.bucketWeights ?? {})) expect(Number.isInteger(weight)).toBe(true)
        expect(Number.isInteger(saved.totalWeight)).toBe(true)
        const loaded = new DecayingHistogram(buckets, DAY)
        loaded.load(saved)
        expect(loaded.save()).toEqual(saved)
        expect(loaded.isEmpty).toBe(false)
      }),
      { numRuns: 50 },
    )
  })
})

const observed = (milliCores: number, memory: number, over: number): ContainerState => {
  const state = new ContainerState()
  const window = new MemoryWindow()
  for (let at = 0; at <= over; at += minutes(1)) {
    state.addCPU(milliCores * 1_000_000, 100, at)
    window.add(memory, at, state)
  }
  return state
}

describe('estimate', () => {
  test('after a day: 15 % over the end of the bucket; the upper bound twice, the lower one 0.2 % less', () => {
    // 400m lies between 0.2·(1.05²²-1) = 385m and 0.2·(1.05²³-1) = 414.3m; 300 MiB between 305.4 MB and 330.7 MB.
    const { target, lowerBound, upperBound } = estimate(observed(400, 300 * 1024 * 1024, DAY), 1)
    expect(target.milliCPU).toBe(476)
    expect(target.bytes).toBe(380_258_472)
    expect(upperBound.milliCPU).toBe(952)
    expect(lowerBound.milliCPU).toBe(475)
  })

  test('after one sample nobody is forced to anything', () => {
    const { lowerBound, upperBound } = estimate(observed(400, 300 * 1024 * 1024, 0), 1)
    expect(lowerBound).toEqual({ milliCPU: 25, bytes: 262_144_000 })
    expect(upperBound).toEqual({ milliCPU: 100_000_000_000_000, bytes: 100_000_000_000_000 })
  })

  test('containers share the minimum of a Pod', () => {
    expect(estimate(observed(1, 1024, DAY), 1).target).toEqual({ milliCPU: 25, bytes: 262_144_000 })
    expect(estimate(observed(1, 1024, DAY), 2).target).toEqual({ milliCPU: 12, bytes: 131_072_000 })
  })

  test('whatever is seen: the bounds hold the target, nothing is below the minimum, all are whole numbers', () => {
    const use = fc.record({
      milli: fc.integer({ min: 0, max: 64_000 }),
      megabytes: fc.integer({ min: 0, max: 64_000 }),
    })
    fc.assert(
      fc.property(
        fc.array(use, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (uses, containers) => {
          const state = new ContainerState()
          const window = new MemoryWindow()
          uses.forEach(({ milli, megabytes }, minute) => {
            state.addCPU(Math.floor((milli * CORE) / 1000), 100, minutes(minute))
            window.add(megabytes * 1_000_000, minutes(minute), state)
          })
          const { target, lowerBound, upperBound } = estimate(state, containers)
          for (const member of ['milliCPU', 'bytes'] as const) {
            const least = Math.floor((member === 'milliCPU' ? 25 : 262_144_000) / containers)
            expect(lowerBound[member]).toBeLessThanOrEqual(target[member])
            expect(target[member]).toBeLessThanOrEqual(upperBound[member])
            expect(lowerBound[member]).toBeGreaterThanOrEqual(least)
            for (const one of [target, lowerBound, upperBound]) expect(Number.isSafeInteger(one[member])).toBe(true)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('memory', () => {
  test('only the peak of a day counts, and in place of lower ones', () => {
    const state = new ContainerState()
    const window = new MemoryWindow()
    for (const megabytes of [300, 500, 400]) window.add(megabytes * 1_000_000, minutes(megabytes), state)
    expect(state.memory.save().totalWeight).toBeGreaterThan(0)
    expect(Object.keys(state.memory.save().bucketWeights ?? {})).toHaveLength(1)
    expect(state.memory.percentile(0.1)).toBeGreaterThan(500_000_000)
  })

  test('who was killed for memory wanted a fifth more, or 100 MiB', () => {
    const small = new ContainerState()
    new MemoryWindow().recordOOM(100_000_000, 0, small)
    expect(small.memory.percentile(0.9)).toBeGreaterThanOrEqual(204_857_600)
    const large = new ContainerState()
    new MemoryWindow().recordOOM(2_000_000_000, 0, large)
    expect(large.memory.percentile(0.9)).toBeGreaterThanOrEqual(2_400_000_000)
    expect(large.memory.percentile(0.9)).toBeLessThan(2_700_000_000)
  })
})

const autoscaler = (
  policy: object = {},
  recommended: readonly RecommendedContainer[] = [],
  mode: 'Recreate' | 'Off' = 'Recreate',
): VerticalPodAutoscaler => ({
  apiVersion: 'autoscaling.k8s.io/v1',
  kind: 'VerticalPodAutoscaler',
  metadata: meta('web'),
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    updatePolicy: { updateMode: mode },
    resourcePolicy: { containerPolicies: [{ containerName: '*', ...policy }] },
  },
  status: { recommendation: { containerRecommendations: recommended } },
})

const pod = (resources: ResourceRequirements, more: Partial<NonNullable<Pod['status']>> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta('web-1'),
  spec: { containers: [{ name: 'main', image: 'web:1', resources }] },
  status: { phase: 'Running', startTime: '2026-01-01T00:00:00Z', ...more },
})

const recommended = (cpu: string, lower: string, upper: string): RecommendedContainer => ({
  containerName: 'main',
  target: { cpu },
  lowerBound: { cpu: lower },
  upperBound: { cpu: upper },
})

describe('policy and patch', () => {
  const seen = estimate(observed(400, 300 * 1024 * 1024, DAY), 1)

  test('a recommendation stays within what is allowed, and tells what it would be', () => {
    const one = recommendation(autoscaler({ maxAllowed: { cpu: '300m' }, minAllowed: { memory: '1Gi' } }), 'main', seen)
    expect(one?.target).toEqual({ cpu: '300m', memory: '1Gi' })
    expect(one?.uncappedTarget).toEqual({ cpu: '476m', memory: '380258472' })
    expect(recommendation(autoscaler({ controlledResources: ['memory'] }), 'main', seen)?.target).toEqual({
      memory: '380258472',
    })
    expect(recommendation(autoscaler({ mode: 'Off' }), 'main', seen)).toBeUndefined()
  })

  test('limits keep their proportion to requests, unless they are to be left alone', () => {
    const given = pod({ requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '250m' } })
    const target = recommended('200m', '100m', '1')
    const [step] = podPatch(given, autoscaler({}, [target]))
    expect(step).toEqual({
      op: 'add',
      path: '/spec/containers/0/resources',
      value: { requests: { cpu: '200m', memory: '64Mi' }, limits: { cpu: '500m' } },
    })
    const [alone] = podPatch(given, autoscaler({ controlledValues: 'RequestsOnly' }, [target]))
    expect(alone?.value).toMatchObject({ limits: { cpu: '250m' } })
    expect(podPatch(given, autoscaler({ mode: 'Off' }, [target]))).toEqual([])
  })
})

describe('updater', () => {
  const young = minutes(10)
  const old = hours(13)
  const update = (cpu: string, one: RecommendedContainer, now: number) =>
    updatePriority(autoscaler(), pod({ requests: { cpu } }), [one], now)

  test('who is outside the bounds is updated, who is inside only after 12 hours and 10 %', () => {
    expect(update('100m', recommended('476m', '200m', '1'), young)).toMatchObject({ isOutside: true, wantsMore: true })
    expect(update('2', recommended('476m', '200m', '1'), young)).toMatchObject({ isOutside: true, wantsMore: false })
    expect(update('300m', recommended('476m', '200m', '1'), young)).toBeUndefined()
    expect(update('300m', recommended('476m', '200m', '1'), old)).toMatchObject({ isOutside: false, diffMilli: 586 })
    expect(update('450m', recommended('476m', '200m', '1'), old)).toBeUndefined()
  })

  test('who was killed for memory soon after its start is updated at once', () => {
    const terminated = {
      exitCode: 137,
      reason: 'OOMKilled',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:09:00Z',
    }
    const status = { name: 'main', ready: true, restartCount: 1, image: '', imageID: '', lastState: { terminated } }
    const killed = pod({ requests: { cpu: '300m' } }, { containerStatuses: [status] })
    const one = recommended('476m', '200m', '1')
    expect(updatePriority(autoscaler(), killed, [one], young)).toBeDefined()
    expect(updatePriority(autoscaler(), pod({ requests: { cpu: '300m' } }), [one], young)).toBeUndefined()
  })

  test.each([
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [10, 5],
  ])('of %d running Pods %d may go in one loop', (count, allowed) => {
    const pods = Array.from({ length: count }, () => pod({}))
    const budget = new EvictionBudget(pods, count)
    let gone = 0
    for (const one of pods) {
      if (!budget.allows(one)) break
      budget.evicted(one)
      gone++
    }
    expect(gone).toBe(allowed)
    expect(budget.allows(pod({}, { phase: 'Pending' }))).toBe(true)
  })
})

describe('in place', () => {
  const decided = (condition: Partial<PodCondition> | undefined, after: number, running = 2): InPlaceDecision => {
    const conditions =
      condition === undefined ? [] : [{ type: 'PodResizePending', status: 'True', ...condition } as const]
    const one = pod({}, { phase: 'Running', conditions })
    const seen = new Map(after === 0 ? [] : [[one.metadata.uid, 0]])
    const budget = new EvictionBudget(
      Array.from({ length: running }, () => pod({}, { phase: 'Running' })),
      2,
    )
    return inPlaceDecision(one, budget, seen, after)
  }
  const inProgress = { type: 'PodResizeInProgress' }

  test.each([
    ['a Pod that has another size', undefined, 0, 'approved'],
    ['one that waits for room', { reason: 'Deferred' }, minutes(5), 'deferred'],
    ['one that has waited for more than five minutes', { reason: 'Deferred' }, minutes(5) + 1, 'evict'],
    ['one that will never fit', { reason: 'Infeasible' }, 0, 'evict'],
    ['one that is being resized', inProgress, hours(1), 'deferred'],
    ['one that has been for more than an hour', inProgress, hours(1) + 1, 'evict'],
    ['one whose resize has failed', { ...inProgress, reason: 'Error', message: 'no' }, 0, 'evict'],
  ] as const)('%s', (_, condition, after, decision) => {
    expect(decided(condition, after)).toBe(decision)
  })

  test('nothing is done to Pods whose group misses one already, nor to those of no group', () => {
    expect(decided(undefined, 0, 1)).toBe('deferred')
    expect(decided({ reason: 'Infeasible' }, 0, 1)).toBe('deferred')
    expect(inPlaceDecision(pod({}), undefined, new Map(), 0)).toBe('deferred')
  })

  test('what a Pod has counts, not what it asks for: a resize that does not come about is noticed', () => {
    const status = { name: 'main', ready: true, restartCount: 0, image: '', imageID: '' }
    const held = pod(
      { requests: { cpu: '476m' } },
      { containerStatuses: [{ ...status, resources: { requests: { cpu: '100m' } } }] },
    )
    expect(updatePriority(autoscaler(), held, [recommended('476m', '200m', '1')], minutes(10))).toMatchObject({
      isOutside: true,
      wantsMore: true,
    })
  })
})
