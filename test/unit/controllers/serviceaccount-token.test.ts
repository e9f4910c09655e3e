/**
 * Goal: a Secret for an account's token is filled once, goes with its account, and is taken off the account's list when it
 * goes; tokens that made themselves and that nobody has used for a year are marked, and a year later deleted; others never.
 * Method: the calls that the two controllers leave for given views, and what the Secrets then hold.
 */
import { describe, expect, test } from 'vitest'
import { legacyTokenCleaner } from '../../../src/actors/controllers/legacy-serviceaccount-token-cleaner/legacy-serviceaccount-token-cleaner.ts'
import { serviceAccountTokenController } from '../../../src/actors/controllers/serviceaccount-token/serviceaccount-token.ts'
import { hours, seconds } from '../../../src/events/time.ts'
import { fromBase64, toBase64 } from '../../../src/kubernetes/base64.ts'
import { isSigned } from '../../../src/kubernetes/service-account-tokens/signing-key.ts'
import type { Secret } from '../../../src/kubernetes/types/core.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'

const account = (name: string, parts: object = {}, uid = `uid-${name}`): Given =>
  ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'default', uid }, ...parts }) as Given

const secret = (name: string, of: string, metadata: object = {}, parts: object = {}): Given =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default', annotations: { 'kubernetes.io/service-account.name': of }, ...metadata },
    type: 'kubernetes.io/service-account-token',
    ...parts,
  }) as Given

const secretOf = (b: ControllerBench, name: string): Secret | undefined => b.get('Secret', 'default', name)

describe('serviceaccount-token-controller', () => {
  const bench = (...given: readonly Given[]): ControllerBench =>
    controllerBench(serviceAccountTokenController)
      .given(...given)
      .show()
      .run(seconds(1))

  test('fills in token, namespace and certificate, and says whose it is', () => {
    const b = bench(account('builder'), secret('key', 'builder', {}, { data: { own: 'a2VwdA==' } }))
    expect(b.takeLines()).toEqual(['get Secret key', 'update Secret key'])
    const { data = {}, metadata } = secretOf(b, 'key') ?? { metadata: undefined }
    expect(Object.keys(data).sort()).toEqual(['ca.crt', 'namespace', 'own', 'token'])
    expect(fromBase64(data['namespace'] ?? '')).toBe('default')
    expect(metadata?.annotations?.['kubernetes.io/service-account.uid']).toBe('uid-builder')
    const [header = '', claims = '', signature = ''] = fromBase64(data['token'] ?? '').split('.')
    expect(isSigned(`${header}.${claims}`, signature)).toBe(true)
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 'key',
      'kubernetes.io/serviceaccount/service-account.name': 'builder',
      'kubernetes.io/serviceaccount/service-account.uid': 'uid-builder',
      sub: 'system:serviceaccount:default:builder',
    })
    b.run(seconds(10))
    expect(b.takeLines()).toEqual([])
  })

  test('keeps a token that is there and puts the certificate right', () => {
    const data = { token: toBase64('mine'), namespace: toBase64('default'), 'ca.crt': toBase64('old') }
    const b = bench(account('builder'), secret('key', 'builder', {}, { data }))
    expect(fromBase64(secretOf(b, 'key')?.data?.['token'] ?? '')).toBe('mine')
    expect(fromBase64(secretOf(b, 'key')?.data?.['ca.crt'] ?? '')).toContain('BEGIN CERTIFICATE')
  })

  test('deletes what belongs to no account, or to an earlier one of that name; other Secrets are none of its business', () => {
    const earlier = {
      annotations: { 'kubernetes.io/service-account.name': 'builder', 'kubernetes.io/service-account.uid': 'earlier' },
    }
    const opaque = { type: 'Opaque' }
    const b = bench(
      account('builder'),
      secret('orphan', 'nobody'),
      secret('old', 'builder', earlier),
      secret('other', 'nobody', {}, opaque),
    )
    expect(b.list('Secret').map(({ metadata }) => metadata.name)).toEqual(['other'])
  })

  test("deletes an account's tokens with it", () => {
    const b = bench(account('builder'), account('tester'), secret('key', 'builder'), secret('kept', 'tester'))
    b.remove('ServiceAccount', 'default', 'builder').show().run(seconds(1))
    expect(b.list('Secret').map(({ metadata }) => metadata.name)).toEqual(['kept'])
  })

  test('an account that only the server knows yet keeps its token', () => {
    const b = controllerBench(serviceAccountTokenController).given(account('builder'), secret('key', 'builder'))
    b.stall('ServiceAccount').show()
    b.run(seconds(1))
    expect(secretOf(b, 'key')?.data?.['token']).toBeDefined()
  })

  test("takes a Secret that is gone off its account's list, also when somebody writes the account meanwhile", () => {
    const b = bench(account('builder', { secrets: [{ name: 'key' }, { name: 'more' }] }), secret('key', 'builder'))
    b.takeLines()
    b.fail('update ServiceAccount', { code: 409, reason: 'Conflict' })
    b.remove('Secret', 'default', 'key').show().run(seconds(2))
    expect(b.get('ServiceAccount', 'default', 'builder')?.secrets).toEqual([{ name: 'more' }])
  })
})

describe('legacy-serviceaccount-token-cleaner', () => {
  const tracking = (since: string): Given =>
    ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
      data: { since },
    }) as Given
  const lists = (...names: readonly string[]): Given => account('builder', { secrets: names.map((name) => ({ name })) })
  const old = { creationTimestamp: '2020-01-01T00:00:00Z' }
  const labelled = (labels: object): object => ({ ...old, labels })
  /** Virtual time begins on 2026-01-01. */
  const bench = (...given: readonly Given[]): ControllerBench =>
    controllerBench(legacyTokenCleaner)
      .given(...given)
      .show()
      .run(seconds(10))
  const MARK = 'kubernetes.io/legacy-token-invalid-since'

  test('marks a token that was never used, one that was used long ago, and deletes what was marked a year ago', () => {
    const b = bench(
      tracking('2024-01-01'),
      lists('never', 'lately', 'long-ago', 'marked', 'marked-lately', 'odd', 'young', 'mounted'),
      secret('never', 'builder', old),
      secret('lately', 'builder', labelled({ 'kubernetes.io/legacy-token-last-used': '2025-06-01' })),
      secret('long-ago', 'builder', labelled({ 'kubernetes.io/legacy-token-last-used': '2024-06-01' })),
      secret('marked', 'builder', labelled({ [MARK]: '2024-12-31' })),
      secret('marked-lately', 'builder', labelled({ [MARK]: '2025-01-01' })),
      secret('odd', 'builder', labelled({ 'kubernetes.io/legacy-token-last-used': 'yesterday' })),
      secret('young', 'builder', { creationTimestamp: '2025-06-01T00:00:00Z' }),
      secret('mounted', 'builder', old),
      secret('by-hand', 'builder', old),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'user', namespace: 'default' },
        spec: { containers: [], volumes: [{ name: 'token', secret: { secretName: 'mounted' } }] },
      } as Given,
    )
    const marks = Object.fromEntries(b.list('Secret').map(({ metadata }) => [metadata.name, metadata.labels?.[MARK]]))
    expect(marks).toEqual({
      never: '2026-01-01',
      'long-ago': '2026-01-01',
      'marked-lately': '2025-01-01',
      lately: undefined,
      odd: undefined,
      young: undefined,
      mounted: undefined,
      'by-hand': undefined,
    })
  })

  test('does nothing until use has been tracked for a year, and looks again each day', () => {
    const b = bench(tracking('2025-01-01'), lists('never'), secret('never', 'builder', old))
    expect(secretOf(b, 'never')?.metadata.labels).toBeUndefined()
    b.run(hours(24))
    expect(secretOf(b, 'never')?.metadata.labels).toEqual({ [MARK]: '2026-01-02' })
  })

  test('asks since when tokens are tracked, and nothing more where there is no such token', () => {
    const asked = ['get ConfigMap kube-apiserver-legacy-service-account-token-tracking']
    expect(bench(tracking('2020-01-01'), lists()).takeLines()).toEqual(asked)
  })
})
