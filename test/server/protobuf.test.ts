/**
 * Goal: what is written in protobuf is what Go reads, and nothing is lost on the way.
 * Method: answers that a real kube-apiserver gave in protobuf are read and written again; recorded objects of all kinds, and
 * random ones with every field that the schema has, are written and read back. Watches in protobuf and headers that prefer it
 * are tried over a connection.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kindsInSchema, definition, type Definition, type FieldType } from '../../src/kubernetes/schema/reader.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import { fieldsOf } from '../../src/server/protobuf/wire.ts'
import { decodeEnvelope } from '../../src/server/protobuf/messages.ts'
import { encodeEnvelope } from '../../src/server/protobuf/encode.ts'
import { isMembers } from './transcripts/translation.ts'
import { arrivals } from './arrivals.ts'
import { configMap, CONFIG_MAPS, json, listening, type Stand } from './support.ts'
import { FOLDER, hasTranscripts, readTheme, type Exchange } from './transcripts/recording.ts'

const why = 'recordings of a real API server are not beside the project (../shared/oracles/api)'
const titled = (name: string): string => (hasTranscripts ? name : `${name} (left out: ${why})`)

const exchangesOf = (theme: string): readonly Exchange[] =>
  readTheme(FOLDER, theme).steps.flatMap((one) => (one.step === 'exchange' ? [one.exchange] : []))

/** Without what protobuf does not keep apart: absent, null, empty and zero. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => bare(item) ?? {})
  if (isMembers(value)) {
    const members = Object.entries(value)
      .map(([name, member]): [string, unknown] => [name, bare(member)])
      .filter(([, member]) => member !== undefined)
    return members.length === 0 ? undefined : Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  return value === '' || value === 0 || value === false || value === null ? undefined : value
}

const written = (object: unknown): Buffer => {
  const bytes = encodeEnvelope(object)
  expect(bytes).toBeDefined()
  return bytes ?? Buffer.alloc(0)
}

test.runIf(hasTranscripts)(titled('recorded answers in protobuf are read, and written as they were read'), () => {
  const themes = ['discovery', 'errors', 'kubectl-static', 'kubectl-workloads']
  const answers = themes.flatMap(exchangesOf).flatMap(({ response }) => response.bodyBase64 ?? [])
  const kinds = new Set<string>()
  for (const answer of answers.map((text) => Buffer.from(text, 'base64'))) {
    if (!answer.subarray(0, 4).equals(Buffer.from('k8s\0'))) continue
    const read = decodeEnvelope(answer)
    expect(bare(decodeEnvelope(written(read)))).toEqual(bare(read))
    kinds.add(String(read['kind']))
  }
  expect([...kinds]).toEqual(expect.arrayContaining(['APIVersions', 'ConfigMapList', 'Status', 'Pod', 'EventList']))
  expect(kinds.size).toBeGreaterThan(20)
})

test('the items of a list are messages of their own', () => {
  const items = [{ metadata: { name: 'a' }, data: { k: 'v' } }, { metadata: { name: 'b' } }]
  const list = written({ apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '7' }, items })
  const [first] = items
  const one = written({ apiVersion: 'v1', kind: 'ConfigMap', ...first })
  const content = one.subarray(one.indexOf('ConfigMap') + 'ConfigMap'.length + 2, -4)
  expect(list.includes(content)).toBe(true)
  expect(decodeEnvelope(list)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMapList',
    metadata: { resourceVersion: '7' },
    items,
  })
})

test.runIf(hasTranscripts)(titled('objects of every kind come back as they went'), () => {
  const kinds = new Set<string>()
  for (const { response } of exchangesOf('crud')) {
    const { body } = response
    if (!isMembers(body) || !isMembers(body['metadata']) || !('uid' in body['metadata'])) continue
    const bytes = encodeEnvelope(body)
    if (bytes === undefined) continue
    kinds.add(String(body['kind']))
    expect(bare(decodeEnvelope(bytes)), String(body['kind'])).toEqual(bare(body))
  }
  expect(kinds.size).toBeGreaterThan(45)
})

/** Structures of v1.36 whose fields' numbers are in no source that is at hand. */
const WITHOUT_NUMBERS = ['core/v1.VolumeStatus', 'core/v1.NodeAllocatableResourceClaimStatus', 'meta/v1.ShardInfo']

/** Any value of a type that isn't its zero; deep in a structure only what must be there. */
const sample = (type: FieldType, depth: number, draw: (below: number) => number): unknown => {
  switch (type.form) {
    case 'ref':
      return sampleOf(definition(type.name), depth + 1, draw)
    case 'list':
      return Array.from({ length: 1 + draw(2) }, () => sample(type.of, depth, draw))
    case 'map':
      return Object.fromEntries(
        Array.from({ length: 1 + draw(2) }, (_, i) => [`key-${i}`, sample(type.of, depth, draw)]),
      )
    case 'scalar':
      break
  }
  switch (type.scalar) {
    case 's':
      return ['a', 'Länge', 'x'.repeat(300), '{"a":1}'][draw(4)]
    case 'b':
      return true
    case 'i':
      return [1, -1, 0x7fffffff, -0x80000000][draw(4)]
    case 'l':
      return [1, -1, 2 ** 40 + 1, -(2 ** 50)][draw(4)]
    case 'n':
      return [0.5, -1e300][draw(2)]
    case 'y':
      return Buffer.from([0, 255, draw(256)]).toString('base64')
    case 't':
      return '2026-11-21T14:00:00Z'
    case 'u':
      return '2026-11-21T14:00:00.000123Z'
    case 'q':
      return '1500m'
    case 'x':
      return ['http', 80, -1][draw(3)]
    case 'o':
      return { a: [1, { b: 'c' }] }
    case 'j':
      return [{ a: 1 }, 'text', 7, [true]][draw(4)]
  }
}

const sampleOf = (
  structure: Definition | undefined,
  depth: number,
  draw: (below: number) => number,
): Record<string, unknown> => {
  const fields = [...(structure?.fields.values() ?? [])].filter(({ name }) => name !== 'apiVersion' && name !== 'kind')
  const object: Record<string, unknown> = {}
  for (const { name, type } of fields) {
    if (WITHOUT_NUMBERS.some((missing) => JSON.stringify(type).includes(missing))) continue
    if (depth > 4 && (draw(4) > 0 || JSON.stringify(type).includes('ref'))) continue
    object[name] = subschema(structure, name, depth, draw) ?? sample(type, depth, draw)
  }
  return object
}

/** Where the table says `any JSON`, a schema takes less. */
const subschema = (
  structure: Definition | undefined,
  name: string,
  depth: number,
  draw: (below: number) => number,
): unknown => {
  if (structure?.name !== 'apiextensions/v1.JSONSchemaProps') return undefined
  const schema = (): unknown => (depth > 4 ? { type: 'string' } : sampleOf(structure, depth + 1, draw))
  if (name === 'items') return draw(2) === 0 ? schema() : [schema(), { type: 'integer' }]
  if (name.startsWith('additional')) return draw(2) === 0 ? schema() : true
  return name === 'dependencies' ? { a: schema(), b: ['c', 'd'] } : undefined
}

test('random objects of every kind come back as they went, whatever fields they have', () => {
  const kinds = [...kindsInSchema()].filter(([kind]) => /^[^/]*\/v\d+\//.test(kind) && !kind.startsWith('meta.k8s.io/'))
  expect(kinds.length).toBeGreaterThan(60)
  const random = fc.record({ kind: fc.constantFrom(...kinds), seed: fc.integer({ min: 1, max: 0x7fffffff }) })
  const check = ([path, name]: readonly [string, string], seed: number): void => {
    let state = seed
    const draw = (below: number): number => {
      state = (state * 48271) % 0x7fffffff
      return state % below
    }
    const [group = '', version = '', kind = ''] = path.split('/')
    const apiVersion = group === '' ? version : `${group}/${version}`
    const object = { ...sampleOf(definition(name), 0, draw), apiVersion, kind }
    const bytes = encodeEnvelope(object)
    expect(bytes, `${path} has numbers for all its fields`).toBeDefined()
    expect(decodeEnvelope(bytes ?? Buffer.alloc(0))).toEqual(object)
  }
  for (const kind of kinds) check(kind, 7)
  fc.assert(
    fc.property(random, ({ kind, seed }) => check(kind, seed)),
    { numRuns: 300 },
  )
})

test('what has no number is told in JSON, and left out of a watch', () => {
  const image = { name: 'v', mountPath: '/v', volumeStatus: { image: { imageRef: 'x' } } }
  const status = { containerStatuses: [{ name: 'c', image: 'i', volumeMounts: [image] }] }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status }
  expect(encodeEnvelope(pod)).toBeUndefined()
  expect(decodeEnvelope(encodeEnvelope(pod, true) ?? Buffer.alloc(0))).toMatchObject({ metadata: { name: 'p' } })
})

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const METADATA = `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`
const BOATS = '/apis/sea.example.com/v1/namespaces/default/boats'

let stand: Stand

beforeAll(async () => {
  stand = await listening()
  const boats = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'boats.sea.example.com' },
    spec: {
      group: 'sea.example.com',
      scope: 'Namespaced',
      names: { plural: 'boats', kind: 'Boat' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  }
  await stand.client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap('first', { a: '1' })) })
  await stand.client.call({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    ...json(boats),
  })
  stand.cluster.run(seconds(1))
  await stand.client.call({
    method: 'POST',
    path: BOATS,
    ...json({ apiVersion: 'sea.example.com/v1', kind: 'Boat', metadata: { name: 'argo' } }),
  })
})

afterAll(() => stand.close())

const get = (path: string, accept: string) => stand.client.call({ method: 'GET', path, headers: { accept } })

test.each([
  [`${PROTOBUF},application/json`, PROTOBUF],
  [`application/json,${PROTOBUF}`, 'application/json'],
  [`${PROTOBUF};q=0.5,application/json`, 'application/json'],
  [`application/yaml;q=0.9,${PROTOBUF}`, PROTOBUF],
  [`${METADATA},application/json`, PROTOBUF],
  [`${PROTOBUF};as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=v1`, 'application/json'],
])('of `%s` the best that can be had is answered: %s', async (accept, type) => {
  expect((await get(CONFIG_MAPS, accept)).headers['content-type']).toBe(type)
})

test('a list and its metadata are the same in protobuf as in JSON', async () => {
  for (const path of [CONFIG_MAPS, '/api/v1/namespaces', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions']) {
    const inJson = JSON.parse((await get(path, 'application/json')).body.toString()) as Record<string, unknown>
    const { kind, items } = decodeEnvelope((await get(path, PROTOBUF)).body)
    expect(bare({ kind, items })).toEqual(bare({ kind: inJson['kind'], items: inJson['items'] }))
  }
  const metadata = decodeEnvelope((await get(BOATS, METADATA)).body)
  expect(metadata).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'argo' } }] })
})

test('custom objects are not to be had in protobuf', async () => {
  expect((await get(BOATS, PROTOBUF)).code).toBe(406)
  expect((await get(`${BOATS}?watch=1`, `${PROTOBUF};stream=watch`)).code).toBe(406)
  expect((await get(BOATS, `${PROTOBUF},application/json`)).headers['content-type']).toBe('application/json')
})

test('what is watched comes in frames, each with its length, a WatchEvent and an object in its envelope', async () => {
  const path = `${CONFIG_MAPS}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`
  const { head, stream, bytes } = await stand.client.bytes({
    method: 'GET',
    path,
    headers: { accept: `${PROTOBUF};stream=watch,application/json` },
  })
  expect(head['content-type']).toBe(`${PROTOBUF};stream=watch`)
  await stand.client.call({ method: 'DELETE', path: `${CONFIG_MAPS}/first` })
  await arrivals()
  stream.close()
  const told = framesIn(bytes())
  expect(told.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK', 'DELETED'])
  expect(told.map(({ object }) => object)).toMatchObject([
    { kind: 'ConfigMap', metadata: { name: 'first' }, data: { a: '1' } },
    { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    { kind: 'ConfigMap', metadata: { name: 'first' } },
  ])
})

test('what goes wrong in a watch is told in a frame; one in YAML is refused', async () => {
  const old = await listening({ watchCache: false })
  try {
    old.cluster.run(minutes(11))
    const { bytes } = await old.client.bytes({
      method: 'GET',
      path: `${CONFIG_MAPS}?watch=1&resourceVersion=1`,
      headers: { accept: PROTOBUF },
    })
    await arrivals()
    expect(framesIn(bytes())).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410 } }])
    expect((await get(`${CONFIG_MAPS}?watch=1`, 'application/yaml')).code).toBe(406)
  } finally {
    await old.close()
  }
})

const framesIn = (bytes: Buffer): readonly { readonly type: string; readonly object: unknown }[] => {
  const frames: { type: string; object: unknown }[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const event = fieldsOf(bytes.subarray(at + 4, at + 4 + length))
    const extension = fieldsOf(event.find(({ number }) => number === 2)?.bytes ?? Buffer.alloc(0))
    const raw = Buffer.from(extension.find(({ number }) => number === 1)?.bytes ?? Buffer.alloc(0))
    frames.push({
      type: Buffer.from(event.find(({ number }) => number === 1)?.bytes ?? []).toString(),
      object: decodeEnvelope(raw),
    })
    at += 4 + length
  }
  return frames
}
