/**
 * Goal: what a Pod tolerates and asks for is counted as the scheduler and the kubelet count it.
 * Method: cases from upstream's documentation of tolerations, requests, quality of service and OOM scores.
 */
import { describe, expect, test } from 'vitest'
import { computeQOS, oomScoreAdjust } from '../../../src/kubernetes/qos.ts'
import { podLimitList, podRequestList, podRequests, resourcesOf } from '../../../src/kubernetes/resources.ts'
import {
  matchingTolerations,
  minTolerationSeconds,
  tolerates,
  untoleratedTaint,
} from '../../../src/kubernetes/tolerations.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodSpec } from '../../../src/kubernetes/types/pod.ts'
import type { Taint } from '../../../src/kubernetes/types/scheduling.ts'

const taint: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' }

describe('tolerations', () => {
  test.each([
    [{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }, true],
    [{ key: 'dedicated', value: 'db' }, true],
    [{ key: 'dedicated', operator: 'Exists' }, true],
    [{ operator: 'Exists' }, true],
    [{ key: 'dedicated', operator: 'Equal', value: 'web' }, false],
    [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
    [{ key: 'dedicated', operator: 'Gt', value: '1' }, false],
  ] as const)('%o: %s', (toleration, expected) => {
    expect(tolerates(toleration, taint)).toBe(expected)
  })

  test('numbers are compared only where the gate is on', () => {
    const loaded: Taint = { key: 'load', value: '80', effect: 'NoSchedule' }
    const on = { comparisonOperators: true }
    expect(tolerates({ key: 'load', operator: 'Lt', value: '90' }, loaded, on)).toBe(true)
    expect(tolerates({ key: 'load', operator: 'Gt', value: '90' }, loaded, on)).toBe(false)
    expect(tolerates({ key: 'load', operator: 'Lt', value: '090' }, loaded, on)).toBe(false)
    expect(tolerates({ key: 'load', operator: 'Lt', value: '90' }, loaded)).toBe(false)
  })

  test('only taints of the asked effects count', () => {
    const soft: Taint = { key: 'soft', effect: 'PreferNoSchedule' }
    expect(untoleratedTaint([soft, taint], undefined, ['NoSchedule', 'NoExecute'])).toBe(taint)
    expect(untoleratedTaint([soft], undefined, ['NoSchedule'])).toBeUndefined()
  })

  test('the shortest toleration decides how long a Pod stays', () => {
    const gone: Taint = { key: 'gone', effect: 'NoExecute' }
    const slow: Taint = { key: 'slow', effect: 'NoExecute' }
    const tolerations = [
      { key: 'gone', operator: 'Exists' as const, tolerationSeconds: 300 },
      { key: 'slow', operator: 'Exists' as const, tolerationSeconds: 60 },
    ]
    const { all, used } = matchingTolerations([gone, slow], tolerations)
    expect([all, minTolerationSeconds(used)]).toEqual([true, 60])
    expect(matchingTolerations([gone, taint], tolerations)).toEqual({ all: false, used: [] })
    expect(minTolerationSeconds([{ operator: 'Exists' }])).toBe(-1)
    expect(minTolerationSeconds([{ operator: 'Exists', tolerationSeconds: -5 }])).toBe(0)
  })
})

const container = (name: string, cpu?: string, memory?: string, rest: Partial<Container> = {}): Container => {
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  return { name, resources: { requests }, ...rest }
}
const pod = (spec: PodSpec): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec,
})

describe('requests', () => {
  test('init containers count only where they need more than what runs later', () => {
    const spec = {
      containers: [container('a', '100m', '100Mi'), container('b', '200m', '50Mi')],
      initContainers: [container('i', '1', '10Mi')],
    }
    expect(podRequestList(pod(spec))).toEqual({ cpu: '1', memory: '150Mi' })
  })

  test('a sidecar runs beside the init containers after it, and beside all containers', () => {
    const sidecar = container('s', '300m', undefined, { restartPolicy: 'Always' })
    const spec = {
      containers: [container('a', '100m')],
      initContainers: [container('before', '500m'), sidecar, container('after', '500m')],
    }
    expect(podRequestList(pod(spec))).toEqual({ cpu: '800m' })
    const late = { ...spec, initContainers: [container('before', '500m'), container('after', '500m'), sidecar] }
    expect(podRequestList(pod(late))).toEqual({ cpu: '500m' })
  })

  test('pod-level requests take the place of the sum, overhead comes on top', () => {
    const spec = {
      containers: [container('a', '100m', '100Mi')],
      resources: { requests: { cpu: '2' } },
      overhead: { cpu: '250m', memory: '16Mi' },
    }
    expect(podRequestList(pod(spec))).toEqual({ cpu: '2250m', memory: '116Mi' })
  })

  test('what a container leaves out counts 100m and 200 MiB in scores only', () => {
    const counted = podRequests(pod({ containers: [container('a'), container('b', '10m')] }))
    expect(counted.requests.milliCPU).toBe(10)
    expect(counted.nonZeroMilliCPU).toBe(110)
    expect(counted.nonZeroMemory).toBe(2 * 200 * 1024 * 1024)
  })

  test('while a container is resized it counts with the most it holds', () => {
    const resized: Pod = {
      ...pod({ containers: [container('a', '100m')] }),
      status: {
        containerStatuses: [
          {
            name: 'a',
            ready: true,
            restartCount: 0,
            image: 'i',
            imageID: 'i',
            resources: { requests: { cpu: '400m' } },
          },
        ],
      },
    }
    expect(podRequests(resized).requests.milliCPU).toBe(400)
  })

  test('overhead adds to limits only where there is one', () => {
    const spec = {
      containers: [{ name: 'a', resources: { limits: { cpu: '1' } } }],
      overhead: { cpu: '100m', memory: '1Mi' },
    }
    expect(podLimitList(pod(spec))).toEqual({ cpu: '1100m' })
  })

  test('a node’s amounts are integers by resource', () => {
    const amounts = resourcesOf({
      cpu: '4',
      memory: '1Gi',
      pods: '110',
      'ephemeral-storage': '10k',
      'example.com/gpu': '2',
    })
    expect(amounts).toMatchObject({ milliCPU: 4000, memory: 1_073_741_824, pods: 110, ephemeralStorage: 10_000 })
    expect(amounts.scalars.get('example.com/gpu')).toBe(2)
  })
})

describe('quality of service', () => {
  const both = { cpu: '1', memory: '1Gi' }
  const spec = (...resources: Container['resources'][]): PodSpec => ({
    containers: resources.map((each, i) => ({ name: `c${i}`, ...(each === undefined ? {} : { resources: each }) })),
  })

  test.each([
    ['BestEffort', spec({}, undefined)],
    ['BestEffort', spec({ requests: { cpu: '0' } })],
    ['Burstable', spec({ requests: both })],
    ['Burstable', spec({ limits: both, requests: both }, {})],
    ['Burstable', spec({ limits: { cpu: '1' }, requests: { cpu: '1' } })],
    ['Guaranteed', spec({ limits: both, requests: both })],
    ['Guaranteed', { ...spec({}), resources: { limits: both, requests: both } }],
  ] as const)('%s', (expected, some) => {
    expect(computeQOS(some)).toBe(expected)
  })

  test('the more memory a container asked for, the later it is killed', () => {
    const node = 8 * 1024 * 1024 * 1024
    const burstable = spec({ requests: { memory: '4Gi' } })
    const scoreOf = (some: PodSpec): number => {
      const [first] = some.containers
      return first === undefined ? Number.NaN : oomScoreAdjust(pod(some), first, node)
    }
    expect(scoreOf(burstable)).toBe(500)
    expect(scoreOf(spec({}))).toBe(1000)
    expect(scoreOf(spec({ limits: both, requests: both }))).toBe(-997)
    expect(scoreOf(spec({ requests: { memory: '8Gi' } }))).toBe(3)
    expect(scoreOf(spec({ requests: { memory: '1' } }))).toBe(999)
  })
})
