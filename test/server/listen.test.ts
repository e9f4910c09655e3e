/**
 * Goal: the API answers over a real connection as it does inside, and what came over HTTP is part of the log.
 * Method: a cluster listens, time moving only with requests; a client of the test's own speaks HTTP/2 and HTTP/1.1 to it.
 * What is asserted is what the client got and what the cluster then holds.
 */
import { request as httpsRequest } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { createCertificates } from '../../src/server/certificates.ts'
import { inputsOf } from '../../src/replay/inputs.ts'
import { arrivals } from './arrivals.ts'
import { configMap, CONFIG_MAPS, json, listening, type Stand } from './support.ts'

type Members = Record<string, unknown>

let stand: Stand
beforeAll(async () => {
  stand = await listening()
})
afterAll(() => stand.close())

const read = (body: Buffer): Members => JSON.parse(body.toString()) as Members

describe('objects over the wire', () => {
  test('what is created is there, and goes when it is deleted', async () => {
    const { client, cluster } = stand
    const created = await client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap('one', { k: 'v' })) })
    expect(created.code).toBe(201)
    expect(cluster.get('ConfigMap', 'default', 'one')?.data).toEqual({ k: 'v' })

    const got = await client.call({ method: 'GET', path: `${CONFIG_MAPS}/one` })
    expect(read(got.body)).toEqual(read(created.body))

    const deleted = await client.call({ method: 'DELETE', path: `${CONFIG_MAPS}/one` })
    expect(read(deleted.body)).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'one' } })
    expect(cluster.get('ConfigMap', 'default', 'one')).toBeUndefined()
  })

  test('lists come in pages, each as it was asked for', async () => {
    const { client } = stand
    for (const name of ['p3', 'p1', 'p2']) {
      await client.call({
        method: 'POST',
        path: CONFIG_MAPS,
        ...json({ ...configMap(name), metadata: { name, labels: { page: 'y' } } }),
      })
    }
    const first = read(
      (await client.call({ method: 'GET', path: `${CONFIG_MAPS}?labelSelector=page%3Dy&limit=2` })).body,
    )
    const names = (list: Members): readonly string[] =>
      (list['items'] as readonly { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)
    expect(names(first)).toEqual(['p1', 'p2'])
    const token = encodeURIComponent(String((first['metadata'] as Members)['continue']))
    const rest = await client.call({
      method: 'GET',
      path: `${CONFIG_MAPS}?labelSelector=page%3Dy&limit=2&continue=${token}`,
    })
    expect(names(read(rest.body))).toEqual(['p3'])
  })

  test('YAML goes in and comes out', async () => {
    const { client, cluster } = stand
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  k: "on"\n'
    const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' }
    const created = await client.call({ method: 'POST', path: CONFIG_MAPS, headers, body })
    expect(created.headers['content-type']).toBe('application/yaml')
    expect(created.body.toString()).toMatch(/^apiVersion: v1\ndata:\n {2}k: "on"\nkind: ConfigMap\nmetadata:\n/)
    expect(cluster.get('ConfigMap', 'default', 'yaml')?.data).toEqual({ k: 'on' })
  })

  test('a Table has the columns of its kind', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const table = read((await stand.client.call({ method: 'GET', path: CONFIG_MAPS, headers })).body)
    expect((table['columnDefinitions'] as readonly { name: string }[]).map(({ name }) => name)).toEqual([
      'Name',
      'Data',
      'Age',
    ])
  })

  test('HTTP/1.1 is served on the same port', async () => {
    const { api } = stand
    const [user] = Object.values(api.certificates.users)
    const answer = await new Promise<{ code: number | undefined; version: string; body: string }>((resolve, reject) => {
      const call = httpsRequest(`${api.url}/version`, { ca: api.certificates.ca, ...user }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve({ code: response.statusCode, version: response.httpVersion, body }))
      })
      call.on('error', reject).end()
    })
    expect(answer).toMatchObject({ code: 200, version: '1.1' })
    expect(JSON.parse(answer.body)).toMatchObject({ major: '1', minor: '36' })
  })
})

describe('Tables with what there is not', () => {
  const path = `${CONFIG_MAPS}?includeObject=Foo`
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
  const refused = {
    status: 'Failure',
    message: `Unable to convert to Table as requested: includeObject: Invalid value: "Foo": must be 'Metadata', 'Object', 'None', or empty`,
    reason: 'BadRequest',
    code: 400,
  }

  test.each([
    ['a list', path],
    ['a watch', `${path}&watch=true`],
  ])('%s is refused', async (_what, asked) => {
    const answer = await stand.client.call({ method: 'GET', path: asked, headers: { accept } })
    expect(read(answer.body)).toMatchObject(refused)
  })

  test('a write is refused after it was made, as its answer is what cannot be shown', async () => {
    const { headers, body } = json(configMap('hidden'))
    const answer = await stand.client.call({ method: 'POST', path, headers: { ...headers, accept }, body })
    expect(read(answer.body)).toMatchObject(refused)
    expect(stand.cluster.get('ConfigMap', 'default', 'hidden')).toBeDefined()
  })

  test('where no Table is wanted, nobody reads it', async () => {
    expect((await stand.client.call({ method: 'GET', path })).code).toBe(200)
  })
})

test('who trusts what ConfigMap kube-root-ca.crt holds trusts the server', async () => {
  const { api, cluster } = stand
  cluster.runUntil((one) => one.get('ConfigMap', 'default', 'kube-root-ca.crt') !== undefined, { within: 60_000_000 })
  const ca = cluster.get('ConfigMap', 'default', 'kube-root-ca.crt')?.data?.['ca.crt'] ?? ''
  const call = (trusted: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      httpsRequest(`${api.url}/version`, { ca: trusted }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
  expect(await call(ca)).toBe(200)
  const other = createCertificates('127.0.0.1', []).ca.cert
  await expect(call(other)).rejects.toThrow(/certificate/)
})

describe('refusals', () => {
  test.each([
    ['an unknown resource', 'GET', '/api/v1/namespaces/default/widgets', {}, 404],
    ['an unknown group', 'GET', '/apis/nope.example.com/v1/things', {}, 404],
    ['a method that is not allowed', 'PUT', CONFIG_MAPS, {}, 405],
    ['a form that nobody makes', 'GET', CONFIG_MAPS, { accept: 'text/html' }, 406],
    ['a body of an unknown kind', 'POST', CONFIG_MAPS, { 'content-type': 'text/plain' }, 415],
  ])('%s', async (_what, method, path, headers, code) => {
    const answer = await stand.client.call({ method, path, headers, ...(method === 'GET' ? {} : { body: '{}' }) })
    expect(answer.code).toBe(code)
  })

  test('a body over 3 MiB is refused and the connection lives on', async () => {
    const body = JSON.stringify(configMap('big', { k: 'x'.repeat(3 * 1024 * 1024) }))
    const refused = await stand.client.call({
      method: 'POST',
      path: CONFIG_MAPS,
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(refused.code).toBe(413)
    expect((await stand.client.call({ method: 'GET', path: '/healthz' })).body.toString()).toBe('ok')
  })

  test('half a document is told in the words of Go', async () => {
    const answer = await stand.client.call({
      method: 'POST',
      path: CONFIG_MAPS,
      headers: { 'content-type': 'application/json' },
      body: '{"a":tru}',
    })
    expect(read(answer.body)['message']).toBe(
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character '}' in literal true (expecting 'e') ({"a":tru})`,
    )
  })

  test('who has no certificate is told so in the log', async () => {
    await stand.stranger.call({ method: 'GET', path: '/version' })
    const asked = [...stand.cluster.log.range(1)].filter(
      (event) => event.type === 'ApiRequested' && event.by === 'outside',
    )
    const callers = asked.map(({ data }) => (data as { caller?: unknown }).caller)
    expect(callers.at(-1)).toEqual({})
    expect(callers[0]).toMatchObject({ certificate: { user: 'admin', groups: ['system:masters'] } })
  })
})

describe('watches', () => {
  test('each watcher is told of each change, and one that goes harms nobody', async () => {
    const { client, cluster } = stand
    const all = await client.watch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1&labelSelector=w` })
    const gone = await client.watch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1` })
    const metadata = { name: 'watched', labels: { w: '1' } }
    gone.stream.close()
    await arrivals()
    await client.call({ method: 'POST', path: CONFIG_MAPS, ...json({ ...configMap('watched'), metadata }) })
    await client.call({ method: 'DELETE', path: `${CONFIG_MAPS}/watched` })
    await arrivals()
    const frames = all.stream.lines as readonly { type: string; object: { kind: string; metadata: { name: string } } }[]
    expect(frames.map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name}`)).toEqual([
      'ADDED ConfigMap watched',
      'DELETED ConfigMap watched',
    ])
    all.stream.close()
    await arrivals()
    expect(
      [...cluster.log.range(1)].filter(({ type, by }) => type === 'WatchCancelled' && by === 'outside').length,
    ).toBeGreaterThan(0)
  })

  test('a watch ends when its time is up, in cluster time', async () => {
    const { client, cluster } = stand
    const { stream } = await client.watch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1&timeoutSeconds=5` })
    cluster.run(4_000_000)
    await arrivals()
    expect(stream.ended()).toBe(false)
    cluster.run(2_000_000)
    await arrivals()
    expect(stream.ended()).toBe(true)
  })
})

test('large answers are zipped for who takes that', async () => {
  const { client } = stand
  for (const name of ['large-1', 'large-2']) {
    await client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap(name, { k: 'y'.repeat(100_000) })) })
  }
  const zipped = await client.call({ method: 'GET', path: CONFIG_MAPS, headers: { 'accept-encoding': 'gzip' } })
  expect(zipped.headers['content-encoding']).toBe('gzip')
  expect(zipped.body.length).toBeLessThan(20_000)
  const plain = await client.call({ method: 'GET', path: CONFIG_MAPS })
  expect(plain.headers['content-encoding']).toBeUndefined()
})

test('the same inputs over no connection make the same log', async () => {
  const own = await listening({ nodes: 2, seed: 7 })
  await own.client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap('a')) })
  const { stream } = await own.client.watch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1` })
  await own.client.call({
    method: 'PATCH',
    path: `${CONFIG_MAPS}/a`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{"data":{"x":"y"}}',
  })
  stream.close()
  await arrivals()
  own.cluster.run(3_000_000)
  await own.close()

  const again = createCluster({ nodes: 2, seed: 7 })
  for (const input of inputsOf(own.cluster.log.range(1))) again.plan(input)
  again.run(own.cluster.now)
  expect(again.get('ConfigMap', 'default', 'a')?.data).toEqual({ x: 'y' })
  expect(again.digest()).toBe(own.cluster.digest())
})

test('live, cluster time follows the wall clock times the speed', async () => {
  const live = await listening({}, { speed: 50 })
  const before = live.cluster.now
  await arrivals(200)
  const answer = await live.client.call({ method: 'GET', path: '/readyz' })
  expect(answer.body.toString()).toBe('ok')
  const passed = live.cluster.now - before
  expect(passed).toBeGreaterThan(5_000_000)
  await live.close()
  const stopped = live.cluster.now
  await arrivals(50)
  expect(live.cluster.now).toBe(stopped)
})
