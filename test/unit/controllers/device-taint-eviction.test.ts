/**
 * Goal: Pods leave when a device that they have is tainted, as late as their claims' tolerations let them, and stay when the
 * taint goes first.
 * Method: slices with NoExecute taints, claims with tolerations, virtual time; the calls and when they come.
 */
import { describe, expect, test } from 'vitest'
import { deviceTaintEvictionController } from '../../../src/actors/controllers/device-taint-eviction/device-taint-eviction.ts'
import { DevicePools } from '../../../src/actors/controllers/device-taint-eviction/pools.ts'
import { seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { DeviceTaint, DeviceToleration, ResourceSlice } from '../../../src/kubernetes/types/resource.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'

const DRIVER = 'gpu.example.com'
const group = { apiVersion: 'resource.k8s.io/v1' }

const slice = (taints: readonly DeviceTaint[] = [], generation = 1, name = 'node-1-gpu'): Given =>
  ({
    ...group,
    kind: 'ResourceSlice',
    metadata: { name },
    spec: {
      driver: DRIVER,
      nodeName: 'node-1',
      pool: { name: 'node-1', generation, resourceSliceCount: 1 },
      devices: [{ name: 'gpu-0', taints }, { name: 'gpu-1' }],
    },
  }) as Given

const taint = (effect: DeviceTaint['effect'] = 'NoExecute', second = 0, key = 'broken'): DeviceTaint => ({
  key,
  effect,
  timeAdded: rfc3339(seconds(second)),
})

const claim = (name: string, tolerations?: readonly DeviceToleration[], device = 'gpu-0', user = name): Given =>
  ({
    ...group,
    kind: 'ResourceClaim',
    metadata: { name, namespace: 'default' },
    spec: {},
    status: {
      allocation: { devices: { results: [{ request: 'gpu', driver: DRIVER, pool: 'node-1', device, tolerations }] } },
      reservedFor: [{ resource: 'pods', name: user, uid: `uid-${user}` }],
    },
  }) as Given

const pod = (name: string, claims: readonly string[] = [name], metadata: object = {}): Given =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'app', image: 'app:1' }],
      resourceClaims: claims.map((resourceClaimName) => ({ name: resourceClaimName, resourceClaimName })),
    },
    status: { phase: 'Running' },
  }) as Given

const bench = (...given: readonly Given[]): ControllerBench =>
  controllerBench(deviceTaintEvictionController)
    .given(slice(), ...given)
    .show()

const set = (b: ControllerBench, ...taints: readonly DeviceTaint[]): ControllerBench =>
  b.given(slice(taints)).show('ResourceSlice')

/** When each Pod's deletion was asked for, in whole seconds. */
const deletions = (b: ControllerBench): Readonly<Record<string, number>> =>
  Object.fromEntries(
    b.log.flatMap((event) =>
      event.type === 'ApiRequested' && event.data.verb === 'delete'
        ? [[event.data.name ?? '', Math.floor(event.at / seconds(1))]]
        : [],
    ),
  )

test('a Pod is marked, then deleted, if it is still that Pod', () => {
  const b = set(bench(pod('a'), claim('a')), taint()).run(seconds(1))
  expect(b.takeLines()).toEqual(['get Pod a', 'patch Pod/status a', 'delete Pod a'])
  expect(b.get('Pod', 'default', 'a')?.status?.conditions).toMatchObject([
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByDeviceTaintManager',
      message: 'Device Taint manager: deleting due to NoExecute taint',
    },
  ])
  expect(b.events).toEqual(['DeviceTaintManagerEviction: Marking for deletion'])
  const deletion = b.log.find((event) => event.type === 'ApiRequested' && event.data.verb === 'delete')
  expect(deletion?.data).toMatchObject({ options: { preconditions: { uid: 'uid-a' } } })
})

const tolerating = (tolerationSeconds?: number, more: Partial<DeviceToleration> = {}): DeviceToleration => ({
  ...{ key: 'broken', operator: 'Exists', effect: 'NoExecute' },
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  ...more,
})

describe('patience', () => {
  test.each<[string, readonly DeviceToleration[] | undefined, number | undefined]>([
    ['none', undefined, 0],
    ['of thirty seconds', [tolerating(30)], 30],
    ['for ever', [tolerating()], undefined],
    ['for ever beats thirty seconds', [tolerating(30), tolerating()], undefined],
    ['the least of two', [tolerating(30), tolerating(10, { operator: 'Equal' })], 10],
    ['less than nothing', [tolerating(-5)], 0],
    ['with another key', [tolerating(undefined, { key: 'slow' })], 0],
    ['with any key', [tolerating(20, { key: undefined })], 20],
    ['with another value', [tolerating(undefined, { operator: 'Equal', value: 'x' })], 0],
    ['that does not name the effect', [tolerating(undefined, { effect: undefined })], 0],
  ])('%s', (_, tolerations, second) => {
    const b = set(bench(pod('a'), claim('a', tolerations)), taint()).run(seconds(60))
    expect(deletions(b)).toEqual(second === undefined ? {} : { a: second })
  })

  test('counts from when the taint was added, whenever that is seen', () => {
    const b = bench(pod('a'), claim('a', [tolerating(30)])).run(seconds(20))
    set(b, taint('NoExecute', 5)).run(seconds(60))
    expect(deletions(b)).toEqual({ a: 35 })
  })

  test('is that of the claim that has the least', () => {
    const claims = [claim('one', [tolerating(30)], 'gpu-0', 'a'), claim('two', [tolerating(10)], 'gpu-0', 'a')]
    const b = set(bench(pod('a', ['one', 'two']), ...claims), taint()).run(seconds(60))
    expect(deletions(b)).toEqual({ a: 10 })
  })
})

describe('nobody goes', () => {
  test.each<[string, readonly Given[], DeviceTaint]>([
    ['for a taint that only keeps others away', [pod('a'), claim('a')], taint('NoSchedule')],
    ['for a taint that only informs', [pod('a'), claim('a')], taint('None')],
    ['for a taint of a device that it has not', [pod('a'), claim('a', undefined, 'gpu-1')], taint()],
    ['for a claim that is not reserved for it', [pod('a'), claim('a', undefined, 'gpu-0', 'b')], taint()],
    [
      'when it is on its way already',
      [pod('a', ['a'], { deletionTimestamp: '2026-01-01T00:00:00Z' }), claim('a')],
      taint(),
    ],
  ])('%s', (_, given, one) => {
    expect(deletions(set(bench(...given), one).run(seconds(60)))).toEqual({})
  })

  test('when the taint goes in time, and that is told', () => {
    const b = set(bench(pod('a'), claim('a', [tolerating(30)])), taint()).run(seconds(10))
    set(b).run(seconds(60))
    expect(deletions(b)).toEqual({})
    expect(b.events).toEqual(['DeviceTaintManagerEviction: Cancelling deletion'])
  })

  test('when its claim is given back in time', () => {
    const b = set(bench(pod('a'), claim('a', [tolerating(30)])), taint()).run(seconds(10))
    b.remove('ResourceClaim', 'default', 'a').show().run(seconds(60))
    expect(deletions(b)).toEqual({})
  })

  test('when another Pod has the name by then', () => {
    const b = bench(pod('a'), claim('a')).stall('Pod', 'ResourceClaim')
    b.remove('Pod', 'default', 'a').given(pod('a', ['a'], { uid: 'uid-of-the-second' }))
    set(b, taint()).run(seconds(5))
    expect(b.takeLines()).toEqual(['get Pod a'])
  })
})

test('a Pod that comes to a tainted device goes as well', () => {
  const b = set(bench(), taint()).run(seconds(5))
  b.given(pod('a'), claim('a')).show().run(seconds(5))
  expect(deletions(b)).toEqual({ a: 5 })
})

test('a call that fails is made again', () => {
  const b = bench(pod('a'), claim('a')).fail('delete Pod', { code: 500 }, 3)
  set(b, taint()).run(seconds(5))
  expect(b.get('Pod', 'default', 'a')?.metadata.deletionTimestamp).toBeDefined()
})

test('only slices of the newest generation count', () => {
  const pools = new DevicePools()
  const first = slice([taint()], 1) as ResourceSlice
  const second = slice([], 2, 'another') as ResourceSlice
  const device = `${DRIVER}/node-1/gpu-0`
  expect([...pools.take(undefined, first)]).toEqual([device])
  expect([...pools.take(undefined, second)]).toEqual([device])
  expect(pools.taintsOf(device)).toEqual([])
  expect([...pools.take(second, undefined)]).toEqual([device])
  expect(pools.taintsOf(device)).toEqual([taint()])
  expect([...pools.take(first, first)]).toEqual([])
})
