/**
 * Goal: a machine becomes a Node, shows that it lives, and says no to what does not fit.
 * Method: the node's object, Lease and the kubelet's own requests over minutes; other hands change the object meanwhile.
 */
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/events/time.ts'
import { findCondition } from '../../../src/kubernetes/conditions.ts'
import { parseTime } from '../../../src/kubernetes/time.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'
const CONDITIONS = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']

const patchesOf = (cluster: SmallCluster) =>
  cluster.requestsBy('node-1').filter(({ data }) => data.kind === 'Node' && data.subresource === 'status')

describe('a node', () => {
  const cluster = new SmallCluster({ node: { labels: { 'topology.kubernetes.io/zone': 'a' } } })
  const node = () => cluster.get('Node', 'node-1')

  test('registers with what it has, and is ready once its storage is', () => {
    expect(node()?.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': 'node-1',
      'topology.kubernetes.io/zone': 'a',
    })
    expect(node()?.metadata.annotations).toMatchObject({
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    })
    expect(node()?.spec).toMatchObject({
      podCIDR: '10.244.0.0/24',
      taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
    })
    expect(node()?.status?.allocatable).toMatchObject({ cpu: '4', memory: '16284Mi', pods: '110' })
    expect(node()?.status?.conditions?.map(({ type }) => type)).toEqual(CONDITIONS)
    expect(findCondition(node()?.status?.conditions, 'Ready')).toMatchObject({
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
    })
  })

  test('renews its Lease every 10 s and its status every 5 minutes', () => {
    const patchesBefore = patchesOf(cluster).length
    const renewals: number[] = []
    cluster.runUntil(() => {
      const renewed = parseTime(cluster.get('Lease', 'node-1', 'kube-node-lease')?.spec.renewTime ?? '') ?? 0
      if (renewals.at(-1) !== renewed) renewals.push(renewed)
      return false
    }, minutes(11))
    const gaps = renewals.slice(1).map((at, i) => at - (renewals[i] ?? 0))
    expect(gaps.length).toBeGreaterThan(60)
    for (const gap of gaps) {
      expect(gap).toBeGreaterThan(seconds(9.9))
      expect(gap).toBeLessThan(seconds(10.6))
    }
    expect(cluster.get('Lease', 'node-1', 'kube-node-lease')?.spec).toMatchObject({
      holderIdentity: 'node-1',
      leaseDurationSeconds: 40,
    })
    expect(patchesOf(cluster).length - patchesBefore).toBe(2)
  })

  test('puts right what others say of it, and tells when it is cordoned', () => {
    const status = node()?.status
    const conditions = (status?.conditions ?? []).map((one) => ({
      ...one,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
    }))
    cluster.ask({
      verb: 'update',
      kind: 'Node',
      name: 'node-1',
      subresource: 'status',
      body: { ...node(), status: { ...status, conditions } },
    })
    const ready = () => findCondition(node()?.status?.conditions, 'Ready')?.status
    expect(cluster.runUntil(() => ready() === 'Unknown', seconds(1))).toBe(true)
    cluster.ask({
      verb: 'patch',
      kind: 'Node',
      name: 'node-1',
      patchType: 'merge',
      body: { spec: { unschedulable: true } },
    })
    cluster.run(seconds(11))
    expect(findCondition(node()?.status?.conditions, 'Ready')?.status).toBe('True')
    expect(cluster.told('node-1')).toContain('NodeNotSchedulable: Node node-1 status is now: NodeNotSchedulable')
  })

  test('does not come back by itself when its object is deleted, but its Lease does', () => {
    cluster.ask({ verb: 'delete', kind: 'Node', name: 'node-1' })
    cluster.ask({ verb: 'delete', kind: 'Lease', namespace: 'kube-node-lease', name: 'node-1' })
    // The next renewal that is written meets the gap.
    cluster.run(seconds(90))
    expect(node()).toBeUndefined()
    expect(cluster.get('Lease', 'node-1', 'kube-node-lease')).toBeDefined()
  })

  test('takes its old object over after a restart', () => {
    cluster.kill('kubelet/node-1')
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(20))
    const { uid } = node()?.metadata ?? {}
    expect(uid).toBeDefined()
    cluster.kill('kubelet/node-1')
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(20))
    expect(node()?.metadata.uid).toBe(uid)
  })
})

describe('a Pod that does not fit', () => {
  const big: Container = { name: 'app', image: IMAGE, resources: { requests: { cpu: '3' } } }

  test('is refused, and does not disturb those that do', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod('first', { containers: [big] })
    cluster.run(seconds(8))
    cluster.createPod('second', { containers: [big] })
    cluster.run(seconds(8))
    expect(cluster.pod('first')?.status?.phase).toBe('Running')
    expect(cluster.pod('second')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000",
    })
    expect(cluster.told('second')).toEqual([
      "OutOfcpu: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000",
    ])
    cluster.deletePod('second')
    cluster.run(seconds(12))
    expect(cluster.pod('second')).toBeUndefined()
  })

  test('is refused after a restart of the kubelet as well, and never in place of one that ran', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod('first', { containers: [big] })
    cluster.run(seconds(8))
    cluster.kill('kubelet/node-1')
    cluster.createPod('second', { containers: [big] })
    cluster.run(seconds(3))
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(20))
    expect(cluster.pod('first')?.status?.phase).toBe('Running')
    expect(cluster.pod('second')?.status?.reason).toBe('OutOfcpu')
  })
})
