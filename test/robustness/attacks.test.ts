/**
 * Goal: one client cannot take the API from the others.
 * Method: attacks that have a name, over real connections: patterns that make a backtracking matcher hang, a watcher that
 * does not read. What is asserted is how long the others wait, and what they get.
 */
import { connect } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrivals, CONFIG_MAPS, configMap, json, listening, type Stand } from '../server/support.ts'

let stand: Stand
beforeAll(async () => {
  stand = await listening()
})
afterAll(() => stand.close())

const BOUND_MS = 1500

const timed = async <T>(action: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> => {
  const began = performance.now()
  const result = await action()
  return { result, ms: performance.now() - began }
}

test('a pattern that would hang a backtracking matcher is matched in linear time', async () => {
  const { client } = stand
  const properties = { a: { type: 'string', pattern: '^(a+)+$' } }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } }
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'traps.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'traps', singular: 'trap', kind: 'Trap', listKind: 'TrapList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  expect((await client.call({ method: 'POST', path, ...json(definition) })).code).toBe(201)
  stand.cluster.run(10_000_000)
  const trap = (a: string): object => ({
    apiVersion: 'example.com/v1',
    kind: 'Trap',
    metadata: { name: 't' },
    spec: { a },
  })
  const traps = '/apis/example.com/v1/namespaces/default/traps'
  const { result, ms } = await timed(() =>
    client.call({ method: 'POST', path: traps, ...json(trap(`${'a'.repeat(50_000)}!`)) }),
  )
  expect(result.code).toBe(422)
  expect(ms).toBeLessThan(BOUND_MS)
  expect((await client.call({ method: 'POST', path: traps, ...json(trap('aaa')) })).code).toBe(201)
})

test.each(['labelSelector', 'fieldSelector'])('a %s as long as a request allows is refused quickly', async (name) => {
  const texts = [`${'a'.repeat(12_000)}!`, `a in (${'b,'.repeat(5000)}`, '('.repeat(12_000), `${'a=b,'.repeat(3000)}=`]
  for (const text of texts) {
    const path = `${CONFIG_MAPS}?${name}=${encodeURIComponent(text)}`
    const { result, ms } = await timed(() => stand.client.call({ method: 'GET', path }))
    expect([400, 200]).toContain(result.code)
    expect(ms).toBeLessThan(BOUND_MS)
  }
})

test('a watcher that does not read is dropped; another one gets every event', async () => {
  const { api, client } = stand
  const [user] = Object.values(api.certificates.users)
  const lazy = connect(api.url, { ca: api.certificates.ca, ...user })
  lazy.on('error', () => {})
  const stream = lazy.request({ ':method': 'GET', ':path': `${CONFIG_MAPS}?watch=1` })
  let dropped = false
  stream.on('error', () => {})
  stream.on('close', () => (dropped = true))
  await new Promise((resolve) => stream.once('response', resolve))
  stream.pause()
  const keen = await client.watch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1&labelSelector=flood` })
  const count = 60
  for (let i = 0; i < count; i++) {
    const flood = {
      ...configMap(`flood-${i}`, { k: 'x'.repeat(400_000) }),
      metadata: { name: `flood-${i}`, labels: { flood: '1' } },
    }
    const answer = await client.call({ method: 'POST', path: CONFIG_MAPS, ...json(flood) })
    expect(answer.code).toBe(201)
  }
  await arrivals(300)
  stream.resume()
  await arrivals(300)
  const added = (keen.stream.lines as readonly { readonly type: string }[]).filter(({ type }) => type === 'ADDED')
  expect(added).toHaveLength(count)
  expect(dropped).toBe(true)
  lazy.destroy()
})
