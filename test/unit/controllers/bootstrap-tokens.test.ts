/**
 * Goal: bootstrap tokens end when they say so, and sign what everybody may read of the cluster while they last.
 * Method: tokens of all kinds, time, and the signature that upstream's own test expects.
 */
import { expect, test } from 'vitest'
import { bootstrapSignerController } from '../../../src/actors/controllers/bootstrap/bootstrap-signer.ts'
import { tokenCleanerController } from '../../../src/actors/controllers/bootstrap/token-cleaner.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { toBase64 } from '../../../src/kubernetes/base64.ts'
import { controllerBench, type Given } from '../../support/controller-bench.ts'

const token = (
  id: string,
  values: Readonly<Record<string, string>> = {},
  type = 'bootstrap.kubernetes.io/token',
): Given => {
  const all = {
    'token-id': id,
    'token-secret': 'my voice is my passcode',
    'usage-bootstrap-signing': 'true',
    ...values,
  }
  const data = Object.fromEntries(Object.entries(all).map(([key, value]) => [key, toBase64(value)]))
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    ...{ type, data },
  }
}

const ENDS = '2026-01-01T00:05:00Z'

test('a token goes when it ends; a time that is none has passed; others stay', () => {
  const bench = controllerBench(tokenCleanerController)
    .given(token('ending', { expiration: ENDS }), token('broken', { expiration: 'soon' }), token('always'))
    .given(token('opaque', { expiration: ENDS }, 'Opaque'))
    .show()
    .run(seconds(1))
  const names = (): readonly string[] => bench.list('Secret').map(({ metadata }) => metadata.name.slice(16))
  expect(names()).toEqual(['ending', 'always', 'opaque'])
  bench.run(minutes(4))
  expect(names()).toHaveLength(3)
  bench.run(minutes(1))
  expect(names()).toEqual(['always', 'opaque'])
})

const CONTENT = 'Hello from the other side. I must have called a thousand times.'
const info = (data: Readonly<Record<string, string>>): Given => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cluster-info', namespace: 'kube-public' },
  ...{ data },
})

test('each good token signs; a signature of a token that is gone goes', () => {
  const bench = controllerBench(bootstrapSignerController)
    .given(info({ kubeconfig: CONTENT, 'jws-kubeconfig-lostid': 'e30..x', other: 'kept' }), token('joshua'))
    .given(
      token('mute00', { 'usage-bootstrap-signing': 'false' }),
      token('past00', { expiration: '2025-01-01T00:00:00Z' }),
    )
    .given(token('Bad_id'))
    .show()
    .run(seconds(1))
  const data = bench.get('ConfigMap', 'kube-public', 'cluster-info')?.data
  // Source of the signature: cluster-bootstrap/token/jws/jws_test.go.
  const signature = 'eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8'
  expect(data).toEqual({ kubeconfig: CONTENT, other: 'kept', 'jws-kubeconfig-joshua': signature })
  expect(bench.takeLines()).toEqual(['update ConfigMap cluster-info'])
  bench.remove('Secret', 'kube-system', 'bootstrap-token-joshua').show().run(seconds(1))
  expect(bench.get('ConfigMap', 'kube-public', 'cluster-info')?.data).toEqual({ kubeconfig: CONTENT, other: 'kept' })
})

test('without cluster-info there is nothing to sign', () => {
  const bench = controllerBench(bootstrapSignerController).given(token('joshua')).show().run(minutes(1))
  expect(bench.takeLines()).toEqual([])
})
