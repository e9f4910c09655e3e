/**
 * Goal: a cluster with RBAC says whose client certificates it believes, in the ConfigMap that extension API servers read; and
 * `kubectl get cs` gets the Table that it asks for.
 * Method: clusters are listened to, also again with the same and with other certificates; what stands in the store, and what
 * clients are answered, is looked at. A recording of the inputs gives the same digest.
 */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { recordingHeader } from '../../src/cluster/header.ts'
import { reexecute } from '../../src/replay/reexecute.ts'
import { createCertificates } from '../../src/server/certificates.ts'
import { ADMINISTRATOR } from '../../src/server/listen.ts'
import { listening } from './support.ts'

const NAME = 'extension-apiserver-authentication'

test('the authority stands there, is written once, and follows the certificates', async () => {
  const cluster = createCluster({ nodes: 0, authorization: 'RBAC', managedFields: 'tracked' })
  const authority = () => cluster.get('ConfigMap', 'kube-system', NAME)
  const [first, second] = [createCertificates('127.0.0.1', [ADMINISTRATOR]), createCertificates('127.0.0.1', [])]
  await (await cluster.listen({ speed: 'stepped', certificates: first })).close()
  const made = authority()
  expect(made?.data).toEqual({ 'client-ca-file': first.ca.cert })
  expect(made?.metadata).toMatchObject({ managedFields: [{ manager: 'kube-apiserver', operation: 'Update' }] })
  await (await cluster.listen({ speed: 'stepped', certificates: first })).close()
  expect(authority()?.metadata.resourceVersion).toBe(made?.metadata.resourceVersion)
  await (await cluster.listen({ speed: 'stepped', certificates: second })).close()
  expect(authority()?.data).toEqual({ 'client-ca-file': second.ca.cert })
  expect(authority()?.metadata.uid).toBe(made?.metadata.uid)
  const events = [...cluster.log.range(1)]
  const again = reexecute({ header: recordingHeader(cluster.options), events, checkpoints: [], warnings: [] })
  again.run(cluster.now - again.now)
  expect(again.digest()).toBe(cluster.digest())
})

test('a cluster without authorization has none', async () => {
  const stand = await listening()
  expect(stand.cluster.get('ConfigMap', 'kube-system', NAME)).toBeUndefined()
  await stand.close()
})

test('component statuses come as a Table, and as metadata alone', async () => {
  const stand = await listening()
  const get = async (path: string, form: string): Promise<unknown> => {
    const headers = { accept: `application/json;as=${form};v=v1;g=meta.k8s.io` }
    return JSON.parse((await stand.client.call({ method: 'GET', path, headers })).body.toString())
  }
  const path = '/api/v1/componentstatuses'
  expect(await get(path, 'Table')).toMatchObject({
    kind: 'Table',
    columnDefinitions: [{ name: 'Name' }, { name: 'Status' }, { name: 'Message' }, { name: 'Error' }],
    rows: [{}, {}, { cells: ['etcd-0', 'Healthy', 'ok', ''], object: { kind: 'PartialObjectMetadata' } }],
  })
  expect(await get(`${path}/etcd-0`, 'Table')).toMatchObject({ rows: [{ cells: ['etcd-0', 'Healthy', 'ok', ''] }] })
  expect(await get(path, 'PartialObjectMetadataList')).toMatchObject({
    kind: 'PartialObjectMetadataList',
    items: [{}, {}, { metadata: { name: 'etcd-0' } }],
  })
  await stand.close()
})
