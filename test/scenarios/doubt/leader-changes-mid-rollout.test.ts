/**
 * Goal: a rollout goes on over the death of every leader it needs: each Pod of the old version is replaced once, and no
 * user is refused.
 * Method: during the rollout of six Pods the leading controller-manager, scheduler and etcd member are killed, at moments
 * that a seed chooses; ReplicaSets and Pods are counted from the history.
 */
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { ETCD_LEADER, kill } from '../../../src/cluster/fault.ts'
import { millis, minutes, seconds } from '../../../src/events/time.ts'
import { deployment, goodPods, podsOf, requests, servingCluster, toldAt, twice } from './scene.ts'

const leaderBy = (cluster: Cluster, lease: string): string =>
  cluster
    .timeline()
    .findLast(({ text }) => text.endsWith(` leads by lease ${lease}`))
    ?.text.split(' ')[0] ?? ''

/** Replaces one Pod at a time, each when the one before has been ready for a while. */
const careful = {
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  minReadySeconds: 5,
}

describe.each([21, 22])('seed %i', (seed) => {
  let began = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed, controlPlane: 3 }, 6)
    began = one.now
    one.apply([deployment('web', 6, careful, '2')])
    const after = [2 + (seed % 3), 9 + (seed % 5), 14 + (seed % 4)]
    const victims = [ETCD_LEADER, leaderBy(one, 'kube-controller-manager'), leaderBy(one, 'kube-scheduler')]
    victims.forEach((victim, i) =>
      one.inject(kill(victim), { at: began + millis(1000 * (after[i] ?? 0) + 137), for: seconds(40) }),
    )
    one.run(minutes(4))
    return one
  })

  test('the rollout ends, with as many Pods as were asked for, all new', () => {
    expect(cluster.unsettled()).toEqual([])
    expect(goodPods(cluster, 'web')).toHaveLength(6)
    expect(podsOf(cluster, 'web').every(({ spec }) => spec.containers[0]?.image?.endsWith(':2'))).toBe(true)
  })

  test('each new Pod was made once, and no user was refused', () => {
    const created = cluster
      .timeline()
      .filter(({ at, text }) => at > began && /^pod\/web-\S+ created for replicaset/.test(text))
    expect(created).toHaveLength(6)
    expect(requests(cluster, began, cluster.now).failed).toBe(0)
  })

  test('other leaders took over, each within the time that its predecessor’s Lease lasts', () => {
    const killed = toldAt(cluster, /^kube-controller-manager\/\d killed/, began)
    const leads = toldAt(cluster, /leads by lease kube-controller-manager$/, killed)
    expect(leads - killed).toBeLessThan(seconds(15 + 5))
    toldAt(cluster, /^etcd member \d leads/, began)
    toldAt(cluster, /leads by lease kube-scheduler$/, began)
  })
})
