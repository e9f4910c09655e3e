/**
 * Goal: the columns Ready, Status and Restarts tell what a Pod is at, by upstream's rules.
 * Method: one Pod per rule, with just the members that the rule looks at.
 */
import { expect, test } from 'vitest'
import { printTable } from '../../../../src/kubernetes/printing/print-table.ts'
import type { ContainerStatus } from '../../../../src/kubernetes/types/container.ts'
import type { Pod, PodStatus } from '../../../../src/kubernetes/types/pod.ts'

const NOW = 60_000_000

const container = (name: string, extra = {}) => ({ name, image: `registry.example/${name}`, ...extra })
const status = (name: string, state: ContainerStatus['state'], extra: Partial<ContainerStatus> = {}) => ({
  ...{ name, state, image: '', imageID: '', ready: false, restartCount: 0 },
  ...extra,
})
const running = { running: { startedAt: '2026-01-01T00:00:10Z' } }
const waiting = (reason: string) => ({ waiting: { reason } })
const terminated = (exitCode: number, reason?: string) => ({ terminated: { exitCode, ...(reason ? { reason } : {}) } })
const restartedAt = (finishedAt: string) => ({ lastState: { terminated: { exitCode: 1, finishedAt } } })

function pod(podStatus: PodStatus, spec: Partial<Pod['spec']> = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:30Z' },
      ...metadata,
    },
    spec: { containers: [container('a'), container('b')], ...spec },
    status: podStatus,
  }
}

const rowOf = (shown: Pod) => printTable({ group: '', kind: 'Pod' }, [shown], { now: NOW }).rows[0]

/** Ready, Status, Restarts. */
const summary = (shown: Pod) => rowOf(shown)?.cells.slice(1, 4)

test('a running Pod is ready as far as its containers are', () => {
  const statuses = [status('a', running, { ready: true }), status('b', running)]
  expect(summary(pod({ phase: 'Running', containerStatuses: statuses }))).toEqual(['1/2', 'Running', '0'])
})

test('of several containers that are not well the first is told', () => {
  const statuses = [status('a', waiting('ImagePullBackOff')), status('b', waiting('CrashLoopBackOff'))]
  expect(summary(pod({ phase: 'Pending', containerStatuses: statuses }))).toEqual(['0/2', 'ImagePullBackOff', '0'])
})

test.each([
  [terminated(0, 'Completed'), 'Completed'],
  [terminated(137, 'OOMKilled'), 'OOMKilled'],
  [terminated(3), 'ExitCode:3'],
  [{ terminated: { exitCode: 137, signal: 9 } }, 'Signal:9'],
])('a container that ended says why: %j', (state, told) => {
  const statuses = [status('a', state)]
  expect(summary(pod({ phase: 'Running', containerStatuses: statuses }))?.[1]).toBe(told)
})

test.each([
  ['True', 'Running'],
  ['False', 'NotReady'],
] as const)('with one container complete and one running, Ready=%s decides', (ready, told) => {
  const containerStatuses = [status('a', terminated(0, 'Completed')), status('b', running, { ready: true })]
  const conditions = [{ type: 'Ready', status: ready }]
  expect(summary(pod({ phase: 'Running', containerStatuses, conditions }))).toEqual(['1/2', told, '0'])
})

test('restarts are counted, and the last is dated', () => {
  const containerStatuses = [
    status('a', running, { ready: true, restartCount: 2, ...restartedAt('2026-01-01T00:00:20Z') }),
    status('b', running, { ready: true, restartCount: 1, ...restartedAt('2026-01-01T00:00:55Z') }),
  ]
  expect(summary(pod({ phase: 'Running', containerStatuses }))).toEqual(['2/2', 'Running', '3 (5s ago)'])
})

test.each([
  [running, 'Init:1/2'],
  [waiting('PodInitializing'), 'Init:1/2'],
  [waiting('ErrImagePull'), 'Init:ErrImagePull'],
  [terminated(1, 'Error'), 'Init:Error'],
  [terminated(5), 'Init:ExitCode:5'],
])('while the second init container is at %j, only that is told', (state, told) => {
  const shown = pod(
    {
      phase: 'Pending',
      initContainerStatuses: [status('i', terminated(0, 'Completed')), status('j', state, { restartCount: 4 })],
      containerStatuses: [status('a', waiting('PodInitializing'), { restartCount: 9 })],
    },
    { initContainers: [container('i'), container('j')] },
  )
  expect(summary(shown)).toEqual(['0/2', told, '4'])
})

test('a sidecar counts as a container: for readiness, and after the start for restarts', () => {
  const shown = pod(
    {
      phase: 'Running',
      initContainerStatuses: [
        status('i', terminated(0, 'Completed'), { restartCount: 7, ...restartedAt('2026-01-01T00:00:59Z') }),
        status('proxy', running, {
          ready: true,
          started: true,
          restartCount: 1,
          ...restartedAt('2026-01-01T00:00:40Z'),
        }),
      ],
      containerStatuses: [status('a', running, { ready: true }), status('b', running, { ready: true })],
    },
    { initContainers: [container('i'), container('proxy', { restartPolicy: 'Always' })] },
  )
  expect(summary(shown)).toEqual(['3/3', 'Running', '1 (20s ago)'])
})

test('a Pod whose node is lost and that is to go is unknown; any other that is to go is terminating unless it has ended', () => {
  const leaving = { deletionTimestamp: '2026-01-01T00:01:00Z' }
  expect(summary(pod({ phase: 'Running', reason: 'NodeLost' }))?.[1]).toBe('NodeLost')
  expect(summary(pod({ phase: 'Running', reason: 'NodeLost' }, {}, leaving))?.[1]).toBe('Unknown')
  expect(summary(pod({ phase: 'Running' }, {}, leaving))?.[1]).toBe('Terminating')
  expect(summary(pod({ phase: 'Succeeded' }, {}, leaving))?.[1]).toBe('Succeeded')
})

test('a Pod says that it was evicted or that it is gated', () => {
  expect(summary(pod({ phase: 'Failed', reason: 'Evicted' }))?.[1]).toBe('Evicted')
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] as const
  expect(summary(pod({ phase: 'Pending', conditions }))?.[1]).toBe('SchedulingGated')
})

test('the wide columns: address, node, nominated node, open readiness gates', () => {
  const readinessGates = [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }]
  const conditions = [
    { type: 'example.com/a', status: 'True' },
    { type: 'example.com/b', status: 'False' },
  ] as const
  const shown = pod(
    { podIPs: [{ ip: '10.0.0.9' }], nominatedNodeName: 'n9', conditions },
    { nodeName: 'n1', readinessGates },
  )
  expect(rowOf(shown)?.cells.slice(4)).toEqual(['30s', '10.0.0.9', 'n1', 'n9', '1/2'])
  expect(rowOf(pod({}))?.cells.slice(4)).toEqual(['30s', '<none>', '<none>', '<none>', '<none>'])
})

test('only a Pod that has ended is marked as completed', () => {
  expect(rowOf(pod({ phase: 'Succeeded' }))?.conditions?.[0]?.reason).toBe('Succeeded')
  expect(rowOf(pod({ phase: 'Failed' }))?.conditions?.[0]?.reason).toBe('Failed')
  expect(rowOf(pod({ phase: 'Running' }))).not.toHaveProperty('conditions')
})
