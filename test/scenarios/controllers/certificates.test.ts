/**
 * Goal: in a whole cluster with RBAC each controller of certificates and bootstrap tokens may do what it has to: a person's
 * request is signed when somebody approves it, a kubelet's by itself if its maker may ask, tokens sign and end.
 * Method: requests that OpenSSL wrote, applied as people do; objects are read, and the API server's refusals are counted.
 */
import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { fromBase64, toBase64 } from '../../../src/kubernetes/base64.ts'
import { KUBELET_CLIENT_REQUEST, PERSON_REQUEST } from '../../support/certificate-requests.ts'

const KIND = 'CertificateSigningRequest'
const usages = ['digital signature', 'client auth']

const request = (name: string, pem: string, signerName: string): object => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: KIND,
  metadata: { name },
  spec: { request: toBase64(pem), signerName, usages },
})

let cluster: Cluster
const apply = (...objects: readonly object[]): void => {
  cluster.apply(objects as readonly ApiObject[])
  cluster.run(seconds(5))
}
const statusOf = (name: string) => cluster.get(KIND, undefined, name)?.status
const verdicts = (name: string): readonly string[] =>
  (statusOf(name)?.conditions ?? []).map(({ type, reason }) => `${type} ${reason ?? ''}`)

beforeAll(() => {
  cluster = createCluster({ seed: 4, nodes: 0, authorization: 'RBAC' })
  cluster.run(seconds(30))
})

describe('certificates', () => {
  test('a person waits for somebody’s approval and gets a certificate then', () => {
    apply(request('jane', PERSON_REQUEST, 'kubernetes.io/kube-apiserver-client'))
    expect(verdicts('jane')).toEqual([])
    const before = cluster.get(KIND, undefined, 'jane')
    const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'by hand' }
    cluster.call({
      ...{ verb: 'update', kind: KIND, name: 'jane', subresource: 'approval' },
      body: { ...before, status: { conditions: [condition] } },
    })
    cluster.run(seconds(5))
    expect(verdicts('jane')).toEqual(['Approved KubectlApprove'])
    const certificate = new X509Certificate(fromBase64(statusOf('jane')?.certificate ?? ''))
    expect(certificate.subject).toBe('O=dev\nCN=jane')
  })

  test('a kubelet’s request is approved by itself: its maker may ask', () => {
    apply(request('node', KUBELET_CLIENT_REQUEST, 'kubernetes.io/kube-apiserver-client-kubelet'))
    expect(verdicts('node')).toEqual(['Approved AutoApproved'])
    expect(statusOf('node')?.certificate).toBeDefined()
  })

  test('verdicts are cleared away after an hour or two', () => {
    cluster.run(minutes(125))
    expect(cluster.list(KIND)).toEqual([])
  })
})

describe('bootstrap tokens', () => {
  test('sign cluster-info while they last', () => {
    const ends = cluster.now + minutes(2)
    const expiration = new Date(Date.UTC(2026, 0, 1) + ends / 1000).toISOString().replace(/\.\d+/, '')
    const values = {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-signing': 'true',
      expiration,
    }
    apply(
      {
        ...{ apiVersion: 'v1', kind: 'Secret', type: 'bootstrap.kubernetes.io/token' },
        metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
        data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toBase64(value)])),
      },
      {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { kubeconfig: 'clusters: []' } },
        metadata: { name: 'cluster-info', namespace: 'kube-public' },
      },
    )
    const keys = (): readonly string[] =>
      Object.keys(cluster.get('ConfigMap', 'kube-public', 'cluster-info')?.data ?? {}).sort()
    expect(keys()).toEqual(['jws-kubeconfig-abcdef', 'kubeconfig'])
    cluster.run(minutes(3))
    expect(cluster.get('Secret', 'kube-system', 'bootstrap-token-abcdef')).toBeUndefined()
    expect(keys()).toEqual(['kubeconfig'])
  })
})

test('none of these controllers was ever refused', () => {
  const refused: string[] = []
  for (const event of cluster.log.range(0)) {
    if (event.type === 'ApiResponded' && event.data.code === 403) refused.push(event.to ?? '')
  }
  expect(refused.filter((who) => /certificate|token|bootstrap|service-cidr|policy-status/.test(who))).toEqual([])
})
