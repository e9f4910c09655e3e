/**
 * Goal: `fetch`, and all that takes a dispatcher of undici, reach a cluster in the same process: requests, watches, bodies that
 * are streams, aborts, broken connections, WebSockets.
 * Method: Node's own `fetch` and `WebSocket`, whose undici calls handlers in the form before undici 7, and handlers of both forms
 * that keep what they are told.
 */
import { expect } from 'vitest'
import { kill } from '../../src/cluster/fault.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import type { DispatchHandler } from '../../src/server/dispatcher.ts'
import { test } from '../../src/vitest.ts'
import { CONFIG_MAPS, configMap, json } from './support.ts'

const post = (name: string, data: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  ...json(configMap(name, data)),
})

test('what fetch writes it reads, and refusals are answers', async ({ api, cluster }) => {
  expect((await api.fetch(CONFIG_MAPS, post('one', { k: 'v' }))).status).toBe(201)
  expect(cluster.get('ConfigMap', 'default', 'one')?.data).toEqual({ k: 'v' })
  const listed: unknown = await (await api.fetch(new URL(CONFIG_MAPS, api.url))).json()
  expect(listed).toMatchObject({ kind: 'ConfigMapList', items: [{}, { metadata: { name: 'one' } }] })
  expect(await api.fetch(`${CONFIG_MAPS}/two`)).toMatchObject({ ok: false, status: 404 })
  expect((await api.fetch(`${CONFIG_MAPS}/one`, { method: 'HEAD' })).status).toBe(405)
})

test('who goes on after the end is told so', async ({ api, cluster }) => {
  api.close()
  const told = 'the API has been closed'
  await expect(api.fetch(CONFIG_MAPS)).rejects.toThrow(told)
  await expect(api.run(seconds(1))).rejects.toThrow(told)
  expect(() => cluster.run(Number.NaN)).toThrow('whole number of microseconds')
  expect(() => cluster.run(-1)).toThrow('not -1')
})

test('a body may be a stream; one that breaks is not written', async ({ api, cluster }) => {
  const stream = (name: string, breaks: boolean): RequestInit => {
    const text = JSON.stringify(configMap(name, { k: 'x'.repeat(200_000) }))
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(text.slice(0, 100_000)))
        if (breaks) return controller.error(new Error('no more'))
        controller.enqueue(new TextEncoder().encode(text.slice(100_000)))
        controller.close()
      },
    })
    // Node wants to be told that it need not wait for the answer.
    return { ...post(name), body, duplex: 'half' }
  }
  expect((await api.fetch(CONFIG_MAPS, stream('whole', false))).status).toBe(201)
  await expect(api.fetch(CONFIG_MAPS, stream('half', true))).rejects.toThrow()
  await api.run(seconds(1))
  expect(cluster.get('ConfigMap', 'default', 'whole')?.data?.['k']).toHaveLength(200_000)
  expect(cluster.get('ConfigMap', 'default', 'half')).toBeUndefined()
})

test('a watch tells what happens, and ends when it is aborted', async ({ api }) => {
  const ending = new AbortController()
  const watch = await api.fetch(`${CONFIG_MAPS}?watch=true`, { signal: ending.signal })
  await api.fetch(CONFIG_MAPS, post('seen'))
  const heard = watch.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('"name":"seen"')) text += (await heard?.read())?.value ?? ''
  expect(text).toContain('"type":"ADDED"')
  ending.abort()
  await expect(heard?.read()).rejects.toMatchObject({ name: 'AbortError' })
  await expect(api.fetch(CONFIG_MAPS, { signal: ending.signal })).rejects.toMatchObject({ name: 'AbortError' })
})

test('a watch breaks with its API server', async ({ api, cluster }) => {
  const watch = await api.fetch(`${CONFIG_MAPS}?watch=true`)
  const text = watch.text()
  cluster.inject(kill('kube-apiserver/0'))
  const broken = expect(text).rejects.toThrow('terminated')
  await api.run(seconds(1))
  await broken
})

const asBob = test.extend({
  clusterOptions: { nodes: 1, authorization: 'RBAC' },
  apiOptions: { users: [{ name: 'admin', groups: ['system:masters'] }, { name: 'bob' }] },
})

/** What a handler is told, in order, until its request has ended. */
const told = (
  start: (handler: DispatchHandler) => void,
  form: 'earlier' | 'present',
  abort?: 'at once' | 'at its answer',
): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const calls: string[] = []
    let body = ''
    const end = (how: string): void => resolve([...calls, body.replace(/^.*"code":(\d+).*$/s, 'code $1'), how])
    const mine = new Error('mine')
    let give: (reason: Error) => void
    const began = (giveUp: (reason: Error) => void): void => {
      calls.push('start')
      give = giveUp
      if (abort === 'at once') give(mine)
    }
    const answered = (status: number): void => {
      calls.push(`status ${status}`)
      if (abort === 'at its answer') give(mine)
    }
    start(
      form === 'present'
        ? {
            onRequestStart: (controller) => began((reason) => controller.abort(reason)),
            onResponseStart(controller, status) {
              answered(status)
              controller.pause()
              setImmediate(() => controller.resume())
            },
            onResponseData: ({ paused }, chunk) => void (body += paused ? 'too early' : chunk.toString()),
            onResponseEnd: () => end('end'),
            onResponseError: (_controller, error) => end(error.message),
          }
        : {
            onConnect: began,
            onHeaders(status, _headers, resume) {
              answered(status)
              setImmediate(resume)
              return false
            },
            onData(chunk) {
              body += chunk.toString()
              return true
            },
            onComplete: () => end('end'),
            onError: (error) => end(error.message),
          },
    )
  })

asBob('handlers of both forms are told the same, as the user that is named', async ({ api }) => {
  const asking = (user: string) => (handler: DispatchHandler) =>
    void api.dispatcherOf(user).dispatch({ path: '/api/v1/nodes', method: 'GET' }, handler)
  for (const form of ['earlier', 'present'] as const) {
    expect(await told(asking('bob'), form)).toEqual(['start', 'status 403', 'code 403', 'end'])
    expect(await told(asking('bob'), form, 'at once')).toEqual(['start', '', 'mine'])
    expect(await told(asking('bob'), form, 'at its answer')).toEqual(['start', 'status 403', '', 'mine'])
    const posting = (body: unknown) => (handler: DispatchHandler) =>
      void api.dispatcher.dispatch({ path: CONFIG_MAPS, method: 'POST', body }, handler)
    expect(await told(posting(7), form)).toEqual(['start', '', 'a body is text, bytes, or a stream of them'])
    expect(await told(posting('{'), form)).toEqual(['start', 'status 400', 'code 400', 'end'])
  }
  expect(() => api.dispatcherOf('eve')).toThrow('no user eve')
})

asBob('headers may be an object, a list or pairs; a query is spelt out', async ({ api }) => {
  const as = { 'impersonate-user': 'bob', 'impersonate-group': ['a', 'b'] }
  const lists = [as, Object.entries(as), ['impersonate-user', 'bob', 'impersonate-group', 'a']]
  for (const headers of lists) {
    const options = { path: '/api/v1/nodes', method: 'GET', headers, query: { limit: 1, pretty: ['a', 'b'] } }
    expect(await told((handler) => void api.dispatcher.dispatch(options, handler), 'present')).toContain('status 403')
  }
})

const { WebSocket } = globalThis as { readonly WebSocket?: new (url: string, options: object) => EventTarget }
if (WebSocket === undefined) process.stderr.write('skipped: this Node has no WebSocket of its own\n')

test.skipIf(WebSocket === undefined)('a WebSocket of Node runs a command', async ({ api, cluster }) => {
  cluster.apply('{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}]}}')
  const isReady = (): boolean => cluster.get('Pod', 'default', 'p')?.status?.phase === 'Running'
  expect(await api.runUntil(isReady, { within: minutes(2) })).toBe(true)
  const path = '/api/v1/namespaces/default/pods/p/exec?command=echo&command=hello&stdout=true'
  const options = { dispatcher: api.dispatcher, protocols: ['v5.channel.k8s.io'] }
  const socket = new (WebSocket ?? EventTarget)(`${api.url.replace('http', 'ws')}${path}`, options)
  const messages: Promise<string>[] = []
  socket.addEventListener('message', (event) => messages.push((event as Event & { readonly data: Blob }).data.text()))
  await new Promise((resolve) => socket.addEventListener('close', resolve))
  expect(await Promise.all(messages)).toEqual(['\u0001hello\n', expect.stringContaining('"status":"Success"')])
})
