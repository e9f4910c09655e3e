/**
 * Goal: clients that speak WebSockets with channels, as Python's does, hear everything and are told when it is over.
 * Method: a client on a bare TLS socket, which takes record by record what such a client would wait for; forwarded ports
 * over the channels of their protocol.
 */
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { listening, type Stand } from '../support.ts'
import { PODS } from './pods.ts'

let stand: Stand

beforeAll(async () => {
  stand = await listening({ nodes: 2, retain: 'all' })
  stand.cluster.apply(PODS)
  stand.cluster.run(60_000_000)
})
afterAll(() => stand.close())

const POD = '/api/v1/namespaces/default/pods/web'
const credentials = () => {
  const { ca, users } = stand.api.certificates
  return { ca, ...Object.values(users)[0] }
}

/** What arrives on a connection that asks for channels, as it comes out of TLS: never more than a record at a time. */
const records = (path: string): Promise<readonly Buffer[]> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(stand.api.url)
    const arrived: Buffer[] = []
    const socket = connect(
      { host: hostname, port: Number(port), ...credentials(), ALPNProtocols: ['http/1.1'] },
      () => {
        const head = [
          `GET ${path} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Protocol: v4.channel.k8s.io',
        ]
        socket.write(`${head.join('\r\n')}\r\n\r\n`)
      },
    )
    socket.on('data', (record: Buffer) => {
      arrived.push(record)
      const isClose = record[0] === 0x88
      if (isClose) socket.end()
    })
    socket.on('close', () => resolve(arrived))
    socket.on('error', reject)
  })

test('each message is in a record of its own', async () => {
  const script = 'echo out; echo err >&2; echo more; exit 3'
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' })
  for (const word of ['sh', '-c', script]) query.append('command', word)
  const [head = Buffer.alloc(0), ...messages] = await records(`${POD}/exec?${query.toString()}`)
  expect(head.toString()).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/)
  const told = messages.map((message) => message.toString('latin1'))
  expect(told.slice(0, 3)).toEqual(['\x82\x05\x01out\n', '\x82\x05\x02err\n', '\x82\x06\x01more\n'])
  expect(told[3]).toContain('"reason":"ExitCode","message":"3"')
  expect(told[4]).toBe('\x88\x02\x03\xe8')
  expect(told).toHaveLength(5)
})

interface Forwarded {
  readonly answer: string
  readonly errors: string
}

/** Sends bytes to a port and listens until the connection ends, or until it has answered as often as is waited for. */
const forwarded = (port: number, bytes: string, answers = Infinity): Promise<Forwarded> =>
  new Promise((resolve, reject) => {
    const url = `${stand.api.url.replace('https', 'wss')}${POD}/portforward?ports=${port}`
    const socket = new WebSocket(url, ['v4.channel.k8s.io'], credentials())
    const channels: string[][] = [[], []]
    const said = (): Forwarded => {
      // The first message on each is the port.
      const [answer, errors] = channels.map(([, ...texts]) => texts.join(''))
      return { answer: answer ?? '', errors: errors ?? '' }
    }
    socket.on('open', () => socket.send(Buffer.from(`\0${bytes}`)))
    socket.on('message', (message: Buffer) => {
      channels[message[0] ?? 0]?.push(message.subarray(1).toString('latin1'))
      if ((channels[0]?.length ?? 0) > answers) {
        resolve(said())
        socket.close()
      }
    })
    socket.on('close', () => resolve(said()))
    socket.on('error', reject)
  })

describe('a forwarded port', () => {
  const SERVED = 'Served by default/web\n'

  test('ends when who listens there was asked to close', async () => {
    const { answer, errors } = await forwarded(80, 'GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n\r\nServed by default\/web\n$/)
    expect(errors).toBe('')
    expect((await forwarded(80, 'GET / HTTP/1.0\r\n\r\n')).answer).toContain(SERVED)
  })

  test('answers each of several requests, and nothing behind the last', async () => {
    const keep = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n'
    expect((await forwarded(80, keep + keep, 2)).answer.split(SERVED)).toHaveLength(3)
    const { answer } = await forwarded(80, `${keep}GET / HTTP/1.0\r\n\r\n${keep}`)
    expect(answer.split(SERVED)).toHaveLength(3)
  })

  test('says on its other channel that nobody listens, and ends', async () => {
    expect(await forwarded(81, 'GET / HTTP/1.1\r\n\r\n')).toEqual({
      answer: '',
      errors: expect.stringContaining('connect: connection refused'),
    })
  })
})
