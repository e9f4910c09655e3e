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

  test('a number that no float holds is refused, not stored as null', async () => {
    const headers = { 'content-type': 'application/json' }
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"huge","generation":1e999}}'
    expect((await stand.client.call({ method: 'POST', path: CONFIG_MAPS, headers, body })).code).toBe(400)
  })
})
