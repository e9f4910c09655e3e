/**
 * Goal: without a majority nothing is written and nothing is claimed to be; Pods run on; on its return all is there that
 * was ever acknowledged.
 * Method: most members of an etcd on machines of its own lose power for two minutes while somebody writes, every two
 * seconds, before, during and after; every acknowledgement is checked against what is stored in the end.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { acknowledged, configMap, podsOf, requests, servingCluster, twice } from './scene.ts'

const OUTAGE = minutes(2)

/** Somebody who writes one ConfigMap every two seconds. */
const writeFor = (cluster: Cluster, duration: number, prefix: string): void => {
  for (let n = 0; n * seconds(2) < duration; n++) {
    cluster.apply([configMap(`${prefix}-${n}`)])
    cluster.run(seconds(2))
  }
}

describe.each([
  [3, ['etcd-2', 'etcd-3']],
  [5, ['etcd-2', 'etcd-4', 'etcd-5']],
] as const)('etcd of %i members, of which %j lose power', (members, lost) => {
  let died = 0
  let stoppedAt = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 15, etcd: members, etcdTopology: 'external' })
    writeFor(one, seconds(10), 'before')
    died = one.now
    for (const host of lost) one.inject(crash(host), { for: OUTAGE })
    one.run(seconds(1))
    stoppedAt = one.history.head
    writeFor(one, OUTAGE - seconds(10), 'during')
    expect(one.history.head, 'nothing is committed without a majority').toBe(stoppedAt)
    one.run(minutes(1))
    writeFor(one, seconds(10), 'after')
    one.run(minutes(1))
    return one
  })

  test('writes stop, and nobody is told otherwise', () => {
    const told = acknowledged(cluster)
    expect(told).toContain('configmap/before-4')
    expect(told).toContain('configmap/after-4')
    const early = [...cluster.log.range(0)].filter(
      (event) =>
        event.type === 'KubectlAnswered' &&
        event.data.outcome !== 'failed' &&
        event.data.object.startsWith('configmap/during') &&
        event.at < died + OUTAGE,
    )
    expect(early).toEqual([])
  })

  test('what was acknowledged is there in the end', () => {
    const names = new Set(cluster.list('ConfigMap', 'default').map(({ metadata }) => `configmap/${metadata.name}`))
    const missing = acknowledged(cluster).filter((object) => object.startsWith('configmap/') && !names.has(object))
    expect(missing).toEqual([])
  })

  test('running Pods go on, and users notice nothing', () => {
    expect(requests(cluster, died, cluster.now).failed).toBe(0)
    expect(podsOf(cluster, 'web').every(({ status }) => status?.containerStatuses?.[0]?.restartCount === 0)).toBe(true)
    expect(cluster.unsettled()).toEqual([])
  })
})

test('a majority that is left goes on writing within seconds', () => {
  const cluster = createCluster({ seed: 16, nodes: 1, etcd: 5, etcdTopology: 'external' })
  cluster.run(seconds(20))
  cluster.inject(crash('etcd-4'))
  cluster.inject(crash('etcd-5'))
  cluster.run(seconds(15))
  const head = cluster.history.head
  cluster.apply([configMap('one')])
  cluster.run(seconds(15))
  expect(cluster.history.head).toBeGreaterThan(head)
  expect(acknowledged(cluster)).toContain('configmap/one')
})
