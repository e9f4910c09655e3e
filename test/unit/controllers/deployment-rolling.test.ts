/**
 * Goal: a rolling update takes the steps that maxSurge and maxUnavailable allow, no more and no fewer.
 * Method: a Deployment with one old ReplicaSet gets a new template. Whenever the controller has come to rest, all Pods that
 * were asked for become available; the sizes at each rest are compared with those worked out by hand from upstream's rules.
 */
import { describe, expect, test } from 'vitest'
import { deploymentController } from '../../../src/actors/controllers/deployment/deployment.ts'
import { seconds } from '../../../src/events/time.ts'
import type { IntOrString } from '../../../src/kubernetes/types/meta.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { deployment, replicaSet, template } from './objects.ts'

const OLD = 'web-old'

/** Every Pod that a ReplicaSet asks for is there and available. */
const settle = (bench: ControllerBench): void => {
  for (const { metadata } of bench.list('ReplicaSet')) {
    bench.change('ReplicaSet', 'default', metadata.name, (one) => {
      const { replicas = 0 } = one.spec
      const { generation } = one.metadata
      const counts = { readyReplicas: replicas, availableReplicas: replicas, terminatingReplicas: 0 }
      return { ...one, status: { replicas, ...counts, observedGeneration: generation } }
    })
  }
  bench.show()
}

const sizes = (bench: ControllerBench): string => {
  const replicasOf = (isOld: boolean): number =>
    bench
      .list('ReplicaSet')
      .filter(({ metadata }) => (metadata.name === OLD) === isOld)
      .reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0)
  return `${replicasOf(false)}+${replicasOf(true)}`
}

const rollout = (
  replicas: number,
  maxSurge: IntOrString,
  maxUnavailable: IntOrString,
  available = replicas,
): ControllerBench => {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } as const
  const bench = controllerBench(deploymentController)
  const annotations = { 'deployment.kubernetes.io/desired-replicas': String(replicas) }
  bench.given(
    deployment({ replicas, strategy, image: 'app:2' }),
    replicaSet(OLD, { replicas, available, image: 'app:1', annotations }),
  )
  bench.show().run(seconds(1))
  return bench
}

/** The sizes, new and old, at each rest until nothing changes any more. */
const steps = (bench: ControllerBench): readonly string[] => {
  const seen = [sizes(bench)]
  for (;;) {
    settle(bench)
    bench.run(seconds(1))
    if (sizes(bench) === seen.at(-1)) return seen
    seen.push(sizes(bench))
  }
}

describe('the steps of a rolling update', () => {
  const table: readonly (readonly [number, IntOrString, IntOrString, readonly string[]])[] = [
    [10, '25%', '25%', ['5+8', '10+3', '10+0']],
    [4, 1, 0, ['1+4', '2+3', '3+2', '4+1', '4+0']],
    [4, 0, 1, ['1+3', '2+2', '3+1', '4+0']],
    [4, 0, 0, ['1+3', '2+2', '3+1', '4+0']],
    [4, '0%', '0%', ['1+3', '2+2', '3+1', '4+0']],
    [3, '100%', 0, ['3+3', '3+0']],
    [1, '25%', '25%', ['1+1', '1+0']],
    [2, 0, '100%', ['2+0']],
    [5, '20%', '40%', ['3+3', '5+0']],
    [6, 2, 1, ['3+5', '6+2', '6+0']],
    [0, '25%', '25%', ['0+0']],
  ]
  for (const [replicas, surge, unavailable, expected] of table) {
    test(`${replicas} replicas, surge ${surge}, unavailable ${unavailable}: ${expected.join(' → ')}`, () => {
      expect(steps(rollout(replicas, surge, unavailable))).toEqual(expected)
    })
  }

  test('Pods that serve nobody go first, and do not count against availability', () => {
    const bench = rollout(10, '25%', '25%', 7)
    expect(sizes(bench)).toBe('5+8')
  })

  test('while a scale-down has not arrived, nothing more is taken from that ReplicaSet', () => {
    const bench = rollout(4, 1, 0)
    // The view of the old ReplicaSet says 4 available though 2 are asked for: the sums of this moment mean nothing.
    bench.change('ReplicaSet', 'default', OLD, (one) => ({ ...one, spec: { ...one.spec, replicas: 2 } }))
    bench.change('ReplicaSet', 'default', OLD, (one) => ({ ...one, metadata: { ...one.metadata, generation: 2 } }))
    bench.show().run(seconds(1))
    expect(bench.get('ReplicaSet', 'default', OLD)?.spec.replicas).toBe(2)
  })
})

describe('a write that fails', () => {
  test('is tried again with growing pauses, 15 times, then only when something changes', () => {
    const bench = controllerBench(deploymentController)
    bench.fail('create ReplicaSet', { code: 500 }, 1000).fail('update Deployment', { code: 500 }, 1000)
    bench.given(deployment()).show()
    const starts = (): readonly number[] =>
      bench.log.filter((event) => event.type === 'ApiRequested' && event.data.verb === 'create').map(({ at }) => at)
    bench.run(seconds(1000))
    const creates = starts().length
    expect(bench.take().filter(({ verb }) => verb === 'create')).toHaveLength(16)
    bench.run(seconds(5000))
    expect(starts()).toHaveLength(creates)
    bench.change('Deployment', 'default', 'web', (one) => ({ ...one, spec: { ...one.spec, paused: false } }))
    bench.show().run(seconds(1) / 1000)
    expect(bench.takeLines()[0]).toMatch(/^create ReplicaSet/)
  })

  test('because the namespace goes is not tried again, and nothing is said of it', () => {
    const bench = controllerBench(deploymentController)
    bench.fail('create ReplicaSet', { code: 403, reason: 'NamespaceTerminating' }, 1000)
    bench.given(deployment()).show().run(seconds(600))
    expect(bench.takeLines()).toHaveLength(1)
    expect(bench.events).toEqual([])
  })

  test('on the way down is passed over without a word, and the status is written', () => {
    const bench = rollout(4, 0, 1)
    bench.take()
    bench.fail(({ verb, name }) => verb === 'update' && name === OLD, { code: 500 })
    settle(bench)
    bench.run(seconds(1) / 1000)
    const lines = bench.takeLines()
    expect(lines[0]).toBe(`update ReplicaSet ${OLD}`)
    expect(lines[1]).toBe('update Deployment/status web')
  })
})

test('a template that is as before makes no new ReplicaSet, whatever the order of its members', () => {
  const { metadata, spec } = template('app:1')
  const bench = controllerBench(deploymentController)
  bench.given(deployment({ template: { spec, metadata } }), replicaSet(OLD, { replicas: 3 }))
  bench.show().run(seconds(1))
  expect(bench.list('ReplicaSet')).toHaveLength(1)
})
