/**
 * Goal: what a quota says is used is what its namespace holds, once the controller has seen it; and quotas cost nothing where
 * there are none.
 * Method: given quotas and objects, the status that is written; then objects that go, end, change or are hidden.
 */
import { describe, expect, test } from 'vitest'
import { resourceQuotaController } from '../../../src/actors/controllers/resourcequota/resourcequota.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ResourceQuota } from '../../../src/kubernetes/types/core.ts'
import type { ResourceList } from '../../../src/kubernetes/types/meta.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { meta, pod } from './objects.ts'

const KINDS = ['ConfigMap', 'Event', 'Pod', 'ResourceQuota', 'Secret', 'Service'] as const

const bench = (): ControllerBench => controllerBench(resourceQuotaController(KINDS))

const quota = (hard: ResourceList, spec: Partial<ResourceQuota['spec']> = {}): Given => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: meta('q'),
  ...{ spec: { hard, ...spec } },
})

const configMap = (name: string, namespace = 'default'): Given => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...meta(name), namespace },
})

const asking = (name: string, cpu: string, parts: Parameters<typeof pod>[1] = {}): Given => {
  const container = { name: 'app', image: 'app:1', resources: { requests: { cpu } } }
  return pod(name, { ...parts, spec: { containers: [container], ...parts.spec } })
}

const used = (one: ControllerBench): ResourceList | undefined => one.get('ResourceQuota', 'default', 'q')?.status?.used

describe('a quota', () => {
  test('is counted when it is new: objects, requests, and zeros for what there is none of', () => {
    const one = bench()
    one
      .given(
        quota({
          pods: '4',
          'requests.cpu': '1',
          configmaps: '3',
          services: '1',
          'count/secrets': '9',
          'example.com/x': '1',
        }),
        asking('a', '250m'),
        asking('b', '300m'),
        asking('done', '300m', { phase: 'Succeeded' }),
        configMap('c'),
        configMap('elsewhere', 'other'),
      )
      .show()
      .run(seconds(1))
    expect(used(one)).toEqual({
      pods: '2',
      'requests.cpu': '550m',
      configmaps: '1',
      services: '0',
      'count/secrets': '0',
    })
    expect(one.get('ResourceQuota', 'default', 'q')?.status?.hard).toHaveProperty('pods', '4')
  })

  test('counts only what is in its scopes', () => {
    const one = bench()
    one
      .given(quota({ pods: '4' }, { scopes: ['BestEffort'] }), asking('a', '250m'), pod('b'))
      .show()
      .run(seconds(1))
    expect(used(one)).toEqual({ pods: '1' })
  })

  test('gives back what was deleted and what has ended, and takes nothing for what is new', () => {
    const one = bench()
    one
      .given(quota({ pods: '4' }), pod('a'), pod('b'), pod('c'))
      .show()
      .run(seconds(1))
    expect(used(one)).toEqual({ pods: '3' })
    one.take()
    one.given(pod('d')).show().run(seconds(1))
    expect(one.takeLines()).toEqual([])
    one.remove('Pod', 'default', 'a').show().run(seconds(1))
    expect(used(one)).toEqual({ pods: '3' })
    one.take()
    one.change('Pod', 'default', 'b', (before) => ({ ...before, status: { ...before.status, phase: 'Failed' } }))
    one.show().run(seconds(1))
    expect(one.takeLines()).toEqual(['update ResourceQuota/status q'])
    expect(used(one)).toEqual({ pods: '2' })
  })

  test('is not counted again for objects that it does not limit', () => {
    const one = bench()
    one
      .given(quota({ pods: '4' }), configMap('c'))
      .show()
      .run(seconds(1))
    one.take()
    one.remove('ConfigMap', 'default', 'c').show().run(seconds(1))
    expect(one.takeLines()).toEqual([])
  })

  test('follows its limits, and forgets what they no longer name', () => {
    const one = bench()
    one
      .given(quota({ pods: '4', configmaps: '1' }), pod('a'))
      .show()
      .run(seconds(1))
    one.change('ResourceQuota', 'default', 'q', (before) => ({ ...before, spec: { hard: { pods: '5' } } }))
    one.show().run(seconds(1))
    expect(one.get('ResourceQuota', 'default', 'q')?.status).toEqual({ hard: { pods: '5' }, used: { pods: '1' } })
  })
})

describe('what the controller missed', () => {
  test('is found by the full count every five minutes', () => {
    const one = bench()
    one
      .given(quota({ pods: '4' }), pod('a'))
      .show()
      .run(seconds(1))
    const wrong = { hard: { pods: '4' }, used: { pods: '3' } }
    one.change('ResourceQuota', 'default', 'q', (before) => ({ ...before, status: wrong }))
    one.show().run(minutes(4))
    expect(used(one)).toEqual({ pods: '3' })
    one.run(minutes(1))
    expect(used(one)).toEqual({ pods: '1' })
  })

  test('is not lost by a stale view: the write is refused and made again', () => {
    const one = bench()
    one
      .given(quota({ pods: '4' }), pod('a'), pod('b'))
      .show()
      .run(seconds(1))
    // Admission charges another Pod while the controller's view of the quota stands still.
    const charged = { hard: { pods: '4' }, used: { pods: '3' } }
    one.stall('ResourceQuota')
    one.change('ResourceQuota', 'default', 'q', (before) => ({ ...before, status: charged }))
    one.remove('Pod', 'default', 'a').show('Pod').run(seconds(1))
    expect(used(one)).toEqual({ pods: '3' })
    one.given(pod('c')).flow('ResourceQuota', 'Pod').run(minutes(1))
    expect(used(one)).toEqual({ pods: '2' })
  })
})

test('a namespace without quotas costs nothing', () => {
  const one = bench()
  one
    .given(quota({ pods: '1' }), configMap('c', 'other'))
    .show()
    .run(seconds(1))
  one.take()
  one.remove('ConfigMap', 'other', 'c').show().run(minutes(6))
  expect(one.takeLines()).toEqual([])
})
