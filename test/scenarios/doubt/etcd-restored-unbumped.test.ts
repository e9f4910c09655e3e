/**
 * Goal: an etcd that is restored without moving its revision on leads astray whoever remembers a later one: watches say nothing
 * of what is written until the old number is reached, caches show what never took place, and nobody lists again. Processes that
 * begin anew are right again. With the bump none of it happens.
 * Method: one story with and without the bump: a backup, changes, a restore, more changes. What each component believes is read
 * from what it does; then API servers alone, then all components begin anew.
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { backup, kill, restore, REVISION_BUMP } from '../../../src/cluster/fault.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { shownRevision } from '../../../src/kubernetes/revision.ts'
import { inputsOf } from '../../../src/replay/inputs.ts'
import { createCluster } from '../../../src/cluster.ts'
import { configMap, deployment, goodPods, podsOf, servingCluster, toldAt, twice, USER } from './scene.ts'

const OPTIONS = { seed: 45, nodes: 3 } as const

/** Containers that run on the nodes, whatever the API says. */
const running = (cluster: Cluster, app: string): number => {
  const started = new Set<string>()
  const ofApp = new Set<string>()
  for (const event of cluster.log.range(0)) {
    if (event.type === 'RevisionCommitted' && event.data.key.startsWith(`/registry/pods/default/${app}-`)) {
      ofApp.add((event.data.object as ApiObject | undefined)?.metadata.uid ?? '')
    }
    if (event.type === 'ContainerStarted' && ofApp.has(event.data.uid)) started.add(event.data.container)
    if (event.type === 'ContainerExited') started.delete(event.data.container)
  }
  return started.size
}

const story = (bump: number): Cluster => {
  const one = servingCluster(OPTIONS)
  one.apply([deployment('old', 2)])
  one.run(seconds(20))
  one.inject(backup())
  one.run(seconds(1))
  one.call({ verb: 'delete', kind: 'Deployment', namespace: 'default', name: 'old' })
  one.apply([deployment('young', 2)])
  // Some hundred writes: that long the lost past is.
  one.apply(Array.from({ length: 150 }, (_, i) => configMap(`lost-${i}`)))
  one.run(seconds(40))
  expect(running(one, 'young')).toBe(2)
  expect(running(one, 'old')).toBe(0)
  one.inject(restore('etcd-leader', bump))
  one.run(minutes(1))
  one.apply([deployment('new', 2)])
  one.run(minutes(1))
  return one
}

const restartAll = (cluster: Cluster, matches: RegExp): void => {
  const processes = new Set<string>()
  for (const event of cluster.log.range(0)) if (event.type === 'ProcessStarted') processes.add(event.data.process)
  for (const process of processes) if (matches.test(process)) cluster.inject(kill(process))
}

describe('restored without a bump', () => {
  const cluster = twice(() => story(0))

  test('etcd shows the backup, and counts the same revisions again', () => {
    const at = toldAt(cluster, /^etcd restored to revision/)
    const before = cluster.at(at - 1).revision('ConfigMap')
    const present = cluster.history.head
    expect(present).toBeGreaterThan(before)
    expect(shownRevision(present)).toBeLessThan(before)
    expect(cluster.get('Deployment', 'default', 'old')).toBeDefined()
    expect(cluster.get('Deployment', 'default', 'young')).toBeUndefined()
  })

  test('nobody lists again: no watch was ended for being too old', () => {
    const ended = [...cluster.log.range(0)].filter(
      (event) =>
        (event.type === 'EtcdWatchEnded' && event.data.compactRevision > 0) ||
        (event.type === 'WatchEnded' && event.data.code === 410),
    )
    expect(ended).toEqual([])
  })

  test('kubelets go on with Pods that never were, and nobody makes those that are asked for', () => {
    expect(cluster.get('Deployment', 'default', 'new')).toBeDefined()
    expect(podsOf(cluster, 'young')).toEqual([])
    expect(running(cluster, 'young')).toBe(2)
    expect(running(cluster, 'old')).toBe(0)
    expect(podsOf(cluster, 'new')).toEqual([])
    expect(cluster.unsettled()).not.toEqual([])
  })

  test('API servers that begin anew are not enough: whoever watches from a later revision is still told nothing', () => {
    const other = cluster.fork({ at: cluster.now })
    restartAll(other, /^kube-apiserver/)
    other.run(minutes(1))
    expect(running(other, 'young')).toBe(2)
    expect(podsOf(other, 'new')).toEqual([])
  })

  test('once everybody has begun anew, it is as the backup says', () => {
    const other = cluster.fork({ at: cluster.now })
    restartAll(other, /^kube-apiserver/)
    other.run(seconds(10))
    restartAll(other, /^(kubelet|kube-scheduler|kube-controller-manager|kube-proxy|coredns)/)
    other.run(minutes(5))
    expect(running(other, 'young')).toBe(0)
    expect(goodPods(other, 'old')).toHaveLength(2)
    expect(goodPods(other, 'new')).toHaveLength(2)
    expect(other.unsettled()).toEqual([])
  })

  test('is run again from what came from outside', () => {
    const again = createCluster({ clients: [USER], ...OPTIONS })
    for (const input of inputsOf(cluster.log.range(0))) again.plan(input)
    again.run(cluster.now)
    expect(again.digest()).toBe(cluster.digest())
  })
})

test('with the bump the same story ends well, and nobody has to begin anew', () => {
  const cluster = story(REVISION_BUMP)
  cluster.run(minutes(3))
  expect(running(cluster, 'young')).toBe(0)
  expect(goodPods(cluster, 'old')).toHaveLength(2)
  expect(goodPods(cluster, 'new')).toHaveLength(2)
  expect(cluster.unsettled()).toEqual([])
})
