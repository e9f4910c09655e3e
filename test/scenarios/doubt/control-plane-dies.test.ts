/**
 * Goal: Pods need no control plane to go on; when it is back nobody is punished for its absence, and nothing is lost.
 * Method: the only control-plane machine is off for ten minutes, longer than any node's grace period and toleration.
 */
import { describe, expect, test } from 'vitest'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { deployment, podsOf, requests, servingCluster, toldAt, twice } from './scene.ts'

describe('a control plane that dies', () => {
  let died = 0
  let before: readonly string[] = []
  const cluster = twice(() => {
    const one = servingCluster({ seed: 13 })
    died = one.now
    before = podsOf(one, 'web').map(({ metadata }) => metadata.uid)
    one.inject(crash('cp-1'), { for: minutes(10) })
    one.run(seconds(30))
    one.apply([deployment('late', 1)])
    one.run(minutes(12))
    return one
  })

  test('is missed by no user', () => {
    expect(requests(cluster, died, cluster.now).failed).toBe(0)
  })

  test('comes back to Pods that are the same, and evicts none of them', () => {
    expect(podsOf(cluster, 'web').map(({ metadata }) => metadata.uid)).toEqual(before)
    const tainted = cluster
      .timeline()
      .filter(({ at, text }) => at > died && /NoExecute|DeletionByTaintManager/.test(text))
    expect(tainted).toEqual([])
  })

  test('tells who asked meanwhile that nobody is there, and takes what is asked afterwards', () => {
    const answer = toldAt(cluster, /^deployment(?:\.apps)?\/late failed/, died)
    expect(answer - died).toBeLessThan(minutes(10))
    cluster.apply([deployment('late', 1)])
    expect(cluster.runUntil((one) => podsOf(one, 'late').length === 1 && one.converged, { within: minutes(1) })).toBe(
      true,
    )
  })

  test('leads again within the time that a dead leader’s Leases last', () => {
    const back = toldAt(cluster, /^host cp-1 has power/, died)
    const started = toldAt(cluster, /^kube-apiserver\/0 started again/, back)
    const leads = toldAt(cluster, /^kube-controller-manager\/0 leads/, back)
    // A Lease of 15 s counts from when it is first seen; then one retry of up to 2 s and its jitter.
    expect(leads - started).toBeLessThan(seconds(15 + 10))
  })
})
