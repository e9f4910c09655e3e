/**
 * Goal: whoever has a certificate from the cluster's own signers is known by it over HTTPS, as with a real cluster.
 * Method: a key and a request by OpenSSL (without it the test is skipped, and says so); somebody approves; a client shows what
 * was issued and asks who it is.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seconds } from '../../src/events/time.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { fromBase64, toBase64 } from '../../src/kubernetes/base64.ts'
import { json, listening, type Stand } from './support.ts'
import { WireClient } from './transcripts/client.ts'

const KIND = 'CertificateSigningRequest'

const openssl = (args: readonly string[]): string => spawnSync('openssl', args, { encoding: 'utf8' }).stdout ?? ''
const hasOpenSSL = openssl(['version']).startsWith('OpenSSL')
if (!hasOpenSSL) process.stderr.write('skipped: there is no openssl to make a request with\n')

let stand: Stand
beforeAll(async () => {
  stand = await listening({ authorization: 'RBAC' })
})
afterAll(() => stand.close())

test.skipIf(!hasOpenSSL)('a certificate that was issued says who its bearer is', async () => {
  const { cluster, api } = stand
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-certificates-'))
  const keyFile = join(folder, 'key.pem')
  openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', keyFile])
  const request = openssl(['req', '-new', '-key', keyFile, '-subj', '/O=dev/CN=jane'])
  const key = readFileSync(keyFile, 'utf8')
  rmSync(folder, { recursive: true })
  const made = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: KIND,
    metadata: { name: 'jane' },
    spec: {
      request: toBase64(request),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  }
  cluster.apply([made as object as ApiObject])
  cluster.run(seconds(5))
  const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove' }
  const body = { ...cluster.get(KIND, undefined, 'jane'), status: { conditions: [condition] } }
  cluster.call({ verb: 'update', kind: KIND, name: 'jane', subresource: 'approval', body })
  cluster.run(seconds(5))
  const cert = fromBase64(cluster.get(KIND, undefined, 'jane')?.status?.certificate ?? '')

  const jane = new WireClient(api.url, api.certificates.ca, { cert, key })
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const answer = await jane.call({ method: 'POST', path, ...json(review) })
  jane.close()
  expect(answer.code, answer.body.toString()).toBe(201)
  const { status } = JSON.parse(answer.body.toString()) as {
    status: { userInfo: { username: string; groups: string[] } }
  }
  expect(status.userInfo.username).toBe('jane')
  expect(status.userInfo.groups).toEqual(['dev', 'system:authenticated'])
})
