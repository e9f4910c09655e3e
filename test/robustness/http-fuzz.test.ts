/**
 * Goal: no request, however wrong, crashes the API, makes it hang, or is answered as if the server were at fault; what came
 * in can be run again from its lines.
 * Method: 20,000 requests drawn from a seed, wrong in every way or in a member or two, as bytes through Node's HTTP parser
 * without sockets, to a cluster whose controllers and node act on what is let in; some hundreds over TLS; and the attacks
 * that have a name, each against its bound. A million: `npm run fuzz`.
 */
import fc from 'fast-check'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchange, fuzz } from '../../scripts/soak/http-fuzz.ts'
import { malformed } from '../../scripts/soak/malformed.ts'
import { seconds } from '../../src/events/time.ts'
import { CONFIG_MAPS, configMap, json, listening, type Stand } from '../server/support.ts'

test('20,000 malformed requests do no harm', async () => {
  const report = await fuzz(20_000, 1)
  expect(report.failures).toEqual([])
  expect(report.codes['hang']).toBeUndefined()
  // The requests are not all refused at the door.
  expect(report.codes['201']).toBeGreaterThan(100)
  expect(report.codes['422']).toBeGreaterThan(100)
  expect(report.slowestMs).toBeLessThan(5000)
}, 240_000)

describe('over sockets', () => {
  let stand: Stand
  beforeAll(async () => {
    stand = await listening()
  })
  afterAll(() => stand.close())

  test('300 malformed requests over TLS', async () => {
    const { url, certificates } = stand.api
    const [user] = Object.values(certificates.users)
    for (const request of fc.sample(malformed, { seed: 7, numRuns: 300 })) {
      const socket = connectTls({ port: Number(new URL(url).port), host: '127.0.0.1', ca: certificates.ca, ...user })
      const answer = await exchange(socket, request)
      expect(answer, request.bytes.toString('latin1').slice(0, 300)).toBeDefined()
      expect(answer).not.toMatch(/^HTTP\/1\.1 500.*(call stack|seq \d)/s)
    }
    expect((await stand.client.call({ method: 'GET', path: '/healthz' })).body.toString()).toBe('ok')
  })

  test('a JSON patch of 10,001 operations is refused', async () => {
    await stand.client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap('patched')) })
    const headers = { 'content-type': 'application/json-patch+json' }
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'add', path: '/data', value: {} }))
    const path = `${CONFIG_MAPS}/patched`
    const refused = await stand.client.call({ method: 'PATCH', path, headers, body: JSON.stringify(operations) })
    expect(refused.code).toBe(413)
    const taken = await stand.client.call({ method: 'PATCH', path, headers, body: JSON.stringify(operations.slice(1)) })
    expect(taken.code).toBe(200)
  })

  test.each([
    ['arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
  ])('%s too deep for any walk are refused', async (_what, body) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await stand.client.call({ method: 'POST', path: CONFIG_MAPS, headers, body })
    expect(answer.code).toBe(400)
    expect(answer.body.toString()).toContain('exceeded max depth')
  })

  test('what is 990 deep is taken, patched, applied, shown and deleted, with a schema as deep', async () => {
    const { client, cluster } = stand
    const nested = (depth: number, leaf: unknown): unknown => (depth === 0 ? leaf : { a: nested(depth - 1, leaf) })
    const schema = (depth: number): unknown =>
      depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: schema(depth - 1) } }
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema(490) } }
    const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    for (const [plural, versions] of [
      ['wells', [version]],
      ['shafts', [{ ...version, schema: { openAPIV3Schema: free } }]],
    ] as const) {
      const spec = { group: 'deep.example.com', scope: 'Cluster', names: { plural, kind: `K${plural}` }, versions }
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.deep.example.com` },
        spec,
      }
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
      expect((await client.call({ method: 'POST', path, ...json(definition) })).code).toBe(201)
    }
    cluster.run(seconds(1))
    const path = '/apis/deep.example.com/v1/shafts'
    const shaft = { apiVersion: 'deep.example.com/v1', kind: 'Kshafts', metadata: { name: 'one' }, a: nested(985, 'x') }
    expect((await client.call({ method: 'POST', path, ...json(shaft) })).code).toBe(201)
    for (const [type, body] of [
      ['merge-patch+json', { a: nested(985, 'y') }],
      ['json-patch+json', [{ op: 'add', path: '/b', value: nested(980, 'y') }]],
      ['apply-patch+yaml', { ...shaft, a: nested(985, 'z') }],
    ] as const) {
      const headers = { 'content-type': `application/${type}` }
      const patched = `${path}/one?fieldManager=m${type.startsWith('apply') ? '&force=true' : ''}`
      const answer = await client.call({ method: 'PATCH', path: patched, headers, body: JSON.stringify(body) })
      expect(answer.code, type).toBe(200)
    }
    const shown = await client.call({ method: 'GET', path: `${path}/one`, headers: { accept: 'application/yaml' } })
    expect([shown.code, JSON.parse(shown.body.toString())]).toMatchObject([200, { a: nested(985, 'z') }])
    expect((await client.call({ method: 'GET', path: '/openapi/v3/apis/deep.example.com/v1' })).code).toBe(200)
    expect((await client.call({ method: 'DELETE', path: `${path}/one` })).code).toBe(200)
    expect(cluster.get('shafts.deep.example.com', undefined, 'one')).toBeUndefined()
  })

  test('a number that no float holds is refused, not stored as null', async () => {
    const headers = { 'content-type': 'application/json' }
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"huge","generation":1e999}}'
    expect((await stand.client.call({ method: 'POST', path: CONFIG_MAPS, headers, body })).code).toBe(400)
  })
})
