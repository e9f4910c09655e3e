/**
 * Goal: one of three API servers dies and nobody is kept from working, neither users, nor people, nor components.
 * Method: each in turn of the servers of a three-machine control plane is killed for a minute in the midst of work.
 */
import { describe, expect, test } from 'vitest'
import { kill } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { deployment, goodPods, requests, servingCluster, twice } from './scene.ts'

describe.each([0, 1, 2])('API server %i of three dies', (server) => {
  let died = 0
  let scaledIn = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 14, controlPlane: 3 })
    died = one.now
    one.inject(kill(`kube-apiserver/${server}`), { for: minutes(1) })
    one.run(seconds(1))
    one.apply([deployment('web', 5)])
    one.runUntil((now) => goodPods(now, 'web').length === 5, { within: minutes(1) })
    scaledIn = one.now - died
    one.run(minutes(2))
    return one
  })

  test('what is asked for meanwhile happens while it is dead', () => {
    expect(scaledIn).toBeLessThan(seconds(30))
    expect(cluster.unsettled()).toEqual([])
  })

  test('no user notices, no node is taken for dead', () => {
    expect(requests(cluster, died, cluster.now).failed).toBe(0)
    const told = cluster.timeline().filter(({ at, text }) => at > died && /Unknown|tainted|silent/.test(text))
    expect(told).toEqual([])
  })

  test('leaders by Lease stay: their clients go to another server', () => {
    const elections = cluster.timeline().filter(({ at, text }) => at > died && / leads by lease /.test(text))
    expect(elections).toEqual([])
  })
})
