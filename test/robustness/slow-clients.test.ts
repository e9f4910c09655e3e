/**
 * Goal: clients that are slow on purpose, or many, are given up within a bound, and the others do not notice them.
 * Method: a server whose patience is a fraction of a second; clients that send nothing, a letter at a time, a body that does
 * not end, or open connection after connection. Asserted is when they are cut off, and how long an honest request takes
 * meanwhile.
 */
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import type { Listening } from '../../src/cluster/listen.ts'
import { listen } from '../../src/server/listen.ts'
import { CONFIG_MAPS } from '../server/support.ts'
import { WireClient } from '../server/transcripts/client.ts'

const PATIENCE = { handshakeMs: 400, headersMs: 400, requestMs: 800, connections: 60 }
/** With all that a busy machine adds. */
const GIVEN_UP_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 5000

let api: Listening
let honest: WireClient
let port: number
beforeAll(async () => {
  api = await listen(createCluster({ nodes: 0 }), { speed: 'stepped' }, PATIENCE)
  honest = new WireClient(api.url, api.certificates.ca, Object.values(api.certificates.users)[0])
  port = Number(new URL(api.url).port)
  await honest.call({ method: 'GET', path: '/healthz' })
})
afterAll(async () => {
  honest.close()
  await api.close()
})

const closed = (socket: Socket): Promise<number> => {
  const began = performance.now()
  socket.on('error', () => {})
  socket.resume()
  return new Promise((resolve) => socket.once('close', () => resolve(performance.now() - began)))
}

const http1 = (): Socket =>
  connectTls({
    port,
    ca: api.certificates.ca,
    ...Object.values(api.certificates.users)[0],
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
  })

/** Sends a letter every 50 ms for as long as it may. */
const drip = (socket: Socket, text: string): void => {
  let at = 0
  const timer = setInterval(() => void (socket.writable && socket.write(text[at++ % text.length] ?? '')), 50)
  socket.once('close', () => clearInterval(timer))
}

const honestAnswer = async (): Promise<number> => {
  const began = performance.now()
  expect((await honest.call({ method: 'GET', path: CONFIG_MAPS })).code).toBe(200)
  return performance.now() - began
}

test('who does not begin with TLS is given up', async () => {
  const end = closed(connectTcp(port))
  expect(await honestAnswer()).toBeLessThan(ANSWER_WITHIN_MS)
  expect(await end).toBeLessThan(GIVEN_UP_WITHIN_MS)
})

test('a request whose head comes letter by letter is given up', async () => {
  const socket = http1()
  const end = closed(socket)
  socket.write('GET /api/v1/pods HTTP/1.1\r\nhost: x\r\nx-slow: ')
  drip(socket, 'a')
  expect(await honestAnswer()).toBeLessThan(ANSWER_WITHIN_MS)
  expect(await end).toBeLessThan(GIVEN_UP_WITHIN_MS)
})

test('a body that comes letter by letter is given up, over HTTP/1.1', async () => {
  const socket = http1()
  const end = closed(socket)
  socket.write(
    `POST ${CONFIG_MAPS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n`,
  )
  drip(socket, ' ')
  expect(await honestAnswer()).toBeLessThan(ANSWER_WITHIN_MS)
  expect(await end).toBeLessThan(GIVEN_UP_WITHIN_MS)
})

test('a body that does not end is given up, over HTTP/2', async () => {
  const session = connectHttp2(api.url, { ca: api.certificates.ca, ...Object.values(api.certificates.users)[0] })
  session.on('error', () => {})
  const stream = session.request({ ':method': 'POST', ':path': CONFIG_MAPS, 'content-type': 'application/json' })
  stream.on('error', () => {})
  const began = performance.now()
  const end = new Promise<number>((resolve) => stream.once('close', () => resolve(performance.now() - began)))
  stream.write('{')
  expect(await honestAnswer()).toBeLessThan(ANSWER_WITHIN_MS)
  expect(await end).toBeLessThan(GIVEN_UP_WITHIN_MS)
  session.destroy()
})

test('a watch is no slow request', async () => {
  const watch = await honest.watch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1` })
  await new Promise((resolve) => setTimeout(resolve, 3 * PATIENCE.requestMs))
  expect(watch.stream.ended()).toBe(false)
})

test('too many connections are closed at once; those that are there go on', async () => {
  const sockets = Array.from({ length: 300 }, () => connectTcp(port))
  const ends = sockets.map(closed)
  expect(await honestAnswer()).toBeLessThan(ANSWER_WITHIN_MS)
  const slowest = Math.max(...(await Promise.all(ends)))
  expect(slowest).toBeLessThan(GIVEN_UP_WITHIN_MS)
  expect(await honestAnswer()).toBeLessThan(ANSWER_WITHIN_MS)
})
