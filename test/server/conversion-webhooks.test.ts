/**
 * Goal: custom resources whose versions a webhook converts are read and written in every version, as with a real API server;
 * what the webhook said is an input, so that the run can be had again without it.
 * Method: a real HTTPS server of the test turns `size` (v1, stored) into `width` and `height` (v2) and back; what clients are
 * answered, what is stored and what the webhook was asked is looked at. A recording of the inputs gives the same digest after
 * the webhook is gone.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordingHeader } from '../../src/cluster/header.ts'
import { seconds } from '../../src/events/time.ts'
import { inputsOf } from '../../src/replay/inputs.ts'
import { reexecute } from '../../src/replay/reexecute.ts'
import { json, listening, type Stand } from './support.ts'
import { webhookServer } from './webhook-server.ts'

interface Box {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly resourceVersion?: string
  }
  readonly size?: string
  readonly width?: number
  readonly height?: number
}
interface Review {
  readonly apiVersion: string
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Box[] }
}

const GROUP = 'shop.example.com'
const [V1, V2] = [`${GROUP}/v1`, `${GROUP}/v2`]
const boxes = (version: string, name = ''): string =>
  `/apis/${version}/namespaces/default/boxes${name === '' ? '' : `/${name}`}`

const convertBox = (box: Box, apiVersion: string): Box => {
  const { size, width, height, ...rest } = box
  if (apiVersion === V1) return { ...rest, apiVersion, size: `${width}x${height}` }
  const [w, h] = (size ?? '').split('x').map(Number)
  return { ...rest, apiVersion, width: w ?? 0, height: h ?? 0 }
}
const converting = ({ apiVersion, request: { uid, desiredAPIVersion, objects } }: Review): object => ({
  apiVersion,
  kind: 'ConversionReview',
  response: {
    uid,
    result: { status: 'Success' },
    convertedObjects: objects.map((box) => convertBox(box, desiredAPIVersion)),
  },
})

let respond: (review: Review) => object = converting
const asked: Review[] = []
const server = webhookServer((_, text) => {
  const review = JSON.parse(text) as Review
  asked.push(review)
  return respond(review)
})

const integer = { type: 'integer' }
const version = (name: string, properties: object): object => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object', properties } },
})
const definition = (clientConfig: object): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `boxes.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'boxes', kind: 'Box' },
    conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig } },
    versions: [
      version('v1', { size: { type: 'string' } }),
      version('v2', { width: { ...integer, minimum: 1 }, height: integer, unit: { type: 'string', default: 'cm' } }),
    ],
  },
})

let stand: Stand
beforeEach(async () => {
  respond = converting
  asked.length = 0
  stand = await listening({ nodes: 0, callsWebhooks: true })
  const clientConfig = {
    url: `${server.url}/convert`,
    caBundle: server.caBundle,
  }
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  expect((await stand.client.call({ method: 'POST', path, ...json(definition(clientConfig)) })).code).toBe(201)
  stand.cluster.run(seconds(10))
})
afterEach(() => stand.close())

const call = async (method: string, path: string, body?: unknown, type = 'application/json') => {
  const sent = body === undefined ? {} : { headers: { 'content-type': type }, body: JSON.stringify(body) }
  const answer = await stand.client.call({ method, path, ...sent })
  return { code: answer.code, body: JSON.parse(answer.body.toString()) as Box & Record<string, unknown> }
}
const box = (apiVersion: string, name: string, more: object): object => ({
  apiVersion,
  kind: 'Box',
  metadata: { name },
  ...more,
})
const stored = (name: string): unknown => stand.cluster.get(`boxes.${GROUP}`, 'default', name)

test('what is stored in one version is read in the other, alone and in lists', async () => {
  expect((await call('POST', boxes(V1), box(V1, 'a', { size: '2x3' }))).code).toBe(201)
  expect((await call('POST', boxes(V1), box(V1, 'b', { size: '4x5' }))).code).toBe(201)
  expect(asked).toHaveLength(0)
  const { body } = await call('GET', boxes(V2, 'a'))
  expect(body).toMatchObject({ apiVersion: V2, width: 2, height: 3, unit: 'cm' })
  expect(body).not.toHaveProperty('size')
  expect(asked[0]).toMatchObject({ apiVersion: 'apiextensions.k8s.io/v1', request: { desiredAPIVersion: V2 } })
  const list = await call('GET', boxes(V2))
  expect(list.body).toMatchObject({ kind: 'BoxList', apiVersion: V2, items: [{ width: 2 }, { width: 4, height: 5 }] })
})

test('what is written in another version is checked there, stored as converted and answered as it was sent', async () => {
  const refused = await call('POST', boxes(V2), box(V2, 'a', { width: 0, height: 1 }))
  expect(refused.code).toBe(422)
  const made = await call('POST', boxes(V2), box(V2, 'a', { width: 6, height: 7 }))
  expect(made).toMatchObject({ code: 201, body: { apiVersion: V2, width: 6, height: 7 } })
  expect(stored('a')).toMatchObject({ apiVersion: V1, size: '6x7' })
  const patched = await call('PATCH', boxes(V2, 'a'), { height: 9 }, 'application/merge-patch+json')
  expect(patched).toMatchObject({ code: 200, body: { apiVersion: V2, width: 6, height: 9 } })
  expect(stored('a')).toMatchObject({ size: '6x9' })
  const put = await call('PUT', boxes(V2, 'a'), {
    ...patched.body,
    width: 1,
    metadata: { ...patched.body.metadata, labels: { is: 'new' } },
  })
  expect(put).toMatchObject({ code: 200, body: { width: 1, metadata: { labels: { is: 'new' } } } })
  expect(stored('a')).toMatchObject({ apiVersion: V1, size: '1x9', metadata: { labels: { is: 'new' } } })
  expect((await call('DELETE', boxes(V2, 'a'))).code).toBe(200)
  expect(stored('a')).toBeUndefined()
})

test('a watch tells in its own version, in order, and ends with what cannot be converted', async () => {
  await call('POST', boxes(V1), box(V1, 'a', { size: '2x3' }))
  const { stream } = await stand.client.watch({ method: 'GET', path: `${boxes(V2)}?watch=true` })
  const lines = stream.lines as { type: string; object: Box & { message?: string } }[]
  await expect.poll(() => lines.length).toBe(1)
  await call('POST', boxes(V1), box(V1, 'b', { size: '4x5' }))
  await call('DELETE', boxes(V1, 'a'))
  await expect.poll(() => lines.length).toBe(3)
  expect(lines.map(({ type, object }) => [type, object.apiVersion, object.metadata.name, object.width])).toEqual([
    ['ADDED', V2, 'a', 2],
    ['ADDED', V2, 'b', 4],
    ['DELETED', V2, 'a', 2],
  ])
  respond = () => ({})
  await call('POST', boxes(V1), box(V1, 'c', { size: '6x7' }))
  await expect.poll(() => lines.length).toBe(4)
  expect(lines[3]).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 500 } })
  expect(lines[3]?.object.message).toContain(`conversion webhook for ${V1}, Kind=Box failed: `)
  stream.close()
})

test.each<[string, (review: Review) => object, string]>([
  [
    'a failure with its message',
    ({ apiVersion, request: { uid } }) => ({
      apiVersion,
      kind: 'ConversionReview',
      response: { uid, result: { status: 'Failure', message: 'no idea' } },
    }),
    'failed: no idea',
  ],
  [
    'an answer to another question',
    (review) => converting({ ...review, request: { ...review.request, uid: 'x' } }),
    'failed: expected response.uid=',
  ],
  [
    'too few objects',
    (review) => converting({ ...review, request: { ...review.request, objects: [] } }),
    'returned 0 objects, expected 1',
  ],
  [
    'the wrong version',
    (review) => converting({ ...review, request: { ...review.request, desiredAPIVersion: V1 } }),
    `returned invalid object at index 0: invalid groupVersion (expected ${V2}, received ${V1})`,
  ],
  [
    'another name',
    ({ request, ...rest }) =>
      converting({
        ...rest,
        request: {
          ...request,
          objects: request.objects.map((one) => ({ ...one, metadata: { ...one.metadata, name: 'z' } })),
        },
      }),
    'returned invalid object: must have the same name: a != z',
  ],
])('%s fails the request', async (_what, says, text) => {
  await call('POST', boxes(V1), box(V1, 'a', { size: '2x3' }))
  respond = says
  const { code, body } = await call('GET', boxes(V2, 'a'))
  expect(code).toBe(500)
  expect(body['message']).toContain(`conversion webhook for ${V1}, Kind=Box ${text}`)
})

test('the inputs alone make the same log', async () => {
  await call('POST', boxes(V2), box(V2, 'a', { width: 6, height: 7 }))
  await call('GET', boxes(V2))
  const { cluster } = stand
  const events = [...cluster.log.range(1)]
  const answered = inputsOf(events).filter(
    (input) => input.kind === 'message' && input.message.type === 'WebhookAnswered',
  )
  expect(answered.length).toBe(asked.length)
  expect(asked.length).toBeGreaterThan(1)
  const again = reexecute({ header: recordingHeader(cluster.options), events, checkpoints: [], warnings: [] })
  again.run(cluster.now - again.now)
  expect(again.digest()).toBe(cluster.digest())
})
