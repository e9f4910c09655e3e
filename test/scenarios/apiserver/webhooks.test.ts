/**
 * Goal: admission webhooks are asked, believed and waited for as upstream does; where nobody can be reached, their failure policy
 * decides.
 * Method: a server whose webhooks are called by the test, which answers `WebhookCalled`; and one whose webhooks nobody calls.
 */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/events/time.ts'
import { toBase64 } from '../../../src/kubernetes/base64.ts'
import { ControlPlane, serverId, type Answered } from './control-plane.ts'

const RULES = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }]
const URL = 'https://hook.example.com/v'

const hook = (more: object = {}): object => ({
  name: 'w.example.com',
  clientConfig: { url: URL },
  rules: RULES,
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  timeoutSeconds: 5,
  ...more,
})

const start = (kind: 'Validating' | 'Mutating', webhook: object, callsWebhooks: boolean): ControlPlane => {
  const plane = new ControlPlane({ apiServer: { callsWebhooks } })
  plane.namespace('a')
  plane.made(`${kind}WebhookConfiguration`, undefined, { metadata: { name: 'w' }, webhooks: [webhook] })
  plane.run(seconds(1))
  return plane
}

const body = { metadata: { name: 'c' }, data: { k: 'v' } }

/** Creates a ConfigMap and answers the webhook that is called for it; undefined: not at all. */
const create = (plane: ControlPlane, response: object | undefined): Answered => {
  const request = plane.send({ verb: 'create', kind: 'ConfigMap', namespace: 'a', body })
  plane.runUntil(() => plane.of('WebhookCalled').length > 0 || plane.answer(request) !== undefined)
  const called = plane.of('WebhookCalled').at(-1)?.data
  if (called !== undefined && response !== undefined) {
    const { request: asked } = called.review as { readonly request: { readonly uid: string } }
    const review = {
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      response: { uid: asked.uid, ...response },
    }
    plane.kernel.input('WebhookAnswered', { call: called.call, review }, serverId(1))
  }
  plane.runUntil(() => plane.answer(request) !== undefined)
  const answer = plane.answer(request)
  if (answer === undefined) throw new Error('answered')
  return answer
}

describe('a webhook that somebody calls', () => {
  test('is told what is written, and lets it pass with a warning', () => {
    const plane = start('Validating', hook(), true)
    const answer = create(plane, { allowed: true, warnings: ['careful'] })
    expect(answer.code).toBe(201)
    expect(answer.event.data.warnings).toEqual(['careful'])
    const [called] = plane.of('WebhookCalled')
    expect(called?.data.url).toBe(`${URL}?timeout=5s`)
    expect(called?.data.review).toMatchObject({
      request: {
        operation: 'CREATE',
        name: 'c',
        namespace: 'a',
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        object: { data: { k: 'v' } },
        userInfo: { username: 'alice' },
      },
    })
  })

  test('refuses with its own words', () => {
    const plane = start('Validating', hook(), true)
    const answer = create(plane, { allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no' } })
    expect(answer.code).toBe(403)
    expect(answer.status?.message).toBe('admission webhook "w.example.com" denied the request: no')
    expect(plane.exists('ConfigMap', 'a', 'c')).toBe(false)
  })

  test('changes what is written', () => {
    const plane = start('Mutating', hook(), true)
    const patch = toBase64(JSON.stringify([{ op: 'add', path: '/data/seen', value: 'yes' }]))
    expect(create(plane, { allowed: true, patchType: 'JSONPatch', patch }).code).toBe(201)
    expect(plane.read('ConfigMap', 'a', 'c').data).toEqual({ k: 'v', seen: 'yes' })
  })

  test('that only takes the older reviews gets those, and need not say which it answers', () => {
    const plane = start('Validating', hook({ admissionReviewVersions: ['v2', 'v1beta1', 'v1'] }), true)
    expect(create(plane, { uid: 'another', allowed: true }).code).toBe(201)
    expect(plane.of('WebhookCalled')[0]?.data.review).toMatchObject({ apiVersion: 'admission.k8s.io/v1beta1' })
  })

  test('may only change what is written if it is a mutating one, and nothing that goes', () => {
    const patch = toBase64(JSON.stringify([{ op: 'add', path: '/data/seen', value: 'yes' }]))
    const judged = create(start('Validating', hook(), true), { allowed: true, patchType: 'JSONPatch', patch })
    expect(judged.status?.message).toBe(
      'Internal error occurred: failed calling webhook "w.example.com": received invalid webhook response: validating webhook may not return response.patch',
    )
    const rules = [{ ...RULES[0], operations: ['DELETE'] }]
    const plane = start('Mutating', hook({ rules }), true)
    plane.made('ConfigMap', 'a', body)
    const request = plane.send({ verb: 'delete', kind: 'ConfigMap', namespace: 'a', name: 'c' })
    plane.runUntil(() => plane.of('WebhookCalled').length > 0)
    const called = plane.of('WebhookCalled').at(-1)?.data
    const { uid } = (called?.review as { readonly request: { readonly uid: string } }).request
    const response = { uid, allowed: true, patchType: 'JSONPatch', patch }
    const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response }
    plane.kernel.input('WebhookAnswered', { call: called?.call ?? '', review }, serverId(1))
    plane.runUntil(() => plane.answer(request) !== undefined)
    expect(plane.answer(request)?.status?.message).toBe(
      'Internal error occurred: admission webhook "w.example.com" attempted to modify the object, which is not supported for this operation',
    )
  })

  test('that does not answer in time fails the request, or is passed over', () => {
    const failing = create(start('Validating', hook(), true), undefined)
    expect(failing.code).toBe(500)
    expect(failing.status?.message).toContain('context deadline exceeded')
    const ignored = start('Validating', hook({ failurePolicy: 'Ignore' }), true)
    const before = ignored.now
    expect(create(ignored, undefined).code).toBe(201)
    expect(ignored.now - before).toBeGreaterThanOrEqual(seconds(5))
  })

  test('is not asked about what it does not match', () => {
    const plane = start('Validating', hook({ namespaceSelector: { matchLabels: { no: 'such' } } }), true)
    expect(create(plane, undefined).code).toBe(201)
    expect(plane.of('WebhookCalled')).toEqual([])
  })
})

test('webhooks that nobody calls fail as a dial fails, or are passed over', () => {
  const local = { clientConfig: { url: 'https://127.0.0.1:1/x' } }
  expect(create(start('Validating', hook(local), false), undefined).status?.message).toBe(
    'Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=5s": dial tcp 127.0.0.1:1: connect: connection refused',
  )
  const service = { clientConfig: { service: { namespace: 'a', name: 'none', path: '/v' } } }
  expect(create(start('Mutating', hook(service), false), undefined).status?.message).toContain(
    'Post "https://none.a.svc:443/v?timeout=5s": service "none" not found',
  )
  expect(create(start('Validating', hook({ ...local, failurePolicy: 'Ignore' }), false), undefined).code).toBe(201)
})
