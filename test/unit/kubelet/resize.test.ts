/**
 * Goal: a kubelet decides about a resize as upstream's does: what fits, what a change takes, what it tells.
 * Method: tables of small Pods with upstream's words; what is written to disk and read again is a property.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AllocationCheckpoint } from '../../../src/actors/kubelet/allocation/checkpoint.ts'
import { saying } from '../../../src/actors/kubelet/allocation/conditions.ts'
import { admitResize } from '../../../src/actors/kubelet/allocation/fit.ts'
import { resizeMessage } from '../../../src/actors/kubelet/allocation/messages.ts'
import { podActions, type ProbeVerdicts } from '../../../src/actors/kubelet/pods/actions.ts'
import { resizeOf } from '../../../src/actors/kubelet/pods/resize.ts'
import type { PodState } from '../../../src/actors/kubelet/runtime/pod-state.ts'
import { DiskFile } from '../../../src/engine/kernel/disk.ts'
import { allocationOf, withAllocation } from '../../../src/kubernetes/pod-allocation.ts'
import type { Container, ContainerStatus, ResourceRequirements } from '../../../src/kubernetes/types/container.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Pod, PodSpec, PodStatus } from '../../../src/kubernetes/types/pod.ts'

const meta = (name: string): Pod['metadata'] => ({ name, uid: name, resourceVersion: '1', creationTimestamp: '' })
const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: meta('n'), spec: {} }
const allocatable = { cpu: '4', memory: '4Gi', pods: '10' }

const asks = (cpu: string, memory = '1Gi'): ResourceRequirements => ({ requests: { cpu, memory } })
const podOf = (spec: Partial<PodSpec>, status?: PodStatus): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta('p'),
  spec: { containers: [], ...spec },
  status,
})
const podAsking = (resources: ResourceRequirements, status?: PodStatus): Pod =>
  podOf({ containers: [{ name: 'app', resources }] }, status)
const holding = (resources: ResourceRequirements): PodStatus => {
  const shown = { name: 'app', ready: true, restartCount: 0, image: '', imageID: '' }
  const status: ContainerStatus = { ...shown, resources, allocatedResources: resources.requests }
  return { containerStatuses: [status] }
}

describe('room for a resize', () => {
  test.each([
    ['fits', asks('2'), [asks('2')], undefined, ''],
    [
      'has to wait for processors',
      asks('3'),
      [asks('1'), asks('500m')],
      'Deferred',
      'resource: cpu, requested: 3000, used: 1500, capacity: 4000',
    ],
    [
      'has to wait for memory',
      asks('1', '3Gi'),
      [asks('1', '2Gi')],
      'Deferred',
      'resource: memory, requested: 3221225472, used: 2147483648, capacity: 4294967296',
    ],
    ['is too large', asks('5'), [], 'Infeasible', 'capacity: cpu, requested: 5000, capacity: 4000'],
    [
      'is too large, in memory first',
      asks('5', '5Gi'),
      [],
      'Infeasible',
      'capacity: memory, requested: 5368709120, capacity: 4294967296',
    ],
  ] as const)('what %s', (_, wanted, others, reason, message) => {
    const room = { node, allocatable, others: others.map((one) => podAsking(one)) }
    const refusal = admitResize(podAsking(wanted, holding(asks('1'))), room)
    expect(refusal?.reason).toBe(reason)
    expect(refusal?.message ?? '').toBe(message === '' ? '' : `Node didn't have enough ${message}`)
  })

  test('others count with what they still hold', () => {
    const shrinking = podAsking(asks('1'), holding(asks('3')))
    const room = { node, allocatable, others: [shrinking] }
    expect(admitResize(podAsking(asks('2')), room)?.reason).toBe('Deferred')
    expect(admitResize(podAsking(asks('1')), room)).toBeUndefined()
  })

  test('what it holds itself does not count', () => {
    const shrinking = podAsking(asks('1'), holding(asks('4')))
    expect(admitResize(shrinking, { node, allocatable, others: [podAsking(asks('3'))] })).toBeUndefined()
  })
})

const instance = { id: 'c1', name: 'app', image: 'i', restartCount: 0, startedAt: 0 }
const both = (cpu: string, memory: string): ResourceRequirements => ({
  requests: { cpu, memory },
  limits: { cpu, memory },
})

describe('what a change takes', () => {
  const restart = (...names: readonly string[]): Container['resizePolicy'] =>
    names.map((resourceName) => ({ resourceName, restartPolicy: 'RestartContainer' }))

  test.each([
    ['nothing', both('1', '1Gi'), both('1000m', '1024Mi'), undefined, {}, false],
    ['more of one', both('2', '1Gi'), both('1', '1Gi'), undefined, { cpu: 'grows' }, false],
    ['less of both', both('1', '1Gi'), both('2', '2Gi'), undefined, { memory: 'shrinks', cpu: 'shrinks' }, false],
    [
      'another request alone',
      { ...both('2', '1Gi'), requests: { cpu: '1', memory: '1Gi' } },
      both('2', '1Gi'),
      undefined,
      { cpu: 'shrinks' },
      false,
    ],
    ['a limit where there was none', both('1', '1Gi'), asks('1'), undefined, { memory: 'grows', cpu: 'grows' }, false],
    ['a restart for memory', both('1', '2Gi'), both('1', '1Gi'), restart('memory'), { memory: 'grows' }, true],
    ['no restart for the other', both('2', '1Gi'), both('1', '1Gi'), restart('memory'), { cpu: 'grows' }, false],
    [
      'one restart for both',
      both('2', '2Gi'),
      both('1', '1Gi'),
      restart('memory', 'cpu'),
      { memory: 'grows', cpu: 'grows' },
      true,
    ],
  ] as const)('%s', (_, granted, has, resizePolicy, changes, restarts) => {
    const change = resizeOf({ name: 'app', resources: granted, resizePolicy }, instance, () => has)
    expect(Object.fromEntries(change?.changes ?? [])).toEqual(changes)
    expect(change?.restarts ?? false).toBe(restarts)
  })

  test('a Pod that was never resized has what it came with', () => {
    expect(resizeOf({ name: 'app', resources: both('2', '1Gi') }, instance, undefined)).toBeUndefined()
  })
})

describe('a sync', () => {
  const state: PodState = {
    sandbox: { id: 's', ip: '10.0.0.1', attempt: 0, ready: true },
    containers: [
      { ...instance, id: 'c2', name: 'helper' },
      { ...instance, id: 'c1', name: 'app' },
    ],
  }
  const well: ProbeVerdicts = { verdict: () => 'healthy', hasStarted: () => true }
  const pod = podOf({
    restartPolicy: 'Always',
    containers: [{ name: 'app', resources: both('2', '1Gi') }],
    initContainers: [{ name: 'helper', restartPolicy: 'Always', resources: both('2', '1Gi') }],
  })
  const has = (): ResourceRequirements => both('1', '1Gi')

  test('gives running containers and sidecars what was granted', () => {
    const { resize, kill, start } = podActions(pod, state, well, has)
    expect(resize.map(({ container }) => container.name)).toEqual(['helper', 'app'])
    expect([kill, start]).toEqual([[], []])
  })

  test('restarts who wants it', () => {
    const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
    const [app] = pod.spec.containers
    const strict = podOf({ ...pod.spec, containers: [{ ...app, name: 'app', resizePolicy }] })
    const { resize, kill, start, killPod } = podActions(strict, state, well, has)
    expect(killPod).toBe(false)
    expect(resize.map(({ container }) => container.name)).toEqual(['helper'])
    expect(kill).toMatchObject([{ reason: 'resized', message: 'Container app resize requires restart' }])
    expect(start.map(({ name }) => name)).toEqual(['app'])
  })

  test('looks after a failed probe first', () => {
    const failing: ProbeVerdicts = {
      verdict: (_, { name }) => (name === 'app' ? 'failed liveness' : 'healthy'),
      hasStarted: () => true,
    }
    const { resize, kill } = podActions(pod, state, failing, has)
    expect(resize.map(({ container }) => container.name)).toEqual(['helper'])
    expect(kill).toMatchObject([{ reason: 'failed liveness' }])
  })
})

describe('what is told', () => {
  test('is a summary as Go writes it', () => {
    const pod = podOf({
      containers: [{ name: 'app', resources: { requests: { memory: '1Gi', cpu: '1' }, limits: { cpu: '2' } } }],
      initContainers: [{ name: 'first' }],
    })
    expect(resizeMessage('Pod resize error', pod, 3, 'no')).toBe(
      'Pod resize error: {"initContainers":[{"name":"first","resources":{}}],"containers":[{"name":"app","resources":' +
        '{"limits":{"cpu":"2"},"requests":{"cpu":"1","memory":"1Gi"}}}],"generation":3,"error":"no"}',
    )
  })

  test('is the same condition while it says the same, and turns with its reason', () => {
    const said = { type: 'PodResizePending', reason: 'Deferred', message: 'a', generation: 2 } as const
    const first = saying(undefined, said, 0)
    expect(saying(first, said, 5_000_000)).toBe(first)
    const second = saying(first, { ...said, message: 'b', generation: 3 }, 5_000_000)
    expect(second).toMatchObject({ message: 'b', observedGeneration: 3, lastTransitionTime: first.lastTransitionTime })
    const third = saying(second, { ...said, reason: 'Infeasible' }, 5_000_000)
    expect(third.lastTransitionTime).not.toBe(first.lastTransitionTime)
  })
})

describe('what was granted', () => {
  const amount = fc.integer({ min: 1, max: 64 }).map((n) => `${n * 100}m`)
  const resources = fc.record({ requests: fc.record({ cpu: amount }), limits: fc.record({ cpu: amount }) })
  const specs = fc
    .array(resources, { minLength: 1, maxLength: 3 })
    .map((list): PodSpec => ({ containers: list.map((one, i) => ({ name: `c${i}`, resources: one })) }))

  test('takes the place of what is asked for, and of nothing else', () => {
    fc.assert(
      fc.property(specs, specs, (asked, granted) => {
        const pod = podOf({ ...asked, hostname: 'h' })
        const own = withAllocation(pod, allocationOf(pod.spec))
        expect(own).toBe(pod)
        const other = withAllocation(pod, allocationOf({ ...granted, containers: granted.containers.slice(0, 1) }))
        expect(other.spec.containers[0]?.resources).toEqual(granted.containers[0]?.resources)
        expect(other.spec.hostname).toBe('h')
      }),
    )
  })

  test('is read again as it was written, however long the file has grown', () => {
    const uids = fc.integer({ min: 0, max: 9 }).map((n) => `pod-${n}`)
    const steps = fc.array(fc.tuple(uids, fc.constantFrom('admit', 'resize', 'remove'), specs), { maxLength: 40 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 60 }), (list, rounds) => {
        const disk = new DiskFile({ isFull: () => false, startSync: () => {}, refuse: () => {} })
        const written = new AllocationCheckpoint(disk)
        const seen = new Set<string>()
        for (let round = 0; round < rounds; round++) {
          for (const [uid, what, spec] of list) {
            seen.add(uid)
            if (what === 'remove') written.remove(uid)
            else if (what === 'admit') written.admit(uid, allocationOf(spec))
            else expect(written.resize(uid, allocationOf(spec))).toBe(true)
          }
          disk.completeSync(disk.position)
          written.synced(disk.position)
        }
        const read = new AllocationCheckpoint(disk)
        for (const uid of seen) expect(read.get(uid)).toEqual(written.get(uid))
        expect(disk.records().length).toBeLessThan(1024 + list.length + 2)
      }),
      { numRuns: 50 },
    )
  })
})
