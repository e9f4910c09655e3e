/**
 * Goal: requests for certificates are approved, signed and cleared away as upstream does, and what is signed is a certificate
 * that other programs read.
 * Method: requests that OpenSSL wrote; Node's own reader checks what comes out. Tables of good and bad requests; time passes.
 */
import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { certificateApprovingController } from '../../../src/actors/controllers/certificates/approving.ts'
import { authorityCertificate } from '../../../src/actors/controllers/certificates/authority.ts'
import { certificateCleanerController } from '../../../src/actors/controllers/certificates/cleaner.ts'
import { certificateSigningController } from '../../../src/actors/controllers/certificates/signing.ts'
import { hours, millis, minutes, seconds } from '../../../src/events/time.ts'
import { fromBase64, toBase64 } from '../../../src/kubernetes/base64.ts'
import type { CertificateSigningRequest } from '../../../src/kubernetes/types/certificates.ts'
import { notAfterOf } from '../../../src/kubernetes/x509/certificate.ts'
import { KUBELET_CLIENT_REQUEST, KUBELET_SERVING_REQUEST, PERSON_REQUEST } from '../../support/certificate-requests.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'
import { BORN } from './objects.ts'

type Spec = Partial<CertificateSigningRequest['spec']>
const CLIENT_USAGES = ['digital signature', 'client auth']

const request = (name: string, pem: string, spec: Spec, conditions: readonly object[] = []): Given => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name, creationTimestamp: BORN },
  ...{
    spec: { request: toBase64(pem), signerName: 'kubernetes.io/kube-apiserver-client', usages: CLIENT_USAGES, ...spec },
    status: { conditions },
  },
})

const approved = { type: 'Approved', status: 'True', reason: 'Test', lastUpdateTime: BORN }
const KIND = 'CertificateSigningRequest'

const certificateOf = (bench: ControllerBench, name: string): string =>
  fromBase64(bench.get(KIND, undefined, name)?.status?.certificate ?? '')

const sign = (...given: readonly Given[]): ControllerBench =>
  controllerBench(certificateSigningController)
    .given(...given)
    .show()
    .run(seconds(5))

describe('signing', () => {
  test('a person’s approved request becomes a certificate of the authority, for a year', () => {
    const bench = sign(request('jane', PERSON_REQUEST, {}, [approved]))
    expect(bench.takeLines()).toEqual([`update ${KIND}/status jane`])
    const certificate = new X509Certificate(certificateOf(bench, 'jane'))
    const authority = new X509Certificate(authorityCertificate())
    expect(certificate.subject).toBe('O=dev\nCN=jane')
    expect(certificate.issuer).toBe('CN=kubernetes')
    expect(certificate.verify(authority.publicKey)).toBe(true)
    expect(certificate.checkIssued(authority)).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(certificate.validFrom).toBe('Dec 31 23:55:00 2025 GMT')
    expect(certificate.validTo).toBe('Dec 31 23:55:00 2026 GMT')
    expect(authority.verify(authority.publicKey)).toBe(true)
    expect(authority.ca).toBe(true)
  })

  test('a kubelet’s names stand in the certificate that it serves with', () => {
    const usages = ['server auth', 'digital signature', 'key encipherment']
    const spec = { signerName: 'kubernetes.io/kubelet-serving', usages }
    const bench = sign(request('serving', KUBELET_SERVING_REQUEST, spec, [approved]))
    const certificate = new X509Certificate(certificateOf(bench, 'serving'))
    expect(certificate.subjectAltName).toBe('DNS:node-1, IP Address:172.16.0.10, IP Address:FD00:0:0:0:0:0:0:1')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  test.each([
    ['less than the least', 60, minutes(10)],
    ['little', 3600, hours(1)],
    ['a day', 86_400, hours(24) - minutes(5)],
    ['more than a year', 400 * 86_400, hours(8760) - minutes(5)],
  ])('a request for %s is granted as far as it may be', (_, expirationSeconds, length) => {
    const bench = sign(request('jane', PERSON_REQUEST, { expirationSeconds }, [approved]))
    const end = notAfterOf(certificateOf(bench, 'jane')) ?? 0
    expect(Math.round(end / 1e6)).toBe(length / 1e6)
  })

  test.each<[string, string, Spec, string]>([
    [
      'a person as kubelet',
      PERSON_REQUEST,
      { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' },
      'subject organization is not system:nodes',
    ],
    [
      'a kubelet with names',
      KUBELET_SERVING_REQUEST,
      { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' },
      'DNS subjectAltNames are not allowed',
    ],
    [
      'a serving kubelet without names',
      KUBELET_CLIENT_REQUEST,
      { signerName: 'kubernetes.io/kubelet-serving' },
      'DNS or IP subjectAltName is required',
    ],
    [
      'a kubelet for another purpose',
      KUBELET_CLIENT_REQUEST,
      { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['server auth', 'digital signature'] },
      'usages did not match [client auth digital signature key encipherment]',
    ],
    ['a server', PERSON_REQUEST, { usages: ['server auth'] }, 'invalid usage for client certificate: server auth'],
    [
      'nobody',
      PERSON_REQUEST,
      { usages: ['digital signature'] },
      'missing required usage for client certificate: client auth',
    ],
  ])('%s gets none and is told why', (_, pem, spec, message) => {
    const bench = sign(request('bad', pem, spec, [approved]))
    expect(certificateOf(bench, 'bad')).toBe('')
    const failed = bench.get(KIND, undefined, 'bad')?.status?.conditions?.find(({ type }) => type === 'Failed')
    expect(failed).toMatchObject({ status: 'True', reason: 'SignerValidationFailure', message })
    expect(bench.takeLines()).toHaveLength(1)
  })

  test('what is not approved, is denied, belongs to another signer or is signed already is left alone', () => {
    const denied = { ...approved, type: 'Denied' }
    const bench = sign(
      request('pending', PERSON_REQUEST, {}),
      request('denied', PERSON_REQUEST, {}, [approved, denied]),
      request('foreign', PERSON_REQUEST, { signerName: 'example.com/mine' }, [approved]),
    )
    expect(bench.takeLines()).toEqual([])
  })

  test('who has not the key that he names gets none: one bit of the request is turned', () => {
    const bytes = Buffer.from(PERSON_REQUEST.split('\n').slice(1, -1).join(''), 'base64')
    const name = bytes.indexOf('jane')
    bytes.write('june', name)
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    const bench = sign(request('stolen', pem, {}, [approved]))
    expect(certificateOf(bench, 'stolen')).toBe('')
    expect(bench.takeLines()).toEqual([])
  })

  test('the same seed signs the same certificate', () => {
    const once = (): string => certificateOf(sign(request('jane', PERSON_REQUEST, {}, [approved])), 'jane')
    expect(once()).toBe(once())
  })
})

describe('approving', () => {
  const KUBELET: Spec = {
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    username: 'system:bootstrap:abcdef',
    groups: ['system:bootstrappers'],
  }
  const approve = (spec: Spec, allows: (subresource: string) => boolean, pem = KUBELET_CLIENT_REQUEST) => {
    const bench = controllerBench(certificateApprovingController).given(request('node', pem, spec))
    const asked: string[] = []
    bench.truth.allows = (review) => {
      const { subresource } = (review as { resourceAttributes: { subresource: string } }).resourceAttributes
      asked.push(subresource)
      return allows(subresource)
    }
    // The second attempt would come after 200 ms.
    bench.show().run(millis(100))
    return { asked, condition: bench.get(KIND, undefined, 'node')?.status?.conditions?.[0] }
  }

  test('a new kubelet’s request is approved if its bootstrapper may', () => {
    const { asked, condition } = approve(KUBELET, () => true)
    expect(asked).toEqual(['nodeclient'])
    expect(condition).toMatchObject({ type: 'Approved', reason: 'AutoApproved' })
    expect(condition?.message).toBe('Auto approving kubelet client certificate after SubjectAccessReview.')
  })
  test('a kubelet that renews its own is asked about as itself first', () => {
    const spec = { ...KUBELET, username: 'system:node:node-1' }
    expect(approve(spec, (sub) => sub === 'selfnodeclient').condition?.message).toContain('self kubelet')
    expect(approve(spec, (sub) => sub === 'nodeclient').asked).toEqual(['selfnodeclient', 'nodeclient'])
  })
  test('nobody is approved who may not, nor what is no kubelet’s', () => {
    expect(approve(KUBELET, () => false)).toEqual({ asked: ['nodeclient'], condition: undefined })
    expect(approve(KUBELET, () => true, PERSON_REQUEST)).toEqual({ asked: [], condition: undefined })
    expect(approve({ ...KUBELET, signerName: 'kubernetes.io/kube-apiserver-client' }, () => true).asked).toEqual([])
  })
  test('who is given the right later is approved then', () => {
    let may = false
    const bench = controllerBench(certificateApprovingController).given(
      request('node', KUBELET_CLIENT_REQUEST, KUBELET),
    )
    bench.truth.allows = () => may
    bench.show().run(seconds(10))
    expect(bench.get(KIND, undefined, 'node')?.status?.conditions).toEqual([])
    may = true
    bench.run(seconds(60))
    expect(bench.get(KIND, undefined, 'node')?.status?.conditions).toHaveLength(1)
  })
})

describe('cleaning', () => {
  const left = (given: readonly Given[], after: number): readonly string[] =>
    controllerBench(certificateCleanerController)
      .given(...given)
      .show()
      .run(after)
      .list(KIND)
      .map(({ metadata }) => metadata.name)
  const issued = certificateOf(sign(request('jane', PERSON_REQUEST, { expirationSeconds: 600 }, [approved])), 'jane')
  const withCertificate = (given: Given): Given => ({
    ...given,
    ...{ status: { ...(given as { readonly status?: object }).status, certificate: toBase64(issued) } },
  })
  const all = [
    request('pending', PERSON_REQUEST, {}),
    request('approved', PERSON_REQUEST, {}, [approved]),
    request('denied', PERSON_REQUEST, {}, [{ ...approved, type: 'Denied' }]),
    request('failed', PERSON_REQUEST, {}, [approved, { ...approved, type: 'Failed' }]),
    withCertificate(request('issued', PERSON_REQUEST, {}, [{ ...approved, lastUpdateTime: '2026-01-01T02:30:00Z' }])),
  ]

  test('each goes at its time: verdicts after an hour, certificates when they end, the pending after a day', () => {
    expect(left(all, minutes(59))).toEqual(['pending', 'approved', 'denied', 'failed', 'issued'])
    // The certificate of ten minutes has ended; its approval is from later.
    expect(left(all, hours(1) + seconds(1))).toEqual(['pending', 'approved'])
    expect(left(all, hours(23) + seconds(1))).toEqual(['pending', 'approved'])
    expect(left(all, hours(24) + seconds(1))).toEqual(['approved'])
  })
})
