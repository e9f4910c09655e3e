/**
 * pods/<name>/portforward as clients without SPDY speak it: a WebSocket with two channels for each port, one for bytes and one
 * for errors; the first message on each says which port it is.
 * Source: kubelet/pkg/cri/streaming/portforward/websocket.go (v1.36).
 */
import type { WebSocket } from 'ws'
import { ForwardedPort } from './forwarded-port.ts'
import { Messages } from './messages.ts'
import type { OutsideCalls } from './outside-calls.ts'
import type { ConnectedContainer } from './pod-access.ts'

/** Abridged: no channels in base64, which browsers once needed. */
export const PORT_CHANNELS_PROTOCOL = 'v4.channel.k8s.io'

/** Ports that a request names, or what is wrong with them. Source: there, NewV4Options. */
export const portsOf = (query: URLSearchParams): readonly number[] | string => {
  // The API server takes `ports`, and tells the kubelet of them in `port`.
  const asked = query.getAll('ports')
  if (asked.length === 0) return 'query parameter "port" is required'
  const ports = asked.map(Number)
  if (ports.some((port) => !Number.isInteger(port) || port < 0 || port > 65_535)) {
    return `unable to parse ${JSON.stringify(asked.join(','))} as a port`
  }
  return ports.includes(0) ? `port ${JSON.stringify(asked.join(','))} must be > 0` : ports
}

export const servePortChannels = (
  socket: WebSocket,
  { pod }: ConnectedContainer,
  calls: OutsideCalls,
  ports: readonly number[],
): void => {
  const messages = new Messages(socket)
  const send = (channel: number, bytes: Buffer): void => messages.send(Buffer.concat([Buffer.from([channel]), bytes]))
  const end = (): void => {
    if (--open === 0) messages.close()
  }
  const connections = ports.map((port, at) => {
    const data = 2 * at
    const number = Buffer.alloc(2)
    number.writeUInt16LE(port)
    send(data, number)
    send(data + 1, number)
    return new ForwardedPort(port, pod, calls, {
      answered: (bytes) => send(data, bytes),
      ended: end,
      failed: (message) => {
        send(data + 1, Buffer.from(message))
        end()
      },
    })
  })
  let open = connections.length
  socket.on('message', (message: Buffer) => {
    const bytes = Buffer.from(message)
    const channel = bytes[0] ?? 0
    if (channel % 2 === 0) connections[channel / 2]?.receive(bytes.subarray(1))
  })
  socket.on('error', () => {})
}
