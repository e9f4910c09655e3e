/**
 * Goal: what is applied as objects is taken as the same in text is.
 * Method: objects with a namespace, without one, and of kinds that are in none.
 */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { seconds } from '../../src/events/time.ts'
import type { ApiObject } from '../../src/events/json.ts'

const asObject = (object: { readonly kind: string; readonly metadata: object }): ApiObject =>
  ({ apiVersion: 'v1', ...object }) as ApiObject

test('objects that name no namespace are in `default`, if their kind is in one', () => {
  const cluster = createCluster({ seed: 1, nodes: 1 })
  cluster.run(seconds(10))
  cluster.apply([
    asObject({ kind: 'Namespace', metadata: { name: 'shop' } }),
    asObject({ kind: 'ConfigMap', metadata: { name: 'here' } }),
    asObject({ kind: 'ConfigMap', metadata: { name: 'there', namespace: 'shop' } }),
  ])
  cluster.run(seconds(5))
  expect(cluster.get('ConfigMap', 'default', 'here')).toBeDefined()
  expect(cluster.get('ConfigMap', 'shop', 'there')).toBeDefined()
  expect(cluster.get('Namespace', undefined, 'shop')?.metadata.namespace).toBeUndefined()
})
