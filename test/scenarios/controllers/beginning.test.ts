/**
 * Goal: kube-controller-manager's controllers begin as the real ones do: each has an account of its own, made where it is
 * missing and logged in with a token at its first call, and all of it takes turns at the rate of one client.
 * Method: a cluster starts; then its manager is killed in the middle and another process takes over. The times are those of
 * ../shared/recordings: 150 ms for an account that is missing, 50 ms for one that is there.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { kill } from '../../../src/cluster/fault.ts'
import type { LogEvent, Micros } from '../../../src/events/envelope.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { asObject, template } from './story.ts'

const MANAGER = 'system:kube-controller-manager'

type Asked = LogEvent & { readonly type: 'ApiRequested' }

const asked = (cluster: Cluster, since = 0): readonly Asked[] =>
  [...cluster.log.range(since)].filter(
    (event): event is Asked => event.type === 'ApiRequested' && event.data.kind === 'ServiceAccount',
  )

const ofManager = (cluster: Cluster, since = 0): readonly Asked[] =>
  asked(cluster, since).filter(({ data }) => data.user === MANAGER)

const creations = (events: readonly Asked[]): readonly Asked[] =>
  events.filter(({ data }) => data.verb === 'create' && data.subresource === undefined)

const tokens = (events: readonly Asked[]): readonly Asked[] => events.filter(({ data }) => data.subresource === 'token')

const gapsOf = (events: readonly Asked[]): readonly Micros[] =>
  events.slice(1).map(({ at }, index) => at - (events[index]?.at ?? 0))

const shop = asObject({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } }, template: template('shop') },
})

describe('controllers', () => {
  test('get their accounts one after another, ten at once and then one in 150 ms', () => {
    const cluster = createCluster({ seed: 7, nodes: 0, dns: 0, useServiceAccountCredentials: true })
    cluster.run(seconds(10))
    const made = creations(ofManager(cluster))
    expect(made.length).toBeGreaterThan(30)
    expect(new Set(made.map(({ data }) => data.name)).size).toBe(made.length)
    const accounts = cluster.list('ServiceAccount').filter(({ metadata }) => metadata.namespace === 'kube-system')
    for (const { data } of made) expect(accounts.some(({ metadata }) => metadata.name === data.name)).toBe(true)
    const gaps = gapsOf(made)
    expect(Math.max(...gaps.slice(0, 7))).toBeLessThan(seconds(1) / 10)
    for (const gap of gaps.slice(12)) expect(gap).toBeGreaterThan(seconds(1) / 10)
  })

  test('ask for a token before their first call and not again', () => {
    const cluster = createCluster({ seed: 7, nodes: 1, useServiceAccountCredentials: true })
    cluster.run(seconds(20))
    const since = cluster.log.length
    cluster.apply([shop])
    cluster.run(minutes(2))
    const own = (name: string): readonly LogEvent[] =>
      [...cluster.log.range(since)].filter(
        (event) => event.type === 'ApiRequested' && event.data.user === `system:serviceaccount:kube-system:${name}`,
      )
    const fresh = tokens(ofManager(cluster, since))
    for (const name of ['deployment-controller', 'replicaset-controller']) {
      const [token, ...more] = fresh.filter(({ data }) => data.name === name)
      expect(more).toEqual([])
      expect(own(name).length).toBeGreaterThan(2)
      expect(token?.at).toBeLessThan(own(name)[0]?.at ?? 0)
    }
  })

  test('of the next process look for their accounts again, and begin when all are built', () => {
    const cluster = createCluster({ seed: 7, nodes: 0, dns: 0, useServiceAccountCredentials: true })
    cluster.run(seconds(20))
    const since = cluster.log.length
    cluster.inject(kill('kube-controller-manager/0'))
    cluster.run(minutes(1))
    const events = ofManager(cluster, since)
    expect(creations(events)).toEqual([])
    const looks = events.filter(({ data }) => data.verb === 'get')
    expect(looks.length).toBeGreaterThan(40)
    // 30 at once, the others at 20 a second.
    const took = (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0)
    expect(took).toBeGreaterThan(seconds(1))
    expect(took).toBeLessThan(seconds(4))
    const lists = [...cluster.log.range(since)].filter(
      (event) =>
        event.type === 'ApiRequested' && event.by === 'kube-controller-manager/0' && event.data.verb === 'list',
    )
    expect(lists[0]?.at).toBeGreaterThan(tokens(events)[2]?.at ?? Infinity)
  })

  test('have accounts with roles, or where it is said', () => {
    const asks = (options: Parameters<typeof createCluster>[0]): boolean => {
      const cluster = createCluster({ seed: 7, nodes: 0, dns: 0, ...options })
      cluster.run(seconds(10))
      return tokens(ofManager(cluster)).length > 0
    }
    expect(asks({ authorization: 'RBAC' })).toBe(true)
    expect(asks({})).toBe(false)
    expect(asks({ authorization: 'RBAC', useServiceAccountCredentials: false })).toBe(false)
  })
})
