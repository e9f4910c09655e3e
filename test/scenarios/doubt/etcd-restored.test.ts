/**
 * Goal: after etcd was restored from a backup the cluster is what the backup says: what was made since ends, what was
 * deleted since comes back, and nobody goes on believing in the lost past.
 * Method: a backup, then changes, then a restore with a bumped and compacted revision; objects, containers and watches
 * are read afterwards. Without a backup a member's own files are restored, as after a permanent loss of quorum.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { backup, crash, restore } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { inputsOf } from '../../../src/replay/inputs.ts'
import {
  USER,
  acknowledged,
  configMap,
  deployment,
  goodPods,
  podsOf,
  requests,
  servingCluster,
  toldAt,
  twice,
} from './scene.ts'

const remove = (cluster: Cluster, kind: string, name: string): void =>
  cluster.call({ verb: 'delete', kind, namespace: 'default', name })

describe.each([1, 3] as const)('etcd on %i control-plane machines, restored from a backup', (controlPlane) => {
  let restored = 0
  let keptRevision = 0
  let revisionBefore = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 41, controlPlane })
    one.apply([deployment('old', 2), configMap('kept')])
    one.run(seconds(20))
    one.inject(backup())
    one.run(seconds(1))
    keptRevision = one.history.head
    remove(one, 'Deployment', 'old')
    remove(one, 'ConfigMap', 'kept')
    one.apply([deployment('young', 2), deployment('web', 5), configMap('lost')])
    one.run(seconds(40))
    expect(podsOf(one, 'young')).toHaveLength(2)
    expect(podsOf(one, 'old')).toHaveLength(0)
    revisionBefore = one.history.head
    restored = one.now
    one.inject(restore())
    one.run(minutes(4))
    return one
  })

  test('what was made since is gone, what was deleted since is back', () => {
    expect(cluster.unsettled()).toEqual([])
    expect(podsOf(cluster, 'young')).toEqual([])
    expect(goodPods(cluster, 'old')).toHaveLength(2)
    expect(goodPods(cluster, 'web')).toHaveLength(3)
    expect(cluster.get('ConfigMap', 'default', 'kept')).toBeDefined()
    expect(cluster.get('ConfigMap', 'default', 'lost')).toBeUndefined()
  })

  test('containers follow: those of forgotten Pods are ended by their kubelets', () => {
    const started = new Set<string>()
    for (const event of cluster.log.range(0)) {
      if (event.type === 'ContainerStarted') started.add(event.data.container)
      if (event.type === 'ContainerExited') started.delete(event.data.container)
    }
    expect(started.size).toBe(3 + 2)
  })

  test('revisions go on far behind the lost ones; what was not touched keeps its own', () => {
    const at = toldAt(cluster, /^etcd restored to revision/, restored)
    expect(cluster.at(at).revision('ConfigMap')).toBeGreaterThan(revisionBefore + 1_000_000)
    const kept = cluster.get('ConfigMap', 'default', 'kept')
    expect(Number(kept?.metadata.resourceVersion)).toBeLessThanOrEqual(keptRevision)
  })

  test('watches on the lost past end, and those who watched list again', () => {
    const at = toldAt(cluster, /^etcd restored to revision/, restored)
    const after = [...cluster.log.range(0)].filter((event) => event.at > at)
    const compacted = after.filter((event) => event.type === 'EtcdWatchEnded' && event.data.compactRevision > 1_000_000)
    expect(compacted.length).toBeGreaterThanOrEqual(controlPlane)
    const lists = after.filter(
      (event) => event.type === 'ApiRequested' && event.by.startsWith('kubelet/') && event.data.verb === 'list',
    )
    expect(new Set(lists.map(({ by }) => by)).size, 'each kubelet lists again').toBe(3)
  })

  test('users notice that Pods go which the backup does not know, and nothing else', () => {
    // Two Pods of five are ended; rules lead to them until every kube-proxy has listed again.
    const at = toldAt(cluster, /^etcd restored to revision/, restored)
    expect(requests(cluster, restored, at).failed).toBe(0)
    expect(requests(cluster, at, at + seconds(20)).failed).toBeLessThan(20)
    expect(requests(cluster, at + seconds(20), cluster.now).failed).toBe(0)
  })

  test('a fork of the moment before takes the other way', () => {
    const other = cluster.fork({ at: restored - seconds(1), with: (fork) => fork.apply([configMap('other')]) })
    other.run(seconds(1))
    expect(other.get('ConfigMap', 'default', 'other')).toBeDefined()
    expect(other.get('ConfigMap', 'default', 'lost')).toBeDefined()
  })
})

test('a log with a backup and a restore is run again from what came from outside', () => {
  const options = { seed: 44, nodes: 1 }
  const cluster = servingCluster(options, 1)
  cluster.inject(backup('etcd/1'))
  cluster.apply([configMap('lost')])
  cluster.run(seconds(5))
  cluster.inject(restore('etcd/1'), { for: seconds(5) })
  cluster.run(seconds(20))
  const again = createCluster({ clients: [USER], ...options })
  for (const input of inputsOf(cluster.log.range(0))) again.plan(input)
  again.run(cluster.now)
  expect(again.digest()).toBe(cluster.digest())
})

describe('etcd whose majority is lost for good', () => {
  const cluster = twice(() => {
    const one = servingCluster({ seed: 42, etcd: 3, etcdTopology: 'external' })
    one.apply([configMap('written')])
    one.run(seconds(5))
    one.inject(crash('etcd-1'))
    one.inject(crash('etcd-2'))
    one.run(minutes(1))
    one.heal()
    one.inject(restore('etcd/3'))
    one.run(minutes(4))
    return one
  })

  test('goes on with what the member that is left has on its disk, which is all that was acknowledged', () => {
    expect(acknowledged(cluster)).toContain('configmap/written')
    expect(cluster.get('ConfigMap', 'default', 'written')).toBeDefined()
    expect(cluster.unsettled()).toEqual([])
    expect(podsOf(cluster, 'web').every(({ status }) => status?.containerStatuses?.[0]?.restartCount === 0)).toBe(true)
  })
})

test('only an etcd member is restored', () => {
  const cluster = servingCluster({ seed: 43, nodes: 1 }, 1)
  expect(() => cluster.inject(restore('kubelet/node-1'))).toThrow(/no etcd member/)
})
