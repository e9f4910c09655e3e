/**
 * Goal: manifests are applied by the server where that is asked for, as `kubectl apply --server-side` has it.
 * Method: a ConfigMap too large for the annotation in which kubectl keeps what it applied; one that somebody else has a hand in.
 */
import { expect, test } from 'vitest'
import { createCluster } from '../../../src/cluster.ts'
import type { Cluster } from '../../../src/cluster/face.ts'
import { seconds } from '../../../src/events/time.ts'

const configMap = (data: Readonly<Record<string, string>>) =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data }) as const

const started = (): Cluster => {
  const cluster = createCluster({ nodes: 0 })
  cluster.run(seconds(10))
  return cluster
}
const found = (cluster: Cluster) => cluster.get('ConfigMap', 'default', 'conf')

test('what is too large for an annotation is applied by the server', () => {
  const large = JSON.stringify(configMap({ text: 'x'.repeat(300_000) }))
  const cluster = started()
  cluster.apply(large)
  cluster.run(seconds(5))
  expect(cluster.unsettled().join()).toContain('metadata.annotations: Too long: may not be more than 262144 bytes')

  cluster.apply(large, { serverSide: true })
  cluster.run(seconds(5))
  expect(cluster.unsettled()).toEqual([])
  const metadata = found(cluster)?.metadata
  expect(metadata?.annotations).toBeUndefined()
  expect(metadata).toMatchObject({ managedFields: [{ manager: 'kubectl', operation: 'Apply' }] })
})

test('what somebody else has set is a conflict, and stays', () => {
  const cluster = started()
  const other = { verb: 'patch', kind: 'ConfigMap', namespace: 'default', name: 'conf', patchType: 'apply' } as const
  cluster.call({ ...other, body: configMap({ color: 'blue' }), options: { fieldManager: 'painter' } })
  cluster.run(seconds(5))
  cluster.apply(JSON.stringify(configMap({ color: 'red', size: 'small' })), { serverSide: true })
  cluster.run(seconds(5))
  expect(cluster.unsettled().join()).toContain('Apply failed with 1 conflict: conflict with "painter": .data.color')
  expect(found(cluster)?.data).toEqual({ color: 'blue' })

  cluster.apply(JSON.stringify(configMap({ size: 'small' })), { serverSide: true })
  cluster.run(seconds(5))
  expect(found(cluster)?.data).toEqual({ color: 'blue', size: 'small' })
  expect(cluster.unsettled()).toEqual([])
})
