/**
 * Goal: what operators rely on: objects go with the custom resource that owns them, and custom resources with their
 * namespace and with what owns them.
 * Method: definitions come while the cluster runs; custom resources and owned objects are made by calls and deleted in every
 * way of cascading; a controller manager that was started again does the same.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { kill } from '../../../src/cluster/fault.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { seconds } from '../../../src/events/time.ts'

const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sites.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: sites, singular: site, kind: Site}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`
const SITES = 'sites.example.com'

const begin = (): Cluster => {
  const cluster = createCluster({ nodes: 0, seed: 3 })
  cluster.run(seconds(5))
  cluster.apply(DEFINITION)
  cluster.run(seconds(5))
  return cluster
}

const make = (cluster: Cluster, kind: string, name: string, namespace: string, owner?: ApiObject): ApiObject => {
  const owners = owner === undefined ? '' : `{${references(owner)}}`
  const apiVersion = kind === 'Site' ? 'example.com/v1' : 'v1'
  const metadata = `{name: ${name}, namespace: ${namespace}, ownerReferences: [${owners}]}`
  cluster.apply(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\n`)
  cluster.run(seconds(2))
  const made = kind === 'Site' ? site(cluster, name, namespace) : cluster.get('ConfigMap', namespace, name)
  if (made === undefined) throw new Error(`${kind} ${name} was not made`)
  return made
}

const references = ({ apiVersion, kind, metadata: { name, uid } }: ApiObject): string =>
  `apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}, uid: ${uid}, blockOwnerDeletion: true`

const site = (cluster: Cluster, name: string, namespace = 'default'): ApiObject | undefined =>
  cluster.get(SITES, namespace, name)
const map = (cluster: Cluster, name: string): ApiObject | undefined => cluster.get('ConfigMap', 'default', name)
const remove = (cluster: Cluster, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): void => {
  cluster.call({ verb: 'delete', kind: SITES, namespace: 'default', name: 'one', options: { propagationPolicy } })
}

test.each(['Background', 'Foreground'] as const)('what a custom resource owns goes with it: %s', (policy) => {
  const cluster = begin()
  make(cluster, 'ConfigMap', 'page', 'default', make(cluster, 'Site', 'one', 'default'))
  cluster.run(seconds(30))
  expect(map(cluster, 'page')).toBeDefined()
  remove(cluster, policy)
  cluster.run(seconds(5))
  expect(site(cluster, 'one')).toBeUndefined()
  expect(map(cluster, 'page')).toBeUndefined()
})

test('orphans are set free, custom ones too', () => {
  const cluster = begin()
  const owner = make(cluster, 'Site', 'one', 'default')
  make(cluster, 'ConfigMap', 'page', 'default', owner)
  make(cluster, 'Site', 'part', 'default', owner)
  remove(cluster, 'Orphan')
  cluster.run(seconds(5))
  expect(site(cluster, 'one')).toBeUndefined()
  expect(map(cluster, 'page')?.metadata.ownerReferences ?? []).toEqual([])
  expect(site(cluster, 'part')?.metadata.ownerReferences ?? []).toEqual([])
})

test('a custom resource goes with the object that owns it, whoever collects', () => {
  const cluster = begin()
  make(cluster, 'Site', 'one', 'default', make(cluster, 'ConfigMap', 'owner', 'default'))
  cluster.inject(kill('kube-controller-manager/0'))
  cluster.run(seconds(60))
  cluster.call({ verb: 'delete', kind: 'ConfigMap', namespace: 'default', name: 'owner' })
  cluster.run(seconds(5))
  expect(site(cluster, 'one')).toBeUndefined()
})

test('a namespace goes with its custom resources, and waits for those that are held', () => {
  const cluster = begin()
  cluster.apply('apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n')
  cluster.run(seconds(1))
  make(cluster, 'Site', 'free', 'team')
  make(cluster, 'Site', 'held', 'team')
  const held = { metadata: { finalizers: ['example.com/hold'] } }
  cluster.call({ verb: 'patch', kind: SITES, namespace: 'team', name: 'held', patchType: 'merge', body: held })
  cluster.call({ verb: 'delete', kind: 'Namespace', name: 'team' })
  cluster.run(seconds(30))
  expect(site(cluster, 'free', 'team')).toBeUndefined()
  expect(site(cluster, 'held', 'team')).toBeDefined()
  const { conditions = [] } = cluster.get('Namespace', undefined, 'team')?.status ?? {}
  expect(conditions.filter(({ status }) => status === 'True').map(({ message }) => message)).toEqual([
    'Some resources are remaining: sites.example.com has 1 resource instances',
    'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  ])
  const letGo = { metadata: { finalizers: null } }
  cluster.call({ verb: 'patch', kind: SITES, namespace: 'team', name: 'held', patchType: 'merge', body: letGo })
  cluster.run(seconds(60))
  expect(cluster.get('Namespace', undefined, 'team')).toBeUndefined()
})

test('a definition that goes and comes again is watched again', () => {
  const cluster = begin()
  make(cluster, 'Site', 'one', 'default')
  cluster.call({ verb: 'delete', kind: 'CustomResourceDefinition', name: SITES })
  cluster.run(seconds(10))
  expect(cluster.get('CustomResourceDefinition', undefined, SITES)).toBeUndefined()
  cluster.apply(DEFINITION)
  cluster.run(seconds(10))
  make(cluster, 'ConfigMap', 'page', 'default', make(cluster, 'Site', 'one', 'default'))
  cluster.run(seconds(10))
  remove(cluster, 'Background')
  cluster.run(seconds(5))
  expect(map(cluster, 'page')).toBeUndefined()
})
