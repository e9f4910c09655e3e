/**
 * Goal: a change of `replicas` is shared out among the ReplicaSets in proportion, as upstream rounds it; a paused
 * Deployment scales but does not roll.
 * Method: `shares` against examples worked out by hand from upstream's rules; whole syncs for what surrounds it.
 */
import { describe, expect, test } from 'vitest'
import { deploymentController } from '../../../src/actors/controllers/deployment/deployment.ts'
import { shares } from '../../../src/actors/controllers/deployment/scale.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Deployment, ReplicaSet } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { deployment, replicaSet, secondsAt } from './objects.ts'

const rolling = (maxSurge: number | string, maxUnavailable: number | string): Deployment['spec']['strategy'] => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable },
})

/** ReplicaSets of these sizes, the oldest first, the last one of today's template, all made for `max` Pods at most. */
const generations = (
  sizes: readonly number[],
  max: number,
): { readonly current: ReplicaSet | undefined; readonly old: readonly ReplicaSet[] } => {
  const all = sizes.map((replicas, index) =>
    replicaSet(`web-${index}`, {
      replicas,
      annotations: { 'deployment.kubernetes.io/max-replicas': String(max) },
      metadata: { creationTimestamp: secondsAt(index) },
    }),
  )
  return { current: all.at(-1), old: all.slice(0, -1) }
}

const shared = (wanted: number, surge: number | string, sizes: readonly number[], max: number): readonly number[] => {
  const result = new Map(
    shares(deployment({ replicas: wanted, strategy: rolling(surge, 0) }), generations(sizes, max)).map(
      ([{ metadata }, size]) => [metadata.name, size],
    ),
  )
  return sizes.map((size, index) => result.get(`web-${index}`) ?? size)
}

describe('proportional scaling', () => {
  const table: readonly {
    readonly title: string
    readonly wanted: number
    readonly surge: number | string
    /** Oldest first. */
    readonly sizes: readonly number[]
    readonly max: number
    readonly expected: readonly number[]
  }[] = [
    { title: 'doubles each', wanted: 20, surge: 0, sizes: [5, 5], max: 10, expected: [10, 10] },
    // 10 + 3 → 15 + 4: allowed 19. 8·19/13 = 11.69 → 12 (+4), 5·19/13 = 7.31 → 7 (+2): exact.
    { title: 'rounds to the nearest', wanted: 15, surge: '25%', sizes: [8, 5], max: 13, expected: [12, 7] },
    // Allowed 5 from 3+3+3: 3·5/9 = 1.67 → 2: −1 each; the rest, −1, goes to the first: of equals the oldest.
    {
      title: 'down: leftover to the oldest of equals',
      wanted: 5,
      surge: 0,
      sizes: [3, 3, 3],
      max: 9,
      expected: [1, 2, 2],
    },
    // Allowed 10 from 3+3+3: 3·10/9 = 3.33 → 3: nothing each; the one left over goes to the newest of equals.
    {
      title: 'up: leftover to the newest of equals',
      wanted: 10,
      surge: 0,
      sizes: [3, 3, 3],
      max: 9,
      expected: [3, 3, 4],
    },
    // 5·7/6 = 5.83 → 6 (+1), which uses up what there is: 1·7/6 = 1.17 → 1 has nothing left to get.
    { title: 'no more than there is', wanted: 7, surge: 0, sizes: [1, 5], max: 6, expected: [1, 6] },
    { title: 'to zero takes all', wanted: 0, surge: '25%', sizes: [8, 5], max: 13, expected: [0, 0] },
    { title: 'empty ones get nothing', wanted: 8, surge: 0, sizes: [0, 2, 2], max: 4, expected: [0, 4, 4] },
    { title: 'nothing to add', wanted: 13, surge: 0, sizes: [8, 5], max: 13, expected: [8, 5] },
    // No note of the former maximum and a status of zero: no proportion is known, all goes to the largest.
    { title: 'without a note', wanted: 10, surge: 0, sizes: [2, 5], max: 0, expected: [2, 8] },
  ]
  for (const { title, wanted, surge, sizes, max, expected } of table) {
    test(`${title}: ${sizes.join('+')} for ${wanted} becomes ${expected.join('+')}`, () => {
      expect(shared(wanted, surge, sizes, max)).toEqual(expected)
    })
  }
})

const noted = (desired: number, max: number, revision: number): Record<string, string> => ({
  'deployment.kubernetes.io/desired-replicas': String(desired),
  'deployment.kubernetes.io/max-replicas': String(max),
  'deployment.kubernetes.io/revision': String(revision),
})

const MARKED = { 'deployment.kubernetes.io/revision': '2' }

/** A rollout half-way, of 10 with surge 3: 5 new, 8 old. */
const halfWay = (spec: Parameters<typeof deployment>[0]): ControllerBench => {
  const before = deployment({ replicas: 10, image: 'app:2', progressDeadlineSeconds: undefined, ...spec })
  const bench = controllerBench(deploymentController)
  bench.given(
    { ...before, metadata: { ...before.metadata, annotations: MARKED } },
    replicaSet('web-1', { replicas: 8, image: 'app:1', annotations: noted(10, 13, 1) }),
    replicaSet('web-2', {
      replicas: 5,
      available: 0,
      image: 'app:2',
      annotations: noted(10, 13, 2),
      metadata: { creationTimestamp: secondsAt(5) },
    }),
  )
  return bench
}

const sizesOf = (bench: ControllerBench): readonly (number | undefined)[] =>
  bench.list('ReplicaSet').map(({ spec }) => spec.replicas)

describe('a scaling event', () => {
  test('in the middle of a rollout scales both, notes the new counts, then the rollout goes on', () => {
    const bench = halfWay({ replicas: 15 })
    bench.show().run(seconds(1) / 200)
    expect(bench.takeLines().slice(0, 3)).toEqual([
      'update ReplicaSet web-1',
      'update ReplicaSet web-2',
      'update Deployment/status web',
    ])
    expect(sizesOf(bench)).toEqual([12, 7])
    expect(bench.get('ReplicaSet', 'default', 'web-1')?.metadata.annotations).toEqual(noted(15, 19, 1))
    expect(bench.events).toEqual([
      'ScalingReplicaSet: Scaled up replica set web-1 from 8 to 12',
      'ScalingReplicaSet: Scaled up replica set web-2 from 5 to 7',
    ])
  })

  test('the status of that sync tells of the sizes as they were read', () => {
    const bench = controllerBench(deploymentController)
    const before = deployment({ replicas: 6, progressDeadlineSeconds: undefined })
    bench.given(
      { ...before, metadata: { ...before.metadata, annotations: { 'deployment.kubernetes.io/revision': '1' } } },
      replicaSet('web-1', { replicas: 3, annotations: noted(3, 4, 1) }),
    )
    bench.show().run(seconds(1) / 1000)
    const [scale, status] = bench.take()
    expect(scale?.name).toBe('web-1')
    // As in recording 01: 3 of 3 available, and yet not available enough.
    expect((status?.body as Deployment).status).toMatchObject({ replicas: 3, availableReplicas: 3 })
    expect((status?.body as Deployment).status).not.toHaveProperty('unavailableReplicas')
  })

  test('of a settled Deployment gives everything to the only ReplicaSet that has Pods', () => {
    const bench = controllerBench(deploymentController)
    bench.given(
      deployment({ replicas: 1 }),
      replicaSet('web-0', { replicas: 0, image: 'app:0', annotations: noted(4, 5, 1) }),
      replicaSet('web-1', { replicas: 4, annotations: noted(4, 5, 2) }),
    )
    bench.show().run(seconds(1))
    expect(sizesOf(bench)).toEqual([0, 1])
  })

  test('of a Deployment whose new ReplicaSet is settled empties the old ones', () => {
    const bench = controllerBench(deploymentController)
    bench.given(
      deployment({ replicas: 3 }),
      replicaSet('web-0', { replicas: 2, image: 'app:0', annotations: noted(2, 3, 1) }),
      replicaSet('web-1', { replicas: 3, annotations: noted(3, 4, 2), metadata: { creationTimestamp: secondsAt(1) } }),
    )
    bench.show().run(seconds(1))
    expect(sizesOf(bench)).toEqual([0, 3])
  })

  test('under Recreate scales nothing while two have Pods', () => {
    const bench = halfWay({ replicas: 15, strategy: { type: 'Recreate' } })
    bench.show().run(seconds(1))
    expect(sizesOf(bench)).toEqual([8, 5])
  })
})

describe('a paused Deployment', () => {
  test('scales', () => {
    const bench = halfWay({ replicas: 15, paused: true })
    bench.show().run(seconds(1))
    expect(sizesOf(bench)).toEqual([12, 7])
  })

  test('does not roll, nor make a ReplicaSet for a new template', () => {
    const bench = halfWay({ paused: true, image: 'app:3' })
    bench.show().run(seconds(60))
    expect(sizesOf(bench)).toEqual([8, 5])
  })

  test('cleans up its history, as a rollout that is complete does', () => {
    const bench = halfWay({ paused: true, revisionHistoryLimit: 1 })
    const idle = { replicas: 0, terminatingReplicas: 0, observedGeneration: 1 }
    bench.given(replicaSet('web-0', { replicas: 0, image: 'app:0', annotations: noted(10, 13, 0), status: idle }))
    bench.show().run(seconds(1))
    expect(bench.get('ReplicaSet', 'default', 'web-0')).toBeUndefined()
  })
})
