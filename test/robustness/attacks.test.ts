/**
 * Goal: one client cannot take the API from the others.
 * Method: attacks that have a name, over real connections: patterns that make a backtracking matcher hang, a watcher that
 * does not read, names of what all objects inherit, paths that climb. What is asserted is how long the others wait, and what
 * they get.
 */
import { connect } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrivals } from '../server/arrivals.ts'
import { CONFIG_MAPS, configMap, json, listening, type Stand } from '../server/support.ts'

let stand: Stand
beforeAll(async () => {
  stand = await listening()
})
afterAll(() => stand.close())

/** With all that a busy machine adds; what the attacks aim at is minutes. */
const BOUND_MS = 5000

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
  await expect.poll(() => dropped).toBe(true)
  const added = () => (keen.stream.lines as readonly { readonly type: string }[]).filter(({ type }) => type === 'ADDED')
  await expect.poll(added).toHaveLength(count)
  lazy.destroy()
})

const POLLUTION = '{"polluted":"yes"}'

test.each([
  [
    'application/json',
    'POST',
    `{"metadata":{"name":"p1","labels":{"__proto__":"x"}},"__proto__":${POLLUTION},"data":{"a":"b"}}`,
  ],
  [
    'application/yaml',
    'POST',
    `metadata: {name: p2}\n__proto__: ${POLLUTION}\nconstructor: {prototype: ${POLLUTION}}\n`,
  ],
  ['application/merge-patch+json', 'PATCH', `{"__proto__":${POLLUTION},"data":{"__proto__":"x"}}`],
  [
    'application/merge-patch+json',
    'PATCH',
    `{"constructor":{"prototype":${POLLUTION}},"metadata":{"__proto__":${POLLUTION}}}`,
  ],
  [
    'application/strategic-merge-patch+json',
    'PATCH',
    `{"__proto__":${POLLUTION},"metadata":{"labels":{"__proto__":"x"}}}`,
  ],
  ['application/json-patch+json', 'PATCH', `[{"op":"add","path":"/__proto__/polluted","value":"yes"}]`],
  ['application/json-patch+json', 'PATCH', `[{"op":"add","path":"/constructor/prototype/polluted","value":"yes"}]`],
  ['application/json-patch+json', 'PATCH', `[{"op":"copy","from":"/data","path":"/__proto__"}]`],
  [
    'application/apply-patch+yaml',
    'PATCH',
    `{"apiVersion":"v1","kind":"ConfigMap","__proto__":${POLLUTION},"data":{"__proto__":"x"}}`,
  ],
])('%s by %s changes nothing that all objects share: %s', async (type, method, body) => {
  const { client } = stand
  await client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap('polluted', { k: 'v' })) })
  const before = Object.getOwnPropertyNames(Object.prototype)
  const path = method === 'POST' ? CONFIG_MAPS : `${CONFIG_MAPS}/polluted?fieldManager=attacker&force=true`
  const answer = await client.call({ method, path, headers: { 'content-type': type }, body })
  // An apply of a member that no schema has is 500 upstream too.
  if (!answer.body.toString().includes('failed to create typed patch object')) expect(answer.code).toBeLessThan(500)
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  expect('polluted' in {}).toBe(false)
  // Nor does another object have it now.
  const made = await client.call({ method: 'POST', path: `${CONFIG_MAPS}?dryRun=All`, ...json(configMap('innocent')) })
  expect(made.code).toBe(201)
  expect(made.body.toString()).not.toContain('polluted":"yes')
})

test('paths that climb lead nowhere', async () => {
  const bobs = await listening({ authorization: 'RBAC' }, { users: [{ name: 'bob' }] })
  const climbs = [
    '/../../../etc/passwd',
    '/static/../../package.json',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/healthz/../api/v1/secrets',
    '/openapi/v3/../../api/v1/secrets',
    '/openapi/v3/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/namespaces/default/../kube-system/secrets',
    '/api/v1/namespaces/default%2f..%2fkube-system/secrets',
    '/api/v1/namespaces/default/configmaps/..%2f..%2fkube-system%2fsecrets%2fs',
    '/api/v1/namespaces/default/configmaps/..',
    '//api/v1/secrets',
    '/\\..\\..\\etc\\passwd',
  ]
  for (const path of climbs) {
    const { result, ms } = await timed(() => bobs.client.call({ method: 'GET', path }))
    expect([301, 400, 403, 404], path).toContain(result.code)
    expect(result.body.toString()).not.toMatch(/root:|"name": *"seatrial"/)
    expect(ms).toBeLessThan(BOUND_MS)
  }
  await bobs.close()
})

test.each([
  ['one that says so', 4 * 1024 * 1024],
  ['one of 64 MiB', 64 * 1024 * 1024],
])('a body over 3 MiB is refused and nothing of it is kept: %s', async (_which, bytes) => {
  const before = process.memoryUsage().rss
  const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"big"},"data":{"k":"${'x'.repeat(bytes)}"}}`
  const headers = { 'content-type': 'application/json' }
  const { result, ms } = await timed(() => stand.client.call({ method: 'POST', path: CONFIG_MAPS, headers, body }))
  expect(result.code).toBe(413)
  expect(ms).toBeLessThan(3 * BOUND_MS)
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024)
})
