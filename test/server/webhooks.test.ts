/**
 * Goal: admission webhooks at real addresses have their say, as with a real API server; what they said is an input, so that
 * the run can be had again without them.
 * Method: a real HTTPS server of the test answers AdmissionReviews for a cluster that is stepped and for one that follows the
 * wall clock at a hundred times its pace; what clients are answered, and what is stored, is looked at. A recording of the
 * inputs gives the same digest after the webhooks are gone.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordingHeader } from '../../src/cluster/header.ts'
import type { ListenOptions } from '../../src/cluster/listen.ts'
import { inputsOf } from '../../src/replay/inputs.ts'
import { reexecute } from '../../src/replay/reexecute.ts'
import { CONFIG_MAPS, configMap, json, listening, type Stand } from './support.ts'
import { webhookServer } from './webhook-server.ts'

interface Review {
  readonly request: {
    readonly uid: string
    readonly operation: string
    readonly name: string
    readonly kind: { readonly version: string; readonly kind: string }
    readonly requestKind: { readonly version: string }
    readonly object: {
      readonly apiVersion: string
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
    }
  }
}
type Respond = (review: { readonly request: { readonly uid: string } }) => object | undefined

/** What the webhook says at each path; undefined: nothing, ever. */
const responses = new Map<string, Respond>()
const asked: Review[] = []

const server = webhookServer((path, text) => {
  const respond = responses.get(path)
  if (respond === undefined) return 'no such hook'
  const review = JSON.parse(text) as Review
  asked.push(review)
  return respond(review)
})

const says =
  (response: object): Respond =>
  ({ request }) => ({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, ...response },
  })

const base64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')

const speeds: readonly NonNullable<ListenOptions['speed']>[] = ['stepped', 100]

describe.each(speeds)('at speed %s', (speed) => {
  let stand: Stand
  beforeEach(async () => {
    responses.clear()
    asked.length = 0
    stand = await listening(
      { nodes: 0, callsWebhooks: true },
      { speed, webhookServices: { 'default/kubernetes': server.url } },
    )
  })
  afterEach(() => stand.close())

  const hook = async (
    kind: 'Mutating' | 'Validating',
    path: string,
    more: object = {},
    client?: object,
  ): Promise<void> => {
    const clientConfig = client ?? { url: `${server.url}${path}`, caBundle: server.caBundle }
    const webhook = {
      name: 'w.example.com',
      clientConfig,
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
      // What controllers write of their own accord comes when it comes.
      matchConditions: [{ name: 'of-clients', expression: "object.metadata.name != 'kube-root-ca.crt'" }],
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      timeoutSeconds: 1,
      ...more,
    }
    const configuration = `${kind}WebhookConfiguration`
    const made = await stand.client.call({
      method: 'POST',
      path: `/apis/admissionregistration.k8s.io/v1/${configuration.toLowerCase()}s`,
      ...json({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: configuration,
        metadata: { name: `hooks${path.replaceAll('/', '-')}` },
        webhooks: [webhook],
      }),
    })
    expect(made.code, made.body.toString()).toBe(201)
  }

  const create = async (
    name: string,
  ): Promise<{ code: number; message: string; warning: unknown; reason: unknown }> => {
    const { code, body, headers } = await stand.client.call({
      method: 'POST',
      path: CONFIG_MAPS,
      ...json(configMap(name)),
    })
    const { message, reason } = JSON.parse(body.toString()) as { message?: string; reason?: string }
    return { code, message: message ?? '', warning: String(headers['warning']), reason }
  }

  /** The recording's inputs alone make the same log. */
  const runsAgain = (): void => {
    const { cluster } = stand
    const events = [...cluster.log.range(1)]
    expect(inputsOf(events).some((input) => input.kind === 'message' && input.message.type === 'WebhookAnswered')).toBe(
      true,
    )
    const again = reexecute({ header: recordingHeader(cluster.options), events, checkpoints: [], warnings: [] })
    again.run(cluster.now - again.now)
    expect(again.digest()).toBe(cluster.digest())
  }

  test('a mutating one adds a label, by address and by Service', async () => {
    const patch = base64([{ op: 'add', path: '/metadata/labels', value: { seen: 'yes' } }])
    responses.set('/label', says({ allowed: true, patchType: 'JSONPatch', patch, warnings: ['careful'] }))
    await hook('Mutating', '/label')
    expect(await create('one')).toMatchObject({ code: 201, warning: '299 - "careful"' })
    expect(stand.cluster.get('ConfigMap', 'default', 'one')?.metadata.labels).toEqual({ seen: 'yes' })
    expect(asked.map(({ request }) => [request.operation, request.name])).toEqual([['CREATE', 'one']])
    responses.set('/other', says({ allowed: true }))
    const service = { namespace: 'default', name: 'kubernetes', path: '/other' }
    await hook('Mutating', '/other', {}, { service, caBundle: server.caBundle })
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'hook', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
    }
    const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
    expect((await stand.client.call({ method: 'POST', path, ...json(slice) })).code).toBe(201)
    expect((await create('two')).message).toBe('')
    expect(asked.map(({ request }) => request.name)).toEqual(['one', 'two', 'two'])
    const elsewhere = { namespace: 'default', name: 'nowhere' }
    await hook('Mutating', '/nowhere', {}, { service: elsewhere })
    expect((await create('three')).message).toContain('service "nowhere" not found')
    runsAgain()
  })

  test('one that wants it is asked again when a later one has changed the object; so are the plugins', async () => {
    const adds = (key: string) => base64([{ op: 'add', path: `/metadata/annotations/${key}`, value: 'yes' }])
    responses.set('/a', says({ allowed: true, patchType: 'JSONPatch', patch: adds('a') }))
    responses.set('/b', says({ allowed: true, patchType: 'JSONPatch', patch: adds('b') }))
    responses.set('/c', says({ allowed: true }))
    await hook('Mutating', '/a', { name: 'a.example.com', reinvocationPolicy: 'IfNeeded' })
    await hook('Mutating', '/b', { name: 'b.example.com', reinvocationPolicy: 'IfNeeded' })
    await hook('Mutating', '/c', { name: 'c.example.com', reinvocationPolicy: 'IfNeeded' })
    const { code } = await stand.client.call({
      method: 'POST',
      path: CONFIG_MAPS,
      ...json({ ...configMap('one'), metadata: { name: 'one', annotations: { own: 'yes' } } }),
    })
    expect(code).toBe(201)
    const seen = asked.map(({ request }) => Object.keys(request.object.metadata.annotations ?? {}).join())
    expect(seen).toEqual(['own', 'own,a', 'own,a,b', 'own,a,b'])
    runsAgain()
  })

  test('custom resources are seen and changed as what they are, in the version that a rule asks for', async () => {
    const version = (name: string, storage: boolean) => ({
      name,
      served: true,
      storage,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
        },
      },
    })
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'boats.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'boats', kind: 'Boat' },
        versions: [version('v1', true), version('v1beta1', false)],
      },
    }
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    expect((await stand.client.call({ method: 'POST', path, ...json(definition) })).code).toBe(201)
    const rule = (apiVersions: readonly string[]) => ({
      rules: [{ operations: ['*'], apiGroups: ['example.com'], apiVersions, resources: ['boats'] }],
    })
    const patch = base64([{ op: 'add', path: '/spec', value: { size: 7, unknown: 1 } }])
    responses.set('/v1', says({ allowed: true, patchType: 'JSONPatch', patch }))
    responses.set('/exact', says({ allowed: true }))
    await hook('Mutating', '/v1', rule(['v1']))
    await hook('Validating', '/exact', { ...rule(['v1beta1']), matchPolicy: 'Exact' })
    const boats = (of: string) => `/apis/example.com/${of}/namespaces/default/boats`
    const boat = (of: string) => ({ apiVersion: `example.com/${of}`, kind: 'Boat', metadata: { name: of } })
    await expect
      .poll(async () => (await stand.client.call({ method: 'GET', path: boats('v1') })).code, { interval: 20 })
      .toBe(200)
    for (const of of ['v1', 'v1beta1']) {
      const made = await stand.client.call({ method: 'POST', path: boats(of), ...json(boat(of)) })
      expect(JSON.parse(made.body.toString())).toMatchObject({ apiVersion: `example.com/${of}`, spec: { size: 7 } })
    }
    const told = asked.map(({ request: { kind, requestKind, object } }) => [
      `${kind.version} ${kind.kind}`,
      requestKind.version,
      object.apiVersion,
    ])
    expect(told).toEqual([
      ['v1 Boat', 'v1', 'example.com/v1'],
      ['v1 Boat', 'v1beta1', 'example.com/v1'],
      ['v1beta1 Boat', 'v1beta1', 'example.com/v1beta1'],
    ])
    runsAgain()
  })

  test('a validating one denies with its code and message', async () => {
    responses.set(
      '/deny',
      says({ allowed: false, status: { code: 418, reason: 'Teapot', message: 'short and stout' } }),
    )
    await hook('Validating', '/deny')
    expect(await create('one')).toMatchObject({
      code: 418,
      reason: 'Teapot',
      message: 'admission webhook "w.example.com" denied the request: short and stout',
    })
    expect(stand.cluster.get('ConfigMap', 'default', 'one')).toBeUndefined()
    runsAgain()
  })

  test('one that does not answer in time fails the request, or is passed over', async () => {
    responses.set('/silent', () => undefined)
    await hook('Validating', '/silent')
    expect(await create('one')).toMatchObject({
      code: 500,
      message: `Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "${server.url}/silent?timeout=1s": context deadline exceeded`,
    })
    await stand.client.call({
      method: 'PATCH',
      path: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hooks-silent',
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]),
    })
    expect((await create('two')).code).toBe(201)
    runsAgain()
  })

  test.each<[string, Respond, object, string]>([
    [
      'an unknown authority',
      says({ allowed: true }),
      { caBundle: undefined },
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'an answer to another question',
      () => says({ allowed: true })({ request: { uid: 'x' } }),
      {},
      'received invalid webhook response: expected response.uid=',
    ],
    [
      'a patch without a type',
      says({ allowed: true, patch: base64('[]') }),
      {},
      'webhook returned response.patch but not response.patchType',
    ],
    [
      'no response',
      () => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }),
      {},
      'webhook response was absent',
    ],
    ['no review', () => ({ hello: 'world' }), {}, `Object 'Kind' is missing in '{"hello":"world"}'`],
  ])('%s fails the request', async (_what, respond, client, text) => {
    responses.set('/bad', respond)
    await hook('Mutating', '/bad', {}, { url: `${server.url}/bad`, caBundle: server.caBundle, ...client })
    const refused = await create('one')
    expect(refused.code).toBe(500)
    expect(refused.message).toContain(text)
  })

  test('one may ask the API itself before it answers', async () => {
    let seen = 0
    responses.set('/asks', says({ allowed: true }))
    await hook('Validating', '/asks')
    const { client } = stand
    const real = responses.get('/asks')
    responses.set('/asks', (review) => {
      void client.call({ method: 'GET', path: CONFIG_MAPS }).then(({ code }) => (seen = code))
      return real?.(review)
    })
    expect((await create('one')).code).toBe(201)
    await expect.poll(() => seen).toBe(200)
  })
})
