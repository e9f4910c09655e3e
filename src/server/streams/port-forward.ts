/** pods/<name>/portforward: SPDY inside a WebSocket, and inside it pairs of streams, one for errors and one for bytes. */
import type { WebSocket } from 'ws'
import { ForwardedPort } from './forwarded-port.ts'
import type { OutsideCalls } from './outside-calls.ts'
import type { ConnectedContainer } from './pod-access.ts'
import { Messages } from './messages.ts'
import { SpdyConnection } from './spdy/connection.ts'

export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io'

interface Pair {
  readonly errors: number
  readonly connection: ForwardedPort
}

export const servePortForward = (socket: WebSocket, { pod }: ConnectedContainer, calls: OutsideCalls): void => {
  const errorStreams = new Map<string, number>()
  const pairs = new Map<number, Pair>()
  const messages = new Messages(socket)
  const end = (stream: number): void => spdy.write(stream, Buffer.alloc(0), true)
  /** The errors of a pair, then no more of either. */
  const finish = (stream: number, message = ''): void => {
    const pair = pairs.get(stream)
    if (pair === undefined) return
    pairs.delete(stream)
    end(stream)
    spdy.write(pair.errors, Buffer.from(message), true)
  }
  const spdy = new SpdyConnection((bytes) => messages.send(bytes), {
    opened: (stream, headers) => {
      const requestId = headers.get('requestid') ?? ''
      if (headers.get('streamtype') === 'error') return void errorStreams.set(requestId, stream)
      const errors = errorStreams.get(requestId) ?? stream
      const connection = new ForwardedPort(Number(headers.get('port') ?? '0'), pod, calls, {
        answered: (bytes) => spdy.write(stream, bytes),
        ended: () => finish(stream),
        failed: (message) => finish(stream, message),
      })
      pairs.set(stream, { errors, connection })
    },
    data: (stream, bytes) => pairs.get(stream)?.connection.receive(bytes),
    ended: (stream) => void pairs.get(stream)?.connection.settled.then(() => finish(stream)),
    reset: (stream) => pairs.delete(stream),
  })
  socket.on('message', (message: Buffer) => spdy.receive(Buffer.from(message)))
  socket.on('error', () => {})
  socket.on('close', () => spdy.close())
}
