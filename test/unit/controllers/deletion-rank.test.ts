/**
 * Goal: of too many Pods the ones go that upstream would choose.
 * Method: every criterion with all earlier ones equal and the later ones against it; order of magnitude of ages at its
 * edges; ties.
 */
import { describe, expect, test } from 'vitest'
import { cheapestToLoseFirst, earliestStageFirst } from '../../../src/actors/controllers/shared/deletion-rank.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { pod, secondsAt } from './objects.ts'

const NOW = seconds(1000)

const first = (a: Pod, b: Pod, related: readonly Pod[] = [a, b]): string => {
  const forwards = cheapestToLoseFirst([a, b], related, NOW).map(({ metadata }) => metadata.name)
  const backwards = cheapestToLoseFirst([b, a], related, NOW).map(({ metadata }) => metadata.name)
  expect(forwards).toEqual(backwards)
  return forwards[0] ?? ''
}

const created = (second: number): Partial<Pod['metadata']> => ({ creationTimestamp: secondsAt(second) })

const restarts = (count: number): Pod['status'] => ({
  containerStatuses: [
    { name: 'app', restartCount: count, ready: true, image: '', imageID: '' },
    { name: 'side', restartCount: 0, ready: true, image: '', imageID: '' },
  ],
})

describe('the criteria, each stronger than all after it', () => {
  const cost = (n: string): Partial<Pod['metadata']> => ({
    annotations: { 'controller.kubernetes.io/pod-deletion-cost': n },
  })
  const table: readonly (readonly [string, Pod, Pod])[] = [
    ['on no node', pod('a', {}), pod('b', { node: 'n', phase: 'Pending', ready: false })],
    [
      'pending before unknown',
      pod('a', { node: 'n', phase: 'Pending' }),
      pod('b', { node: 'n', phase: 'Unknown', ready: false }),
    ],
    ['unknown before running', pod('a', { node: 'n', phase: 'Unknown' }), pod('b', { node: 'n', ready: false })],
    [
      'not ready',
      pod('a', { node: 'n', ready: false, metadata: cost('5') }),
      pod('b', { node: 'n', metadata: cost('-5') }),
    ],
    [
      'cheaper',
      pod('a', { node: 'n', metadata: cost('-2'), readyAt: 1 }),
      pod('b', { node: 'n', metadata: cost('3'), readyAt: 999 }),
    ],
    [
      'a cost that is no number counts as none',
      pod('a', { node: 'n', metadata: cost('-1') }),
      pod('b', { node: 'n', metadata: cost('+1') }),
    ],
    [
      'ready for less long',
      pod('a', { node: 'n', readyAt: 900 }),
      pod('b', { node: 'n', readyAt: 100, status: restarts(9) }),
    ],
    [
      'more restarts',
      pod('a', { node: 'n', status: restarts(2), metadata: created(0) }),
      pod('b', { node: 'n', status: restarts(1), metadata: created(990) }),
    ],
    ['younger', pod('a', { node: 'n', metadata: created(900) }), pod('b', { node: 'n', metadata: created(100) })],
  ]
  for (const [title, a, b] of table) test(title, () => expect(first(a, b)).toBe('a'))

  test('the one that shares its node with more of the same workload, be they ready or not', () => {
    const a = pod('a', { node: 'n', readyAt: 1 })
    const b = pod('b', { node: 'm', readyAt: 999 })
    const others = [pod('c', { node: 'n', ready: false }), pod('d', { node: 'n' }), pod('e', { node: 'm' })]
    expect(first(a, b, [a, b, ...others])).toBe('a')
  })

  test('restarts are the most of any container, not their sum; sidecars decide only between equals', () => {
    const sum = pod('sum', {
      node: 'n',
      status: {
        containerStatuses: ['x', 'y', 'z'].map((name) => ({
          name,
          restartCount: 2,
          ready: true,
          image: '',
          imageID: '',
        })),
      },
    })
    expect(first(pod('a', { node: 'n', status: restarts(3) }), sum)).toBe('a')
    const withSidecar = (name: string, count: number): Pod =>
      pod(name, {
        node: 'n',
        spec: { initContainers: [{ name: 'proxy', image: 'p', restartPolicy: 'Always' }] },
        status: {
          initContainerStatuses: [{ name: 'proxy', restartCount: count, ready: true, image: '', imageID: '' }],
        },
      })
    expect(first(withSidecar('a', 2), withSidecar('b', 1))).toBe('a')
    // An init container that does not go on is no sidecar.
    const plain = { ...withSidecar('plain', 9), spec: { ...pod('x').spec, nodeName: 'n' } }
    expect(first(withSidecar('a', 1), plain)).toBe('a')
  })
})

describe('ages are compared by their order of magnitude', () => {
  const readyFor = (name: string, uid: string, age: number): Pod =>
    pod(name, { node: 'n', readyAt: 1000 - age, metadata: { uid } })

  test('within a power of two the uid decides, though restarts differ', () => {
    // 600 s and 700 s: both between 2^39 and 2^40 ns.
    const a = { ...readyFor('a', 'uid-1', 700), status: { ...readyFor('a', '', 700).status, ...restarts(0) } }
    const b = { ...readyFor('b', 'uid-2', 600), status: { ...readyFor('b', '', 600).status, ...restarts(9) } }
    expect(first(a, b)).toBe('a')
  })

  test('across its edge the younger goes, though its uid is greater', () => {
    // 2^39 ns = 549.8 s.
    expect(first(readyFor('a', 'uid-2', 549), readyFor('b', 'uid-1', 550))).toBe('a')
    expect(first(readyFor('a', 'uid-1', 550), readyFor('b', 'uid-2', 551))).toBe('a')
  })

  test('ready this very second, or in the future, is younger than anything', () => {
    expect(first(readyFor('a', 'uid-2', 0), readyFor('b', 'uid-1', 1))).toBe('a')
    expect(first(readyFor('a', 'uid-1', 0), readyFor('b', 'uid-2', -5))).toBe('a')
  })

  test('equal times leave it to the restarts', () => {
    const a = { ...readyFor('a', 'uid-2', 700), status: { ...readyFor('a', '', 700).status, ...restarts(1) } }
    const b = { ...readyFor('b', 'uid-1', 700), status: { ...readyFor('b', '', 700).status, ...restarts(0) } }
    expect(first(a, b)).toBe('a')
  })

  test('a ready time that is not written comes before all that are', () => {
    const unwritten = pod('a', { node: 'n', metadata: { uid: 'uid-9' } })
    const status = { ...unwritten.status, conditions: [{ type: 'Ready', status: 'True' as const }] }
    expect(first({ ...unwritten, status }, readyFor('b', 'uid-1', 1))).toBe('a')
  })
})

test('Pods that nothing tells apart stay as they come', () => {
  const pods = ['c', 'a', 'b'].map((name) => pod(name, { node: 'n' }))
  expect(cheapestToLoseFirst(pods, pods, NOW).map(({ metadata }) => metadata.name)).toEqual(['c', 'a', 'b'])
})

describe("a Job's Pods", () => {
  const order = (...pods: readonly Pod[]): string =>
    earliestStageFirst(pods)
      .map(({ metadata }) => metadata.name)
      .join(' ')

  test('go youngest first, however close their ages are and whatever they are said to cost', () => {
    const cost = { 'controller.kubernetes.io/pod-deletion-cost': '-9' }
    const older = pod('older', { node: 'n', metadata: { ...created(100), annotations: cost } })
    expect(order(older, pod('younger', { node: 'n', metadata: created(101) }))).toBe('younger older')
    expect(order(pod('c', { node: 'n', readyAt: 5 }), pod('d', { node: 'n', readyAt: 6 }))).toBe('d c')
  })

  test('go the sooner the less far they have come', () => {
    const running = pod('running', { node: 'n', ready: false })
    const waiting = pod('waiting', { node: 'n', phase: 'Pending', ready: false })
    expect(order(pod('ready', { node: 'n' }), running, waiting, pod('unbound', {}))).toBe(
      'unbound waiting running ready',
    )
  })
})
