/** pods/<name>/portforward: SPDY inside a WebSocket, and inside it pairs of streams, one for errors and one for bytes. */
import type { WebSocket } from 'ws'
import { seconds } from '../../events/time.ts'
import { responseBody } from '../../kubernetes/workload/shell/network-commands.ts'
import type { CallAnswer, OutsideCalls } from './outside-calls.ts'
import type { ConnectedContainer } from './pod-access.ts'
import { SpdyConnection } from './spdy/connection.ts'

export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io'

const PATIENCE = seconds(30)

/** One connection to a port: what has come of its request so far. */
interface Forwarded {
  readonly port: number
  readonly errors: number
  readonly requestId: string
  received: Buffer
  /** Requests on it are answered one after the other. */
  chain: Promise<void>
}

export const servePortForward = (socket: WebSocket, { pod }: ConnectedContainer, calls: OutsideCalls): void => {
  const errorStreams = new Map<string, number>()
  const forwarded = new Map<number, Forwarded>()
  const { nodeName = '' } = pod.spec
  const namespace = pod.metadata.namespace ?? ''
  const serve = async (stream: number, one: Forwarded): Promise<void> => {
    const host = pod.status?.podIP ?? ''
    const answer = await calls.call(nodeName, { host, port: one.port, namespace, timeoutMicros: PATIENCE })
    const isServed = answer.pod !== undefined || answer.reason === 'error'
    if (isServed) return spdy.write(stream, httpResponse(answer))
    // Source: containerd, internal/cri/server/sandbox_portforward_linux.go.
    const why = `failed to connect to localhost:${one.port} inside namespace "${pod.metadata.uid}", IPv4: dial tcp4 127.0.0.1:${one.port}: connect: connection refused`
    spdy.write(
      one.errors,
      Buffer.from(`error forwarding port ${one.port} to pod ${pod.metadata.name}, uid : ${why}`),
      true,
    )
    spdy.write(stream, Buffer.alloc(0), true)
  }
  const spdy = new SpdyConnection((bytes) => socket.readyState === 1 && socket.send(bytes), {
    opened: (stream, headers) => {
      const requestId = headers.get('requestid') ?? ''
      if (headers.get('streamtype') === 'error') errorStreams.set(requestId, stream)
      else {
        const port = Number(headers.get('port') ?? '0')
        const errors = errorStreams.get(requestId) ?? stream
        forwarded.set(stream, { port, errors, requestId, received: Buffer.alloc(0), chain: Promise.resolve() })
      }
    },
    data: (stream, bytes) => {
      const one = forwarded.get(stream)
      if (one === undefined) return
      one.received = Buffer.concat([one.received, bytes])
      for (let length = requestLength(one.received); length !== undefined; length = requestLength(one.received)) {
        one.received = one.received.subarray(length)
        one.chain = one.chain.then(() => serve(stream, one))
      }
    },
    ended: (stream) => {
      const one = forwarded.get(stream)
      if (one === undefined) return
      forwarded.delete(stream)
      void one.chain.then(() => {
        spdy.write(stream, Buffer.alloc(0), true)
        spdy.write(one.errors, Buffer.alloc(0), true)
      })
    },
    reset: (stream) => forwarded.delete(stream),
  })
  socket.on('message', (message: Buffer) => spdy.receive(Buffer.from(message)))
  socket.on('error', () => {})
  socket.on('close', () => spdy.close())
}

/** Bytes of the first whole HTTP request; undefined while it is not all there. What is no HTTP counts as a request at once. */
const requestLength = (received: Buffer): number | undefined => {
  if (received.length === 0) return undefined
  const head = received.toString('latin1', 0, 65_536)
  if (!/^[A-Z]{1,10}( |$)/.test(head)) return received.length
  const end = head.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end))?.[1] ?? '0')
  return received.length >= length ? length : undefined
}

const httpResponse = ({ pod }: CallAnswer): Buffer => {
  const body = pod === undefined ? 'Service Unavailable\n' : responseBody(pod)
  const status = pod === undefined ? '503 Service Unavailable' : '200 OK'
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}
