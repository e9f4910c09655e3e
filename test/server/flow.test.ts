/**
 * Goal: an answer's headers name the FlowSchema and the priority level that the cluster has for whoever asked, so that people find out
 * by which their requests are served.
 * Method: an administrator, another user, a service account and a stranger ask; the uids in the headers are looked up. Which schema
 * is whose follows from apiserver/pkg/apis/flowcontrol/bootstrap/default.go (v1.36).
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../src/cluster.ts'
import { CONFIG_MAPS, json, listening, type Stand } from './support.ts'
import { WireClient, type Answer } from './transcripts/client.ts'

let stand: Stand
let bob: WireClient
beforeAll(async () => {
  const users = [{ name: 'admin', groups: ['system:masters'] }, { name: 'bob' }]
  stand = await listening({ authorization: 'RBAC' }, { users })
  const { ca, users: certificates } = stand.api.certificates
  bob = new WireClient(stand.api.url, ca, certificates['bob'])
  const has = (namespace: string): boolean => stand.cluster.get('ServiceAccount', namespace, 'default') !== undefined
  stand.cluster.runUntil(() => has('default') && has('kube-system'), { within: 60_000_000 })
})
afterAll(async () => {
  bob.close()
  await stand.close()
})

const nameOf = (
  cluster: Cluster,
  kind: 'FlowSchema' | 'PriorityLevelConfiguration',
  uid: unknown,
): string | undefined => cluster.list(kind).find(({ metadata }) => metadata.uid === uid)?.metadata.name

const flowOf = ({ headers }: Answer): readonly (string | undefined)[] => [
  nameOf(stand.cluster, 'FlowSchema', headers['x-kubernetes-pf-flowschema-uid']),
  nameOf(stand.cluster, 'PriorityLevelConfiguration', headers['x-kubernetes-pf-prioritylevel-uid']),
]

const get = (client: WireClient, path: string, token?: string): Promise<Answer> =>
  client.call({ method: 'GET', path, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })

const tokenOf = async (namespace: string): Promise<string> => {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const answer = await stand.client.call({ method: 'POST', path, ...json(body) })
  return (JSON.parse(answer.body.toString()) as { readonly status: { readonly token: string } }).status.token
}

test('each is served by the schema that is for him', async () => {
  expect(flowOf(await get(stand.client, CONFIG_MAPS))).toEqual(['exempt', 'exempt'])
  expect(flowOf(await get(bob, CONFIG_MAPS))).toEqual(['global-default', 'global-default'])
  expect(flowOf(await get(bob, '/healthz'))).toEqual(['probes', 'exempt'])
  expect(flowOf(await get(stand.stranger, CONFIG_MAPS))).toEqual(['global-default', 'global-default'])
  expect(flowOf(await get(stand.stranger, CONFIG_MAPS, await tokenOf('default')))).toEqual([
    'service-accounts',
    'workload-low',
  ])
  expect(flowOf(await get(stand.stranger, CONFIG_MAPS, await tokenOf('kube-system')))).toEqual([
    'kube-system-service-accounts',
    'workload-high',
  ])
})
