/**
 * Goal: Pods get the claims that their templates describe, and whatever they no longer use is given back: reservations,
 * devices, claims; each with upstream's writes in upstream's order.
 * Method: the calls and Events that the controller leaves for given views; the pure rules in tables.
 */
import { describe, expect, test } from 'vitest'
import { namePrefix } from '../../../src/actors/controllers/resource-claim/pod-claims.ts'
import { resourceClaimController } from '../../../src/actors/controllers/resource-claim/resource-claim.ts'
import { hours, seconds } from '../../../src/events/time.ts'
import { entriesOf } from '../../../src/kubernetes/apply/owners.ts'
import { claimOf, foreignResourceClaim } from '../../../src/kubernetes/resource-claims.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { ResourceClaim } from '../../../src/kubernetes/types/resource.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'

const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } }
const results = [{ request: 'gpu', driver: 'gpu.example.com', pool: 'node-1', device: 'gpu-0' }]
const allocation = { devices: { results } }
const GUARD = 'resource.kubernetes.io/delete-protection'

const template = (): Given =>
  ({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: { name: 'one-gpu', namespace: 'default' },
    spec: { metadata: { labels: { kind: 'gpu' }, annotations: { note: 'kept' } }, spec },
  }) as Given

const fromTemplate = { name: 'gpu', resourceClaimTemplateName: 'one-gpu' }
const shared = { name: 'gpu', resourceClaimName: 'shared' }

const pod = (
  name: string,
  claims: readonly object[],
  rest: { spec?: object; status?: object; metadata?: object } = {},
): Given =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...rest.metadata },
    spec: { containers: [{ name: 'app', image: 'app:1' }], resourceClaims: claims, ...rest.spec },
    status: { phase: 'Pending', ...rest.status },
  }) as Given

const reservedFor = (...names: readonly string[]): object => ({
  reservedFor: names.map((name) => ({ resource: 'pods', name, uid: `uid-${name}` })),
})

const claim = (name: string, status: object, metadata: object = {}): Given =>
  ({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, finalizers: [GUARD], ...metadata },
    spec,
    status,
  }) as Given

const bench = (...given: readonly Given[]): ControllerBench =>
  controllerBench(resourceClaimController)
    .given(...given)
    .show()
    .run(seconds(2))

const claimNamed = (b: ControllerBench, name: string): ResourceClaim | undefined =>
  b.get('ResourceClaim', 'default', name)
const status = (b: ControllerBench, name: string): Pod['status'] => b.get('Pod', 'default', name)?.status

describe('a Pod with a template', () => {
  test('gets a claim of its own, and its status says which', () => {
    const b = bench(template(), pod('train', [fromTemplate]))
    expect(b.takeLines()).toEqual(['create ResourceClaim train-gpu-', 'patch Pod/status train'])
    const [made] = b.list('ResourceClaim')
    expect(made).toMatchObject({
      metadata: {
        generateName: 'train-gpu-',
        labels: { kind: 'gpu' },
        annotations: { note: 'kept', 'resource.kubernetes.io/pod-claim-name': 'gpu' },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            name: 'train',
            uid: 'uid-train',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec,
    })
    expect(status(b, 'train')?.resourceClaimStatuses).toEqual([{ name: 'gpu', resourceClaimName: made?.metadata.name }])
    const [entry] = entriesOf(b.get('Pod', 'default', 'train') ?? {})
    expect(entry).toMatchObject({ manager: 'ResourceClaimController', operation: 'Apply', subresource: 'status' })
  })

  test("waits for the template, in upstream's words", () => {
    const b = bench(pod('train', [fromTemplate]))
    expect(b.list('ResourceClaim')).toEqual([])
    expect(b.events[0]).toBe(
      'FailedResourceClaimCreation: PodResourceClaim gpu: resource claim template "one-gpu": resourceclaimtemplate.resource.k8s.io "one-gpu" not found',
    )
    b.given(template()).show().run(seconds(30))
    expect(b.list('ResourceClaim')).toHaveLength(1)
  })

  test('does not get a second claim when its status could not be written', () => {
    const b = controllerBench(resourceClaimController).given(template(), pod('train', [fromTemplate]))
    b.fail('patch Pod/status', { code: 500 }, 3)
    b.stall('ResourceClaim').show().run(seconds(5))
    expect(b.list('ResourceClaim')).toHaveLength(1)
    expect(status(b, 'train')?.resourceClaimStatuses).toHaveLength(1)
  })

  test('keeps the names of its other claims when one is made again', () => {
    const other = { name: 'nic', resourceClaimTemplateName: 'one-gpu' }
    const b = bench(template(), pod('train', [fromTemplate, other]))
    expect(b.list('ResourceClaim')).toHaveLength(2)
    const [gpu, nic] = status(b, 'train')?.resourceClaimStatuses ?? []
    b.run(hours(1))
    b.remove('ResourceClaim', 'default', gpu?.resourceClaimName ?? '')
      .show()
      .run(seconds(5))
    const after = status(b, 'train')?.resourceClaimStatuses ?? []
    expect(after).toHaveLength(2)
    expect(after).toContainEqual(nic)
    expect(after).not.toContainEqual(gpu)
    b.take()
    b.run(seconds(60))
    expect(b.takeLines()).toEqual([])
  })

  test('does without a claim that somebody deletes within the hour: it still counts as made', () => {
    const b = bench(template(), pod('train', [fromTemplate]))
    const [made] = b.list('ResourceClaim')
    b.remove('ResourceClaim', 'default', made?.metadata.name ?? '')
      .show()
      .run(seconds(60))
    expect(b.list('ResourceClaim')).toEqual([])
  })

  test.each([
    ['is being deleted', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    ['needs none, as its status says', { status: { resourceClaimStatuses: [{ name: 'gpu' }] } }],
  ])('gets no claim when it %s', (_, rest) => {
    expect(bench(template(), pod('train', [fromTemplate], rest)).takeLines()).toEqual([])
  })
})

describe('a reservation', () => {
  const running = { spec: { nodeName: 'node-1' }, status: { phase: 'Running' } }
  const done = { spec: { nodeName: 'node-1' }, status: { phase: 'Succeeded' } }
  const used = { allocation, ...reservedFor('a') }

  test.each([
    ['stays while its Pod runs', [pod('a', [shared], running)], []],
    [
      'stays while its Pod is yet to end',
      [pod('a', [shared], { ...running, metadata: { deletionTimestamp: 'T' } })],
      [],
    ],
    [
      'goes with the end of its Pod',
      [pod('a', [shared], done)],
      ['update ResourceClaim/status', 'update ResourceClaim'],
    ],
    [
      'goes with a Pod that is deleted before it has a node',
      [pod('a', [shared], { metadata: { deletionTimestamp: 'T' } })],
      ['update ResourceClaim/status', 'update ResourceClaim'],
    ],
    [
      'goes when another Pod has the name',
      [pod('a', [shared], { metadata: { uid: 'uid-of-the-second' } })],
      ['update ResourceClaim/status', 'update ResourceClaim'],
    ],
    [
      'goes, when the API server says so, with a Pod that is nowhere',
      [],
      ['get Pod', 'update ResourceClaim/status', 'update ResourceClaim'],
    ],
  ] as const)('%s', (_, pods, calls) => {
    const b = bench(claim('shared', used), ...pods)
    const lines = b.takeLines().map((line) => line.replace(/ (shared|a)$/, ''))
    expect(lines).toEqual(calls)
    const isFree = calls.length > 0
    expect(claimNamed(b, 'shared')?.status?.allocation === undefined).toBe(isFree)
    expect(claimNamed(b, 'shared')?.metadata.finalizers).toEqual(isFree ? [] : [GUARD])
  })

  test('of a Pod that is only not in view yet stays', () => {
    const b = controllerBench(resourceClaimController).given(claim('shared', used), pod('a', [shared], running))
    b.stall('Pod').show().run(seconds(5))
    expect(b.takeLines()).toEqual(['get Pod a'])
    expect(claimNamed(b, 'shared')?.status).toEqual(used)
  })

  test('of a Pod that was seen to go needs no question', () => {
    const b = bench(claim('shared', used), pod('a', [shared], running))
    b.remove('Pod', 'default', 'a').show().run(seconds(2))
    expect(b.takeLines()).toEqual(['update ResourceClaim/status shared', 'update ResourceClaim shared'])
  })

  test('is tried again when somebody else wrote the claim meanwhile', () => {
    const b = controllerBench(resourceClaimController).given(claim('shared', used), pod('a', [shared], done))
    b.fail('update ResourceClaim/status', { code: 409, reason: 'Conflict' })
    b.show().run(seconds(5))
    expect(claimNamed(b, 'shared')?.status?.allocation).toBeUndefined()
  })

  test('is made for a Pod that was bound past the scheduler, while there is room', () => {
    const bound = pod('b', [shared], running)
    const b = bench(claim('shared', { allocation, ...reservedFor('a') }), pod('a', [shared], running), bound)
    expect(b.takeLines()).toEqual(['update ResourceClaim/status shared'])
    expect(claimNamed(b, 'shared')?.status?.reservedFor?.map(({ name }) => name)).toEqual(['a', 'b'])
    const full = Array.from({ length: 256 }, (_, i) => `a${i}`)
    const others = full.map((name) => pod(name, [shared], running))
    expect(bench(claim('shared', { allocation, ...reservedFor(...full) }), ...others, bound).takeLines()).toEqual([])
  })

  test('for anything but a Pod is not understood', () => {
    const consumer = { apiGroup: 'batch', resource: 'jobs', name: 'a', uid: 'uid-a' }
    const b = bench(claim('shared', { allocation, reservedFor: [consumer] }))
    expect(b.takeLines()).toEqual([])
  })

  test('of a Pod that has ended comes and goes while another shares the claim, as upstream', () => {
    const both = claim('shared', { allocation, ...reservedFor('a', 'b') })
    const b = controllerBench(resourceClaimController, { qps: 20, burst: 30 })
    b.given(both, pod('a', [shared], done), pod('b', [shared], running))
      .show()
      .run(seconds(60))
    const writes = b.takeLines().filter((line) => line === 'update ResourceClaim/status shared')
    expect(writes.length).toBeGreaterThan(100)
  })
})

describe('a claim', () => {
  const owned = { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'uid-a', controller: true }] }
  const ofPod = { status: { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'a-gpu' }] } }

  test('that was made for a Pod goes with the end of that Pod, once it is released', () => {
    const done = pod('a', [fromTemplate], { spec: { nodeName: 'n' }, status: { ...ofPod.status, phase: 'Failed' } })
    const b = bench(claim('a-gpu', { allocation, ...reservedFor('a') }, owned), done)
    expect(b.takeLines().slice(0, 3)).toEqual([
      'update ResourceClaim/status a-gpu',
      'update ResourceClaim a-gpu',
      'delete ResourceClaim a-gpu',
    ])
    expect(claimNamed(b, 'a-gpu')).toBeUndefined()
  })

  test('that was made for a Pod that is not in view is left to the garbage collector', () => {
    expect(bench(claim('a-gpu', {}, { ...owned, finalizers: [] })).takeLines()).toEqual([])
  })

  test('that somebody made stays, without its devices', () => {
    const done = pod('a', [shared], { spec: { nodeName: 'n' }, status: { phase: 'Succeeded' } })
    const b = bench(claim('shared', { allocation, ...reservedFor('a') }), done)
    expect(claimNamed(b, 'shared')).toBeDefined()
  })

  test('that nobody uses keeps its devices until it is deleted', () => {
    expect(bench(claim('shared', { allocation })).takeLines()).toEqual([])
    const b = bench(claim('shared', { allocation }, { deletionTimestamp: '2026-01-01T00:00:00Z' }))
    expect(b.takeLines()).toEqual(['update ResourceClaim/status shared', 'update ResourceClaim shared'])
    expect(claimNamed(b, 'shared')).toBeUndefined()
  })

  test('that is deleted while a Pod uses it stays until that Pod ends', () => {
    const b = bench(
      claim('shared', { allocation, ...reservedFor('a') }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      pod('a', [shared], { spec: { nodeName: 'n' }, status: { phase: 'Running' } }),
    )
    expect(claimNamed(b, 'shared')?.status?.allocation).toEqual(allocation)
    b.remove('Pod', 'default', 'a').show().run(seconds(2))
    expect(claimNamed(b, 'shared')).toBeUndefined()
  })

  test('that the scheduler made for extended resources goes with its Pod too', () => {
    const extended = { extendedResourceClaimStatus: { resourceClaimName: 'a-gpu' }, phase: 'Succeeded' }
    const done = pod('a', [], { spec: { nodeName: 'n' }, status: extended })
    const b = bench(claim('a-gpu', { allocation, ...reservedFor('a') }, owned), done)
    expect(claimNamed(b, 'a-gpu')).toBeUndefined()
  })
})

test.each([
  ['train', 'gpu', 'train-gpu-'],
  ['a'.repeat(40), 'b'.repeat(20), `${'a'.repeat(36)}-${'b'.repeat(18)}`],
  ['a'.repeat(200), 'g', `${'a'.repeat(56)}-`],
])('the names of the claims of %s and %s begin with both', (podName, claimName, prefix) => {
  expect(namePrefix(podName, claimName)).toBe(prefix)
})

test('only the claim that was made for the Pod is its', () => {
  const train = pod('train', [fromTemplate]) as Pod
  const foreign = claim('train-gpu', {}) as ResourceClaim
  expect(foreignResourceClaim(train, foreign)).toBe(
    'ResourceClaim default/train-gpu was not created for pod default/train (pod is not owner)',
  )
  expect(claimOf(train, fromTemplate)).toBe('missing')
  expect(claimOf(train, shared)).toEqual({ name: 'shared', made: false })
})
