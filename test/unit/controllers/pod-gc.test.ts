/**
 * Goal: Pods that nobody else would remove are removed, and no others.
 * Method: rounds every twenty seconds over given Pods and nodes.
 */
import { describe, expect, test } from 'vitest'
import { podGcController } from '../../../src/actors/controllers/pod-gc/pod-gc.ts'
import { seconds } from '../../../src/events/time.ts'
import { controllerBench } from '../../support/controller-bench.ts'
import { node, pod, secondsAt } from './objects.ts'

describe('Pods of a node that is gone', () => {
  test('go after forty seconds, failed first, with why they were disrupted', () => {
    const bench = controllerBench(podGcController)
    bench
      .given(node('n'), pod('a', { node: 'n' }), pod('b', { node: 'n', phase: 'Succeeded' }))
      .show()
      .run(seconds(25))
    bench.remove('Node', undefined, 'n').show().run(seconds(54))
    expect(bench.takeLines()).toEqual([])
    bench.run(seconds(2))
    const [get, patch, first, second, ...others] = bench.take()
    expect(others).toEqual([])
    expect([get?.kind, get?.verb]).toEqual(['Node', 'get'])
    expect(patch?.body).toEqual({
      metadata: { uid: 'uid-a' },
      status: {
        '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'PodScheduled' }, { type: 'DisruptionTarget' }],
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'DeletionByPodGC',
            message: 'PodGC: node no longer exists',
            lastProbeTime: null,
            lastTransitionTime: secondsAt(80),
            observedGeneration: 1,
          },
        ],
        observedGeneration: 1,
        phase: 'Failed',
      },
    })
    expect([first?.name, first?.options, second?.name]).toEqual(['a', { gracePeriodSeconds: 0 }, 'b'])
    expect(bench.list('Pod')).toEqual([])
  })

  test('stay when the API server knows the node, or it comes back in time', () => {
    const bench = controllerBench(podGcController)
    bench
      .given(pod('a', { node: 'n' }), pod('b', { node: 'm' }))
      .show()
      .run(seconds(30))
    bench.stall('Node').given(node('n')).run(seconds(100))
    expect(bench.list('Pod').map(({ metadata }) => metadata.name)).toEqual(['a'])
  })

  test('that could not be removed are tried again after another forty seconds', () => {
    const bench = controllerBench(podGcController)
    bench.fail('delete Pod', { code: 500 })
    bench
      .given(pod('a', { node: 'n' }))
      .show()
      .run(seconds(59))
    expect(bench.list('Pod')).toHaveLength(1)
    bench.run(seconds(45))
    expect(bench.list('Pod')).toHaveLength(0)
  })
})

test('a Pod that is to go and never was on a node goes at the next round', () => {
  const bench = controllerBench(podGcController)
  bench.given(pod('a', { metadata: { deletionTimestamp: secondsAt(1), finalizers: ['x'] } }), pod('b')).show()
  bench.run(seconds(21))
  const calls = bench.take()
  expect(calls[0]?.body).toEqual({ metadata: { uid: 'uid-a' }, status: { observedGeneration: 1, phase: 'Failed' } })
  expect(calls.map(({ name }) => name)).not.toContain('b')
})

test('a Pod that is to go from a node out of service goes, if the node is not ready', () => {
  const bench = controllerBench(podGcController)
  const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' as const, value: 'nodeshutdown' }]
  const going = { deletionTimestamp: secondsAt(1) }
  bench.given(
    node('out', 'Unknown', { taints }),
    node('ready', 'True', { taints }),
    node('silent', 'Unknown'),
    ...['out', 'ready', 'silent'].map((name) => pod(name, { node: name, metadata: going })),
    pod('stays', { node: 'out' }),
  )
  bench.show().run(seconds(30))
  expect(bench.list('Pod').map(({ metadata }) => metadata.name)).toEqual(['ready', 'silent', 'stays'])
})

test('of too many finished Pods the evicted go first, then the oldest', () => {
  const bench = controllerBench(podGcController)
  bench.given(
    ...Array.from({ length: 12_500 }, (_, index) =>
      pod(`p${index}`, { phase: 'Succeeded', metadata: { creationTimestamp: secondsAt(100) } }),
    ),
    pod('young-evicted', {
      phase: 'Failed',
      status: { reason: 'Evicted' },
      metadata: { creationTimestamp: secondsAt(900) },
    }),
    pod('oldest', { phase: 'Failed', metadata: { creationTimestamp: secondsAt(1) } }),
    pod('runs', { metadata: { creationTimestamp: secondsAt(0) } }),
  )
  bench.show().run(seconds(25))
  expect(bench.takeLines()).toEqual(['delete Pod young-evicted', 'delete Pod oldest'])
})
