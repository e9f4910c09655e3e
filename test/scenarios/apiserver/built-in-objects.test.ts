/**
 * Goal: a cluster that is set up as shipped has what a kube-apiserver makes of itself; one without authorization, as tests start
 * by the thousand, pays nothing for it.
 * Method: the objects of fresh clusters are looked at; an API server is restarted.
 */
import { describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'

const KINDS = ['FlowSchema', 'PriorityLevelConfiguration', 'APIService', 'ServiceCIDR'] as const

const ready = (authorization: 'RBAC' | 'AlwaysAllow'): Cluster => {
  const cluster = createCluster({ seed: 3, nodes: 0, authorization })
  cluster.run(seconds(5))
  return cluster
}

const namesOf = (objects: readonly ApiObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name)

describe('with roles', () => {
  const cluster = ready('RBAC')

  test('as many as a fresh kube-apiserver v1.36 has', () => {
    expect(KINDS.map((kind) => cluster.list(kind).length)).toEqual([11, 8, 21, 1])
  })

  test('every flow schema has its priority level', () => {
    const levels = namesOf(cluster.list('PriorityLevelConfiguration'))
    for (const { metadata, spec, status } of cluster.list('FlowSchema')) {
      expect(levels, metadata.name).toContain(spec.priorityLevelConfiguration?.name)
      expect(status?.conditions).toMatchObject([{ type: 'Dangling', status: 'False' }])
    }
  })

  test('the range of addresses is ready, and the API itself has the first', () => {
    const [range] = cluster.list('ServiceCIDR')
    expect(range?.spec.cidrs).toEqual(['10.96.0.0/16'])
    expect(range?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True' }])
    expect(cluster.list('IPAddress')).toMatchObject([
      { metadata: { name: '10.96.0.1' }, spec: { parentRef: { namespace: 'default', name: 'kubernetes' } } },
    ])
  })
})

test('without roles there are none', () => {
  const cluster = ready('AlwaysAllow')
  expect(KINDS.flatMap((kind) => cluster.list(kind))).toEqual([])
})

test('what is there already stays, with several servers too', () => {
  const cluster = createCluster({ seed: 4, nodes: 0, authorization: 'RBAC', controlPlane: 3 })
  cluster.run(seconds(10))
  for (const kind of KINDS) {
    const names = namesOf(cluster.list(kind))
    expect(new Set(names).size, kind).toBe(names.length)
    for (const { metadata } of cluster.list(kind)) expect(metadata.generation ?? 1, metadata.name).toBe(1)
  }
  expect(cluster.list('FlowSchema')).toHaveLength(11)
})
