/**
 * Goal: manifests with a definition and objects of it are applied whole, and an object that nothing defines is told where it
 * stands, not lost.
 * Method: texts as people write them, to a small cluster; what the API then has.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'

const definition = (kind: string, plural: string, scope: 'Namespaced' | 'Cluster'): string => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.sea.example.com }
spec:
  group: sea.example.com
  scope: ${scope}
  names: { kind: ${kind}, plural: ${plural}, singular: ${kind.toLowerCase()} }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`

const object = (kind: string): string => `
apiVersion: sea.example.com/v1
kind: ${kind}
metadata: { name: first }
spec: { length: 12 }
`

const clusterOf = (): Cluster => {
  const cluster = createCluster({ seed: 3, nodes: 0 })
  cluster.run(seconds(5))
  return cluster
}

const outcomes = (cluster: Cluster): readonly string[] =>
  [...cluster.log.range(1)].flatMap((event) =>
    event.type === 'KubectlAnswered' ? [`${event.data.object} ${event.data.outcome}`] : [],
  )

test('a definition and its objects in one text: whatever the plural, in a namespace or in none', () => {
  const cluster = clusterOf()
  const text = [definition('Boat', 'fleet', 'Namespaced'), definition('Ocean', 'oceans', 'Cluster')]
  cluster.apply([...text, object('Boat'), object('Ocean')].join('---'))
  cluster.run(seconds(20))
  expect(cluster.list('fleet.sea.example.com').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(
    ['default/first'],
  )
  expect(cluster.list('oceans.sea.example.com').map(({ metadata }) => metadata.namespace)).toEqual([undefined])
  expect(outcomes(cluster).slice(-2)).toEqual(['boat/first created', 'ocean/first created'])

  cluster.apply(object('Boat').replace('12', '13'))
  cluster.run(seconds(5))
  expect(outcomes(cluster).at(-1)).toBe('boat/first configured')
})

test('an object that nothing defines is refused with its place, and nothing of the text is applied', () => {
  const cluster = clusterOf()
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: with-it }\n---${object('Boat')}`
  expect(() => cluster.apply(text)).toThrow('manifest:5: no matches for kind "Boat" in version "sea.example.com/v1"')
  cluster.run(seconds(5))
  expect(cluster.get('ConfigMap', 'default', 'with-it')).toBeUndefined()
})
