/**
 * Goal: a server says of itself what is so: which FlowSchemas have their level, which APIServices answer, which custom groups it
 * serves.
 * Method: objects come into a cluster with roles; after each its server has five seconds.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'

const ready = (): Cluster => {
  const cluster = createCluster({ seed: 3, nodes: 0, authorization: 'RBAC' })
  cluster.run(seconds(5))
  return cluster
}

const settled = (cluster: Cluster, manifest: string): void => {
  cluster.apply(manifest)
  cluster.run(seconds(5))
}

test('a flow schema without its priority level dangles until the level comes', () => {
  const cluster = ready()
  const condition = () =>
    cluster.list('FlowSchema').find(({ metadata }) => metadata.name === 'mine')?.status?.conditions?.[0]
  settled(
    cluster,
    `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: mine }
spec: { priorityLevelConfiguration: { name: mine } }`,
  )
  expect(condition()).toMatchObject({ type: 'Dangling', status: 'True', reason: 'NotFound' })
  settled(
    cluster,
    `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: { name: mine }
spec: { type: Limited, limited: { nominalConcurrencyShares: 1, limitResponse: { type: Reject } } }`,
  )
  expect(condition()).toMatchObject({ type: 'Dangling', status: 'False', reason: 'Found' })
})

test('an APIService tells what it lacks', () => {
  const cluster = ready()
  const reason = () =>
    cluster.list('APIService').find(({ metadata }) => metadata.name === 'v1.far.example.com')?.status?.conditions?.[0]
      ?.reason
  settled(
    cluster,
    `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.far.example.com }
spec:
  group: far.example.com
  version: v1
  insecureSkipTLSVerify: true
  groupPriorityMinimum: 100
  versionPriority: 10
  service: { namespace: default, name: far, port: 443 }`,
  )
  expect(reason()).toBe('ServiceNotFound')
  settled(
    cluster,
    `
apiVersion: v1
kind: Service
metadata: { name: far }
spec: { ports: [{ port: 80 }] }`,
  )
  expect(reason()).toBe('ServicePortError')
})

test.each(['RBAC', 'AlwaysAllow'] as const)(
  'a custom group has an APIService for each version served, with %s',
  (authorization) => {
    const cluster = createCluster({ seed: 3, nodes: 0, authorization })
    cluster.run(seconds(5))
    const names = () =>
      cluster
        .list('APIService')
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.endsWith('.shop.example.com'))
    const define = (servesOld: boolean): void =>
      settled(
        cluster,
        `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: boxes.shop.example.com }
spec:
  group: shop.example.com
  scope: Namespaced
  names: { plural: boxes, singular: box, kind: Box, listKind: BoxList }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
    - { name: v1beta1, served: ${servesOld}, storage: false, schema: { openAPIV3Schema: { type: object } } }`,
      )
    define(true)
    expect(names()).toEqual(['v1.shop.example.com', 'v1beta1.shop.example.com'])
    define(false)
    expect(names()).toEqual(['v1.shop.example.com'])
  },
)
