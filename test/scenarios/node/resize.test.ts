/**
 * Goal: Pods are resized in place as a real kubelet does it: at once where there is room, later where there will be, never where
 * there can not be.
 * Method: Pods of one node of 4 processors are resized through the API; statuses, conditions, Events and what the runtime and the
 * machine were told are read.
 */
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { Container, ResourceRequirements } from '../../../src/kubernetes/types/container.ts'
import type { ResourceList } from '../../../src/kubernetes/types/meta.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'
const KUBELET = 'kubelet/node-1'

const app = (resources: ResourceRequirements, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: IMAGE,
  resources,
  ...more,
})
const asks = (cpu: string, memory = '256Mi'): ResourceRequirements => ({ requests: { cpu, memory } })
const limits = (list: ResourceList): ResourceRequirements => ({ requests: list, limits: list })

const resize = (cluster: SmallCluster, name: string, resources: ResourceRequirements): void => {
  const body = { spec: { containers: [{ name: 'app', resources }] } }
  const about = { kind: 'Pod', namespace: 'default', name, subresource: 'resize' } as const
  cluster.ask({ verb: 'patch', patchType: 'strategic', body, ...about })
}

const running = (
  pods: Readonly<Record<string, Container>>,
  annotations: Record<string, string> | undefined = undefined,
): SmallCluster => {
  const cluster = new SmallCluster({ images: [IMAGE] })
  for (const [name, container] of Object.entries(pods)) {
    cluster.createPod(name, { containers: [container] }, annotations)
  }
  cluster.run(seconds(20))
  return cluster
}

const statusOf = (cluster: SmallCluster, name: string) => cluster.pod(name)?.status?.containerStatuses?.[0]
const conditionsOf = (cluster: SmallCluster, name: string) =>
  (cluster.pod(name)?.status?.conditions ?? []).filter(({ type }) => type.startsWith('PodResize'))
const reasonsOf = (cluster: SmallCluster, name: string) =>
  cluster
    .told(name)
    .map((told) => told.slice(0, told.indexOf(':')))
    .filter((reason) => reason.startsWith('Resize'))

describe('a resize for which there is room', () => {
  const cluster = running({ web: app(asks('1')) })
  const before = statusOf(cluster, 'web')
  resize(cluster, 'web', asks('2', '512Mi'))
  cluster.run(seconds(5))

  test('is done without a restart', () => {
    expect(before).toMatchObject({ allocatedResources: { cpu: '1' }, resources: asks('1') })
    expect(statusOf(cluster, 'web')).toEqual({
      ...before,
      allocatedResources: { cpu: '2', memory: '512Mi' },
      resources: asks('2', '512Mi'),
    })
    expect(cluster.pod('web')?.status).toMatchObject({
      qosClass: 'Burstable',
      observedGeneration: 2,
      allocatedResources: { cpu: '2', memory: '512Mi' },
      resources: asks('2', '512Mi'),
    })
    expect(conditionsOf(cluster, 'web')).toEqual([])
  })

  test('tells the runtime of memory, then of processor time', () => {
    expect(cluster.of('UpdateContainerResources').map(({ data }) => data.resources.requests)).toEqual([
      { cpu: '1', memory: '512Mi' },
      { cpu: '2', memory: '512Mi' },
    ])
  })

  test('is told to people', () => {
    const summary =
      '{"containers":[{"name":"app","resources":{"requests":{"cpu":"2","memory":"512Mi"}}}],"generation":2}'
    expect(cluster.told('web').filter((told) => told.startsWith('Resize'))).toEqual([
      `ResizeStarted: Pod resize started: ${summary}`,
      `ResizeCompleted: Pod resize completed: ${summary}`,
    ])
  })

  test('shows while it is under way', () => {
    resize(cluster, 'web', asks('3', '512Mi'))
    const isShown = (): boolean => conditionsOf(cluster, 'web').length > 0
    expect(cluster.runUntil(isShown, seconds(5))).toBe(true)
    expect(conditionsOf(cluster, 'web')).toMatchObject([
      { type: 'PodResizeInProgress', status: 'True', observedGeneration: 3 },
    ])
    expect(statusOf(cluster, 'web')).toMatchObject({
      allocatedResources: { cpu: '3' },
      resources: { requests: { cpu: '2' } },
    })
  })
})

describe('a resize for which there is no room yet', () => {
  const cluster = running({ web: app(asks('2')), db: app(asks('1')) })
  resize(cluster, 'db', asks('3'))
  cluster.run(seconds(10))

  test('waits, and the Pod keeps what it has', () => {
    expect(conditionsOf(cluster, 'db')).toMatchObject([
      {
        type: 'PodResizePending',
        status: 'True',
        reason: 'Deferred',
        message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
        observedGeneration: 2,
      },
    ])
    expect(statusOf(cluster, 'db')).toMatchObject({ allocatedResources: { cpu: '1' }, resources: asks('1') })
    expect(cluster.of('UpdateContainerResources')).toEqual([])
  })

  test('is told once, however often it is tried', () => {
    cluster.run(minutes(10))
    expect(reasonsOf(cluster, 'db')).toEqual(['ResizeDeferred'])
  })

  test('is done when another Pod has gone', () => {
    cluster.deletePod('web', 1)
    cluster.run(seconds(10))
    expect(statusOf(cluster, 'db')).toMatchObject({
      allocatedResources: { cpu: '3' },
      resources: asks('3'),
      restartCount: 0,
    })
    expect(conditionsOf(cluster, 'db')).toEqual([])
    expect(reasonsOf(cluster, 'db')).toEqual(['ResizeDeferred', 'ResizeStarted', 'ResizeCompleted'])
  })
})

test('room that another Pod gives up in a resize is taken', () => {
  const cluster = running({ web: app(asks('2')), db: app(asks('1')) })
  resize(cluster, 'db', asks('3'))
  cluster.run(seconds(5))
  resize(cluster, 'web', asks('1'))
  cluster.run(seconds(10))
  expect(statusOf(cluster, 'db')?.resources).toEqual(asks('3'))
})

test('of those that wait the one with the highest priority goes first, however long the other has waited', () => {
  const cluster = running({ low: app(asks('1')), away: app(asks('2')) })
  const urgent = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'urgent' },
    value: 1000,
  }
  cluster.ask({ verb: 'create', kind: 'PriorityClass', name: 'urgent', body: urgent })
  cluster.run(seconds(5))
  cluster.createPod('high', { containers: [app(asks('1'))], priorityClassName: 'urgent' })
  cluster.run(seconds(10))
  resize(cluster, 'low', asks('2500m'))
  cluster.run(seconds(5))
  resize(cluster, 'high', asks('2500m'))
  cluster.run(seconds(5))
  expect(conditionsOf(cluster, 'low')).toMatchObject([{ reason: 'Deferred' }])
  cluster.deletePod('away', 1)
  cluster.run(seconds(20))
  expect(statusOf(cluster, 'high')?.resources).toEqual(asks('2500m'))
  expect(conditionsOf(cluster, 'low')).toMatchObject([{ reason: 'Deferred' }])
})

test('a resize to more than the node has is infeasible, until somebody asks for less', () => {
  const cluster = running({ web: app(asks('1')) })
  resize(cluster, 'web', asks('9'))
  cluster.run(seconds(10))
  const message = "Node didn't have enough capacity: cpu, requested: 9000, capacity: 4000"
  expect(conditionsOf(cluster, 'web')).toMatchObject([{ type: 'PodResizePending', reason: 'Infeasible', message }])
  expect(reasonsOf(cluster, 'web')).toEqual(['ResizeInfeasible'])
  expect(statusOf(cluster, 'web')?.resources).toEqual(asks('1'))
  resize(cluster, 'web', asks('1'))
  cluster.run(seconds(10))
  expect(conditionsOf(cluster, 'web')).toEqual([])
})

test('a container whose policy says so is restarted, and counts it', () => {
  const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }]
  const cluster = running({ web: app(asks('1'), { resizePolicy }) })
  resize(cluster, 'web', asks('2'))
  cluster.run(seconds(10))
  expect(statusOf(cluster, 'web')).toMatchObject({ restartCount: 0, resources: asks('2') })
  resize(cluster, 'web', asks('2', '512Mi'))
  cluster.run(seconds(45))
  expect(statusOf(cluster, 'web')).toMatchObject({ restartCount: 1, ready: true, resources: asks('2', '512Mi') })
  expect(cluster.told('web')).toContain('Killing: Container app resize requires restart')
  expect(cluster.of('StartContainer').map(({ data }) => data.resources)).toEqual([undefined, asks('2', '512Mi')])
})

describe('a limit of memory below what is in use', () => {
  const cluster = running(
    { web: app(limits({ cpu: '1', memory: '400Mi' })) },
    { 'seatrial.dev/memory': '300Mi', 'seatrial.dev/memory-ramp': '1s' },
  )
  const used = 300 * 1024 * 1024
  const wanted = 200 * 1024 * 1024
  resize(cluster, 'web', limits({ cpu: '1', memory: '200Mi' }))
  cluster.run(seconds(30))

  test('is not set, and the Pod says why', () => {
    const message =
      `cannot decrease memory limits: [attempting to set pod memory limit (${wanted}) below current usage (${used}), ` +
      `attempting to set container "app" memory limit (${wanted}) below current usage (${used})]`
    expect(conditionsOf(cluster, 'web')).toMatchObject([
      { type: 'PodResizeInProgress', status: 'True', reason: 'Error', message, observedGeneration: 2 },
    ])
    expect(statusOf(cluster, 'web')).toMatchObject({
      restartCount: 0,
      allocatedResources: { memory: '200Mi' },
      resources: { limits: { memory: '400Mi' } },
    })
    expect(reasonsOf(cluster, 'web')).toEqual(['ResizeStarted', 'ResizeError'])
  })

  test('is forgotten when the limit is raised again', () => {
    resize(cluster, 'web', limits({ cpu: '1', memory: '350Mi' }))
    cluster.run(seconds(30))
    expect(conditionsOf(cluster, 'web')).toEqual([])
    expect(statusOf(cluster, 'web')).toMatchObject({
      restartCount: 0,
      resources: limits({ cpu: '1', memory: '350Mi' }),
    })
    expect(cluster.of('UpdateTask').map(({ data }) => data.memoryLimitBytes)).toEqual([350 * 1024 * 1024])
  })
})

test('who gets more memory in time is not killed for it', () => {
  const grows = { 'seatrial.dev/memory': '300Mi', 'seatrial.dev/memory-ramp': '2m' }
  const small = limits({ cpu: '1', memory: '200Mi' })
  const [left, helped] = [running({ web: app(small) }, grows), running({ web: app(small) }, grows)]
  resize(helped, 'web', limits({ cpu: '1', memory: '400Mi' }))
  for (const cluster of [left, helped]) cluster.run(minutes(3))
  expect(statusOf(left, 'web')?.restartCount).toBeGreaterThan(0)
  expect(statusOf(helped, 'web')?.restartCount).toBe(0)
})

describe('a kubelet that ends', () => {
  test('finds again what it had granted, also if the Pod asked for more meanwhile', () => {
    const cluster = running({ web: app(asks('2')), db: app(asks('1')) })
    cluster.kill(KUBELET)
    resize(cluster, 'db', asks('3'))
    cluster.run(seconds(20))
    cluster.revive(KUBELET)
    cluster.run(seconds(30))
    expect(cluster.pod('db')?.status?.phase).toBe('Running')
    expect(statusOf(cluster, 'db')).toMatchObject({ restartCount: 0, allocatedResources: { cpu: '1' } })
    expect(conditionsOf(cluster, 'db')).toMatchObject([{ type: 'PodResizePending', reason: 'Deferred' }])
  })

  test('goes on with a resize that it had begun', () => {
    const cluster = running({ web: app(asks('1')) })
    resize(cluster, 'web', asks('2'))
    expect(cluster.runUntil(() => cluster.of('UpdateContainerResources').length > 0, seconds(5))).toBe(true)
    cluster.kill(KUBELET)
    cluster.run(seconds(20))
    cluster.revive(KUBELET)
    cluster.run(seconds(30))
    expect(statusOf(cluster, 'web')).toMatchObject({ restartCount: 0, resources: asks('2') })
    expect(conditionsOf(cluster, 'web')).toEqual([])
  })

  test('knows what it had granted after a power cut', () => {
    const cluster = running({ web: app(asks('1')) })
    resize(cluster, 'web', asks('2'))
    cluster.run(seconds(5))
    cluster.powerOff('node-1')
    resize(cluster, 'web', asks('9'))
    cluster.run(seconds(30))
    cluster.powerOn('node-1')
    cluster.run(minutes(2))
    expect(statusOf(cluster, 'web')).toMatchObject({ restartCount: 1, ready: true, resources: asks('2') })
    expect(conditionsOf(cluster, 'web')).toMatchObject([{ reason: 'Infeasible' }])
  })
})

test('Pods that are never resized cost no event', () => {
  const cluster = running({ web: app(limits({ cpu: '1', memory: '256Mi' })), db: app(asks('1')) })
  cluster.deletePod('web')
  cluster.run(minutes(2))
  expect(cluster.of('DiskSynced').filter((event) => event.to === KUBELET)).toEqual([])
  for (const type of ['UpdateContainerResources', 'UpdateTask', 'UsageRequested'] as const) {
    expect(cluster.of(type)).toEqual([])
  }
  expect(cluster.of('StartContainer').filter(({ data }) => 'resources' in data)).toEqual([])
})
