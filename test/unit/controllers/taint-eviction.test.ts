/**
 * Goal: Pods leave tainted nodes when their patience is over, and stay when the taint goes first.
 * Method: nodes with NoExecute taints, Pods with tolerations, virtual time; the calls and when they come.
 */
import { describe, expect, test } from 'vitest'
import { taintEvictionController } from '../../../src/actors/controllers/taint-eviction/taint-eviction.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { Taint, Toleration } from '../../../src/kubernetes/types/scheduling.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { node, pod, secondsAt } from './objects.ts'

const taint = (key: string): Taint => ({ key, effect: 'NoExecute' })

const tolerating = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})

const patient = (name: string, ...tolerations: readonly Toleration[]): Pod =>
  pod(name, { node: 'n', spec: { tolerations } })

const set = (bench: ControllerBench, ...taints: readonly Taint[]): void => {
  bench.change('Node', undefined, 'n', (one) => ({ ...one, spec: { ...one.spec, taints } }))
  bench.show('Node')
}

const start = (...pods: readonly Pod[]): ControllerBench => {
  const bench = controllerBench(taintEvictionController)
  return bench.given(node('n'), ...pods).show()
}

/** When each Pod's deletion was asked for, in whole seconds. */
const deletions = (bench: ControllerBench): Record<string, number> =>
  Object.fromEntries(
    bench.log.flatMap((event) =>
      event.type === 'ApiRequested' && event.data.verb === 'delete'
        ? [[event.data.name ?? '', Math.floor(event.at / seconds(1))]]
        : [],
    ),
  )

describe('patience', () => {
  test('is the least of the tolerations that are used; none at all means at once', () => {
    const bench = start(
      patient('none'),
      patient('ever', tolerating('x'), tolerating('y')),
      patient('least', tolerating('x', 30), tolerating('y', 20)),
      patient('zero', tolerating('x', 0), tolerating('y')),
      patient('one', tolerating('x', 30)),
      pod('elsewhere', { node: 'm' }),
      pod('nowhere'),
    )
    set(bench, taint('x'), taint('y'), { key: 'z', effect: 'NoSchedule' })
    bench.run(seconds(100))
    expect(deletions(bench)).toEqual({ none: 0, least: 20, zero: 0, one: 0 })
  })

  test('counts from the first taint: another one later does not move it', () => {
    const bench = start(patient('a', tolerating('x', 30), tolerating('y', 5)))
    set(bench, taint('x'))
    bench.run(seconds(10))
    set(bench, taint('x'), taint('y'))
    bench.run(seconds(100))
    expect(deletions(bench)).toEqual({ a: 30 })
  })

  test('is over when a taint comes that is not tolerated at all', () => {
    const bench = start(patient('a', tolerating('x', 30)))
    set(bench, taint('x'))
    bench.run(seconds(10))
    set(bench, taint('x'), taint('y'))
    bench.run(seconds(1))
    expect(deletions(bench)).toEqual({ a: 10 })
    expect(bench.events).toEqual([
      'TaintManagerEviction: Cancelling deletion of Pod default/a',
      'TaintManagerEviction: Marking for deletion Pod default/a',
    ])
  })

  test('begins anew when the taint went and came back', () => {
    const bench = start(patient('a', tolerating('x', 30)))
    set(bench, taint('x'))
    bench.run(seconds(20))
    set(bench)
    bench.run(seconds(5))
    expect(bench.events).toEqual(['TaintManagerEviction: Cancelling deletion of Pod default/a'])
    set(bench, taint('x'))
    bench.run(seconds(100))
    expect(deletions(bench)).toEqual({ a: 55 })
  })

  test('is endless once a toleration without a time is added', () => {
    const bench = start(patient('a', tolerating('x', 30)))
    set(bench, taint('x'))
    bench.run(seconds(10))
    bench.change('Pod', 'default', 'a', (one) => ({ ...one, spec: { ...one.spec, tolerations: [tolerating('x')] } }))
    bench.show().run(seconds(100))
    expect(deletions(bench)).toEqual({})
  })
})

describe('a Pod', () => {
  test('that comes to a tainted node counts from when it came', () => {
    const bench = start()
    set(bench, taint('x'))
    bench.run(seconds(10))
    bench
      .given(patient('late', tolerating('x', 7)))
      .show()
      .run(seconds(100))
    expect(deletions(bench)).toEqual({ late: 17 })
  })

  test('that goes by itself takes its plan along; its successor of the same name has a new one', () => {
    const bench = start(patient('a', tolerating('x', 30)))
    set(bench, taint('x'))
    bench.run(seconds(10)).remove('Pod', 'default', 'a').show().run(seconds(5))
    expect(bench.events).toEqual(['TaintManagerEviction: Cancelling deletion of Pod default/a'])
    const next = patient('a', tolerating('x', 30))
    bench
      .given({ ...next, metadata: { ...next.metadata, uid: 'uid-second' } })
      .show()
      .run(seconds(100))
    expect(deletions(bench)).toEqual({ a: 45 })
  })

  test('of a node whose object is deleted is left to the garbage collector', () => {
    const bench = start(patient('a'))
    bench.remove('Node', undefined, 'n').show().run(seconds(100))
    expect(bench.takeLines()).toEqual([])
  })
})

describe('an eviction', () => {
  test('reads the Pod, marks it, deletes it; the patch is the one that real controllers send', () => {
    const bench = start(patient('a'))
    set(bench, taint('x'))
    bench.run(seconds(1))
    const [get, patch, remove, ...others] = bench.take()
    expect(others).toEqual([])
    expect([get?.verb, patch?.verb, patch?.subresource, remove?.verb]).toEqual(['get', 'patch', 'status', 'delete'])
    expect(remove?.options).toBeUndefined()
    expect(patch?.body).toEqual({
      metadata: { uid: 'uid-a' },
      status: {
        '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'PodScheduled' }, { type: 'DisruptionTarget' }],
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'DeletionByTaintManager',
            message: 'Taint manager: deleting due to NoExecute taint',
            lastProbeTime: null,
            lastTransitionTime: secondsAt(0),
            observedGeneration: 1,
          },
        ],
      },
    })
    const event = bench.log.find((one) => one.type === 'ApiRequested' && one.data.kind === 'Event')
    expect(event?.data).toMatchObject({
      body: {
        involvedObject: { kind: 'Pod', namespace: 'default', name: 'a', apiVersion: 'v1' },
        source: { component: 'taint-eviction-controller' },
      },
    })
    expect(JSON.stringify(event?.data)).not.toContain('uid-a')
  })

  test('that fails is tried five times, ten milliseconds apart, then given up', () => {
    const bench = start(patient('a'))
    bench.fail('delete Pod', { code: 500 }, 1000)
    set(bench, taint('x'))
    bench.run(seconds(600))
    const deletes = bench.log.flatMap((one) =>
      one.type === 'ApiRequested' && one.data.verb === 'delete' ? [one.at] : [],
    )
    expect(deletes).toHaveLength(5)
    for (let i = 1; i < 5; i++) expect((deletes[i] ?? 0) - (deletes[i - 1] ?? 0)).toBeGreaterThan(millis(10))
    // The Pod was marked the first time.
    expect(bench.takeLines().filter((line) => line.startsWith('patch'))).toHaveLength(1)
  })

  test('is told as a fact, with how long the Pod was patient', () => {
    const bench = start(patient('a', tolerating('x', 3)))
    set(bench, taint('x'))
    bench.run(seconds(5))
    const facts = bench.log.filter((event) => event.type === 'TolerationExpired')
    expect(facts.map(({ data }) => data)).toEqual([
      { namespace: 'default', name: 'a', uid: 'uid-a', node: 'n', taint: 'x:NoExecute', seconds: 3 },
    ])
  })
})
