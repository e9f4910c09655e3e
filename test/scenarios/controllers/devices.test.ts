/**
 * Goal: a Pod that claims a device gets one, runs with it and gives it back, whatever happens to its node, its driver or the
 * controller manager meanwhile; no two Pods ever have the same device.
 * Method: whole clusters with a modelled DRA driver, with RBAC where nothing is to be refused; the claims, Pods and Events that
 * are left. Under faults, of many seeds, which devices are in claims is looked at every second.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster, type CreateOptions } from '../../../src/cluster.ts'
import { crash, kill } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ResourceClaim } from '../../../src/kubernetes/types/resource.ts'
import { refusals } from '../../support/refusals.ts'

const TEMPLATE = `
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: one-gpu}
spec:
  spec:
    devices:
      requests:
      - name: gpu
        exactly: {deviceClassName: gpu.example.com}
`

const pod = (name: string, ends = false, claim = 'resourceClaimTemplateName: one-gpu'): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  resourceClaims: [{name: gpu, ${claim}}]
  containers:
  - name: train
    image: busybox
    command: [sleep, ${ends ? '"20"' : 'infinity'}]
    resources: {claims: [{name: gpu}]}
`

const deployment = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: train}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: train}}
  template:
    metadata: {labels: {app: train}}
    spec:
      resourceClaims: [{name: gpu, resourceClaimTemplateName: one-gpu}]
      containers: [{name: train, image: busybox, command: [sleep, infinity], resources: {claims: [{name: gpu}]}}]
`

const start = (options: CreateOptions = {}): Cluster => {
  const cluster = createCluster({ seed: 5, nodes: 2, addons: { deviceDriver: { perNode: 1 } }, ...options })
  cluster.run(seconds(30))
  cluster.apply(TEMPLATE)
  return cluster
}

const devicesOf = ({ status }: ResourceClaim): readonly string[] =>
  (status?.allocation?.devices?.results ?? []).map(({ pool, device }) => `${pool}/${device}`)

const phases = (cluster: Cluster): Readonly<Record<string, string>> =>
  Object.fromEntries(cluster.list('Pod').map(({ metadata, status }) => [metadata.name, status?.phase ?? '']))

const reasons = (cluster: Cluster): ReadonlySet<string> =>
  new Set(cluster.list('Event').map(({ reason }) => reason ?? ''))

/** No device is in two claims. */
const expectDistinct = (cluster: Cluster): void => {
  const devices = cluster.list('ResourceClaim').flatMap(devicesOf)
  expect(new Set(devices).size).toBe(devices.length)
}

test('template, claim, device, Pod, end: everything is given back, and nobody needs more than the roles give', () => {
  const cluster = start({ authorization: 'RBAC' })
  const published = cluster
    .list('ResourceSlice')
    .map(({ spec }) => `${spec.nodeName ?? ''}/${spec.devices?.[0]?.name ?? ''}`)
  expect(published.sort()).toEqual([...['node-1/gpu-0', 'node-2/gpu-0']])
  cluster.apply(pod('train', true))
  cluster.run(seconds(15))
  const [claim] = cluster.list('ResourceClaim')
  const train = cluster.get('Pod', 'default', 'train')
  expect(train?.status?.phase).toBe('Running')
  expect(claim?.metadata.name).toMatch(/^train-gpu-/)
  expect(claim?.metadata.finalizers).toEqual(['resource.kubernetes.io/delete-protection'])
  expect(claim?.status?.reservedFor).toEqual([{ resource: 'pods', name: 'train', uid: train?.metadata.uid }])
  expect(claim === undefined ? [] : devicesOf(claim)).toEqual([`${train?.spec.nodeName ?? ''}/gpu-0`])
  cluster.run(seconds(30))
  expect(phases(cluster)).toEqual({ train: 'Succeeded' })
  expect(cluster.list('ResourceClaim')).toEqual([])
  const told: string[] = []
  for (const { type } of cluster.log.range(0)) if (/^Node(Resources|Un|Prepare)/.test(type)) told.push(type)
  expect(told).toEqual([
    ...['NodePrepareResources', 'NodeResourcesPrepared', 'NodeUnprepareResources', 'NodeResourcesUnprepared'],
  ])
  expect(refusals(cluster)).toEqual([])
})

test('who finds no device waits until one is given back', () => {
  const cluster = start()
  cluster.apply(['a', 'b', 'c'].map((name) => pod(name, true)).join('---'))
  cluster.run(seconds(15))
  expect(Object.values(phases(cluster)).sort()).toEqual(['Pending', 'Running', 'Running'])
  expectDistinct(cluster)
  expect(reasons(cluster)).toContain('FailedScheduling')
  cluster.run(minutes(1))
  expect(new Set(Object.values(phases(cluster)))).toEqual(new Set(['Succeeded']))
  expect(cluster.list('ResourceClaim')).toEqual([])
})

test('a Pod that shares a claim runs beside the other, where the devices are', () => {
  const cluster = start({ nodes: 3 })
  cluster.apply(`
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: shared}
spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: gpu.example.com}}]}}
---${pod('a', false, 'resourceClaimName: shared')}---${pod('b', false, 'resourceClaimName: shared')}`)
  cluster.run(seconds(20))
  const nodes = cluster.list('Pod').map(({ spec }) => spec.nodeName)
  expect(phases(cluster)).toEqual({ a: 'Running', b: 'Running' })
  expect(new Set(nodes).size).toBe(1)
  cluster.call({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'a' })
  cluster.run(seconds(20))
  const shared = cluster.get('ResourceClaim', 'default', 'shared')
  expect(shared?.status?.reservedFor?.map(({ name }) => name)).toEqual(['b'])
  // The other still has the device, so the driver was not asked to take it back.
  for (const { type } of cluster.log.range(0)) expect(type).not.toBe('NodeUnprepareResources')
  cluster.call({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'b' })
  cluster.run(seconds(20))
  expect(cluster.get('ResourceClaim', 'default', 'shared')?.status?.allocation).toBeUndefined()
})

describe('when a node dies', () => {
  const dies = (): Cluster => {
    const cluster = start({ nodes: 3 })
    cluster.apply(deployment(2))
    cluster.run(seconds(20))
    expect(Object.values(phases(cluster))).toEqual(['Running', 'Running'])
    return cluster
  }

  test('its Pods move to devices elsewhere, and theirs come free when it is back', () => {
    const cluster = dies()
    const victim = cluster.list('Pod')[0]?.spec.nodeName ?? ''
    cluster.inject(crash(victim), { for: minutes(12) })
    cluster.run(minutes(8))
    expectDistinct(cluster)
    const running = cluster.list('Pod').filter(({ spec }) => spec.nodeName !== victim)
    expect(running.map(({ status }) => status?.phase)).toEqual(['Running', 'Running'])
    // The API still shows the Pod that was on it: its claim stays.
    expect(cluster.list('ResourceClaim')).toHaveLength(3)
    cluster.run(minutes(8))
    expect(cluster.list('ResourceClaim')).toHaveLength(2)
    expect(cluster.list('Pod')).toHaveLength(2)
    expectDistinct(cluster)
  })

  test('and is deleted, the claims of its Pods go with them, and its slice', () => {
    const cluster = dies()
    const victim = cluster.list('Pod')[0]?.spec.nodeName ?? ''
    cluster.inject(crash(victim), { for: minutes(60) })
    cluster.run(seconds(10))
    cluster.call({ verb: 'delete', kind: 'Node', name: victim })
    cluster.run(minutes(3))
    expect(Object.values(phases(cluster))).toEqual(['Running', 'Running'])
    expect(cluster.list('ResourceClaim')).toHaveLength(2)
    expect(cluster.list('ResourceSlice').map(({ spec }) => spec.nodeName)).not.toContain(victim)
    expectDistinct(cluster)
  })
})

test('while the driver is away Pods wait, and run when it is back', () => {
  const cluster = start({ nodes: 1 })
  cluster.inject(kill('dra-driver/node-1'), { for: minutes(1) })
  cluster.apply(pod('late'))
  cluster.run(seconds(30))
  expect(phases(cluster)).toEqual({ late: 'Pending' })
  expect(reasons(cluster)).toContain('FailedPrepareDynamicResources')
  cluster.run(minutes(3))
  expect(phases(cluster)).toEqual({ late: 'Running' })
})

test('a driver that fails often makes Pods late, not wrong', () => {
  const cluster = start({ addons: { deviceDriver: { perNode: 2, failuresPpm: 500_000 } } })
  cluster.apply(deployment(4))
  cluster.run(minutes(15))
  expect(new Set(Object.values(phases(cluster)))).toEqual(new Set(['Running']))
  expectDistinct(cluster)
  cluster.call({ verb: 'delete', kind: 'Deployment', namespace: 'default', name: 'train' })
  cluster.run(minutes(10))
  expect(cluster.list('Pod')).toEqual([])
  expect(cluster.list('ResourceClaim')).toEqual([])
})

test('a slice that somebody deletes is published again; taints that somebody writes into it stay', () => {
  const cluster = start({ nodes: 1 })
  cluster.call({ verb: 'delete', kind: 'ResourceSlice', name: 'node-1-gpu.example.com' })
  cluster.run(seconds(5))
  expect(cluster.list('ResourceSlice')).toHaveLength(1)
  const taints = [{ key: 'broken', effect: 'NoSchedule' }]
  const body = [{ op: 'add', path: '/spec/devices/0/taints', value: taints }]
  const name = 'node-1-gpu.example.com'
  cluster.call({ verb: 'patch', patchType: 'json', kind: 'ResourceSlice', name, body })
  cluster.run(seconds(5))
  expect(cluster.list('ResourceSlice')[0]?.spec.devices?.[0]?.taints).toMatchObject(taints)
  cluster.apply(pod('train'))
  cluster.run(seconds(20))
  expect(phases(cluster)).toEqual({ train: 'Pending' })
})

test('a kubelet that has forgotten which claims are ready has them taken back all the same', () => {
  const cluster = start({ nodes: 1 })
  cluster.apply(pod('train', true))
  cluster.run(seconds(12))
  expect(phases(cluster)).toEqual({ train: 'Running' })
  cluster.inject(kill('kubelet/node-1'))
  cluster.run(seconds(60))
  expect(phases(cluster)).toEqual({ train: 'Succeeded' })
  expect(cluster.list('ResourceClaim')).toEqual([])
  const calls: string[] = []
  for (const { type } of cluster.log.range(0)) if (/^Node(Prepare|Unprepare)/.test(type)) calls.push(type)
  expect(calls).toEqual(['NodePrepareResources', 'NodeUnprepareResources'])
})

test.each([1, 2, 3, 4, 5, 6])('whatever dies, devices are given out once, and in the end to all (seed %i)', (seed) => {
  const cluster = start({ seed, nodes: 3, addons: { deviceDriver: { perNode: 2, failuresPpm: 100_000 } } })
  cluster.apply(deployment(4))
  const faults = [
    kill('kube-controller-manager/0'),
    kill('kube-scheduler/0'),
    kill(`kubelet/node-${1 + (seed % 3)}`),
    kill(`dra-driver/node-${1 + ((seed + 1) % 3)}`),
    kill('kube-apiserver/0'),
  ]
  faults.forEach((fault, i) => cluster.inject(fault, { at: seconds(32 + ((seed * 7 + i * 5) % 20)) }))
  cluster.inject(crash(`node-${1 + (seed % 3)}`), { at: seconds(60), for: minutes(2) })
  for (let second = 0; second < 180; second++) {
    cluster.run(seconds(1))
    expectDistinct(cluster)
  }
  cluster.run(minutes(10))
  expect(new Set(Object.values(phases(cluster)))).toEqual(new Set(['Running']))
  expect(cluster.list('Pod')).toHaveLength(4)
  expect(cluster.list('ResourceClaim')).toHaveLength(4)
  expectDistinct(cluster)
  for (const { metadata, spec } of cluster.list('Pod')) {
    const claim = cluster.list('ResourceClaim').find(({ status }) => status?.reservedFor?.[0]?.uid === metadata.uid)
    expect(claim === undefined ? '' : devicesOf(claim)[0]).toMatch(new RegExp(`^${spec.nodeName ?? ''}/`))
  }
})

test('a device that breaks drives its Pod away to another one', () => {
  const cluster = start({ authorization: 'RBAC' })
  cluster.apply(deployment(1))
  cluster.run(seconds(20))
  const broken = cluster.list('Pod')[0]?.spec.nodeName ?? ''
  const body = [{ op: 'add', path: '/spec/devices/0/taints', value: [{ key: 'broken', effect: 'NoExecute' }] }]
  cluster.call({ verb: 'patch', patchType: 'json', kind: 'ResourceSlice', name: `${broken}-gpu.example.com`, body })
  cluster.run(minutes(1))
  expect(phases(cluster)).toEqual({ [cluster.list('Pod')[0]?.metadata.name ?? '']: 'Running' })
  expect(cluster.list('Pod')[0]?.spec.nodeName).not.toBe(broken)
  expect(cluster.list('ResourceClaim')).toHaveLength(1)
  expect(reasons(cluster)).toContain('DeviceTaintManagerEviction')
  expect(refusals(cluster)).toEqual([])
})

test('a node has so many devices as a slice can hold', () => {
  expect(() => createCluster({ addons: { deviceDriver: { perNode: 129 } } })).toThrow('perNode')
})
