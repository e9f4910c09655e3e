/**
 * Goal: webhooks and policies see what is asked of a subresource as the kind that it takes, as upstream's do.
 * Method: a server whose webhooks are called by the test, which lets everything pass and looks at the reviews; the expected members
 * are those of api/admission/v1/types.go (v1.36), which leaves out what is empty, but for objects and options.
 */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/events/time.ts'
import { toBase64 } from '../../../src/kubernetes/base64.ts'
import { ControlPlane, pod, serverId, type Answered, type Call } from './control-plane.ts'

const hook = {
  name: 'w.example.com',
  clientConfig: { url: 'https://hook.example.com/v' },
  rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
}

const template = {
  metadata: { labels: { app: 'd' } },
  spec: { containers: [{ name: 'c', image: 'i' }] },
}
const deployment = {
  metadata: { name: 'd', labels: { app: 'd' } },
  spec: { replicas: 1, selector: { matchLabels: { app: 'd' } }, template },
}

const withHook = (kind: 'Validating' | 'Mutating', more: object = {}): ControlPlane => {
  const plane = new ControlPlane({ apiServer: { callsWebhooks: true } })
  plane.namespace('a')
  plane.made('Deployment', 'a', deployment)
  plane.made('Pod', 'a', pod('p'))
  plane.made(`${kind}WebhookConfiguration`, undefined, { metadata: { name: 'w' }, webhooks: [{ ...hook, ...more }] })
  plane.run(seconds(1))
  return plane
}

interface Asked {
  readonly uid: string
}

/** Makes a call, lets the webhook answer what it is asked, and gives what that was. */
const reviewed = (
  plane: ControlPlane,
  call: Call,
  response: object = { allowed: true },
): { readonly asked: Asked | undefined; readonly answer: Answered } => {
  const request = plane.send(call)
  const before = plane.of('WebhookCalled').length
  plane.runUntil(() => plane.of('WebhookCalled').length > before || plane.answer(request) !== undefined)
  const called = plane.of('WebhookCalled')[before]?.data
  const asked = (called?.review as { readonly request: Asked } | undefined)?.request
  if (called !== undefined) {
    const review = {
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      response: { uid: asked?.uid, ...response },
    }
    plane.kernel.input('WebhookAnswered', { call: called.call, review }, serverId(1))
    plane.runUntil(() => plane.answer(request) !== undefined)
  }
  const answer = plane.answer(request)
  if (answer === undefined) throw new Error('answered')
  return { asked, answer }
}

const at = (kind: 'Deployment' | 'Pod' | 'ServiceAccount', name: string, subresource: string) =>
  ({ kind, namespace: 'a', name, subresource }) as const

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
const DEPLOYMENTS = { group: 'apps', version: 'v1', resource: 'deployments' }

describe('a webhook for subresources', () => {
  test('sees a Scale before and after', () => {
    const plane = withHook('Validating')
    const { uid } = plane.read('Deployment', 'a', 'd').metadata
    const body = { spec: { replicas: 3 } }
    const { asked, answer } = reviewed(plane, {
      ...at('Deployment', 'd', 'scale'),
      verb: 'patch',
      patchType: 'merge',
      body,
    })
    expect(answer.code).toBe(200)
    expect(asked).toEqual({
      uid: expect.any(String) as string,
      kind: SCALE,
      resource: DEPLOYMENTS,
      subResource: 'scale',
      requestKind: SCALE,
      requestResource: DEPLOYMENTS,
      requestSubResource: 'scale',
      name: 'd',
      namespace: 'a',
      operation: 'UPDATE',
      userInfo: { username: 'alice', groups: expect.any(Array) as string[] },
      object: expect.objectContaining({
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: expect.objectContaining({ name: 'd', namespace: 'a', uid }) as object,
        spec: { replicas: 3 },
      }) as object,
      oldObject: expect.objectContaining({ kind: 'Scale', spec: { replicas: 1 } }) as object,
      dryRun: false,
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    })
  })

  test('may set how many replicas there are to be', () => {
    const plane = withHook('Mutating')
    const body = { spec: { replicas: 30 } }
    const patch = toBase64(JSON.stringify([{ op: 'replace', path: '/spec/replicas', value: 5 }]))
    reviewed(
      plane,
      { ...at('Deployment', 'd', 'scale'), verb: 'patch', patchType: 'merge', body },
      { allowed: true, patchType: 'JSONPatch', patch },
    )
    expect(plane.read('Deployment', 'a', 'd').spec).toMatchObject({ replicas: 5, template })
  })

  test('is not asked by the labels of what is scaled, as a Scale has none', () => {
    const plane = withHook('Validating', { objectSelector: { matchLabels: { app: 'd' } } })
    const body = { spec: { replicas: 3 } }
    const call = { verb: 'patch', patchType: 'merge', body } as const
    expect(reviewed(plane, { ...at('Deployment', 'd', 'scale'), ...call }).asked).toBeUndefined()
  })

  test.each([
    ['binding', { target: { name: 'n' } }, { group: '', version: 'v1', kind: 'Binding' }],
    ['eviction', { metadata: { name: 'p' } }, { group: 'policy', version: 'v1', kind: 'Eviction' }],
  ])('sees what is written to pods/%s', (subresource, body, kind) => {
    const plane = withHook('Validating')
    const { asked, answer } = reviewed(plane, { ...at('Pod', 'p', subresource), verb: 'create', body })
    expect(answer.code).toBe(201)
    const apiVersion = kind.group === '' ? 'v1' : `${kind.group}/v1`
    expect(asked).toMatchObject({
      kind,
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: subresource,
      operation: 'CREATE',
      object: { kind: kind.kind, apiVersion, ...body },
      oldObject: null,
      options: { kind: 'CreateOptions' },
    })
  })

  test('sees requests for tokens with their defaults, and may refuse them', () => {
    const plane = withHook('Validating')
    const call = { ...at('ServiceAccount', 'default', 'token'), verb: 'create', body: { spec: {} } } as const
    const { asked, answer } = reviewed(plane, call, { allowed: false, status: { message: 'no' } })
    expect(answer.status?.message).toBe('admission webhook "w.example.com" denied the request: no')
    expect(asked).toMatchObject({
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      name: 'default',
      object: { kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    })
  })

  test('sees what is to be run in a Pod before anybody looks for the Pod', () => {
    const plane = withHook('Validating')
    const body = { stdin: true, tty: true, container: 'c', command: ['sh'] }
    const call = { ...at('Pod', 'nobody', 'exec'), verb: 'get', body } as const
    const { asked, answer } = reviewed(plane, call, { allowed: false, status: { message: 'no', code: 403 } })
    expect(answer.code).toBe(403)
    expect(asked).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      operation: 'CONNECT',
      object: { kind: 'PodExecOptions', apiVersion: 'v1', ...body },
      oldObject: null,
      options: null,
    })
    expect(asked).not.toHaveProperty('object.metadata')
  })

  test('sees how a delete is to be done', () => {
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] }]
    const plane = withHook('Validating', { rules })
    const body = { propagationPolicy: 'Background', gracePeriodSeconds: 5 }
    const { asked } = reviewed(plane, { verb: 'delete', kind: 'Pod', namespace: 'a', name: 'p', body })
    expect(asked).toMatchObject({
      object: null,
      oldObject: { kind: 'Pod' },
      options: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...body },
    })
    expect(asked).not.toHaveProperty('subResource')
  })
})

test('a policy judges a Scale as such', () => {
  const plane = new ControlPlane()
  plane.namespace('a')
  plane.made('Deployment', 'a', deployment)
  const matchConstraints = {
    resourceRules: [
      { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] },
    ],
  }
  const validations = [{ expression: 'object.spec.replicas <= 5', message: 'no more than five' }]
  plane.made('ValidatingAdmissionPolicy', undefined, {
    metadata: { name: 'few' },
    spec: { matchConstraints, validations },
  })
  plane.made('ValidatingAdmissionPolicyBinding', undefined, {
    metadata: { name: 'few' },
    spec: { policyName: 'few', validationActions: ['Deny'] },
  })
  plane.run(seconds(1))
  const scaled = (replicas: number): Answered =>
    plane.call({
      ...at('Deployment', 'd', 'scale'),
      verb: 'patch',
      patchType: 'merge',
      body: { spec: { replicas } },
    })
  expect(scaled(6).status?.message).toBe(
    `deployments.apps "d" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: no more than five`,
  )
  expect(scaled(5).code).toBe(200)
})
