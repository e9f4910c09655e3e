/** One connection to a port of a Pod: whole requests on it are answered one after the other. */
import { seconds } from '../../events/time.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { responseBody } from '../../kubernetes/workload/shell/network-commands.ts'
import type { CallAnswer, OutsideCalls } from './outside-calls.ts'

const PATIENCE = seconds(30)

export interface ForwardedEnds {
  answered(bytes: Buffer): void
  /** Who listens there has closed the connection, as it was asked to. */
  ended(): void
  /** Nobody listens there. */
  failed(message: string): void
}

export class ForwardedPort {
  private readonly port: number
  private readonly pod: Pod
  private readonly calls: OutsideCalls
  private readonly ends: ForwardedEnds
  private received = Buffer.alloc(0)
  /** What comes after that has no answer. */
  private isLastAsked = false
  /** Until all that was asked has its answer. */
  settled = Promise.resolve()

  constructor(port: number, pod: Pod, calls: OutsideCalls, ends: ForwardedEnds) {
    this.port = port
    this.pod = pod
    this.calls = calls
    this.ends = ends
  }

  receive(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes])
    while (!this.isLastAsked) {
      const length = requestLength(this.received)
      if (length === undefined) return
      const isLast = asksToClose(this.received.subarray(0, length))
      this.received = this.received.subarray(length)
      this.settled = this.settled.then(() => this.serve(isLast))
      this.isLastAsked = isLast
    }
  }

  private async serve(isLast: boolean): Promise<void> {
    const { port, pod, ends } = this
    const { nodeName = '' } = pod.spec
    const target = { host: pod.status?.podIP ?? '', port, namespace: pod.metadata.namespace ?? '' }
    const answer = await this.calls.call(nodeName, { ...target, timeoutMicros: PATIENCE })
    if (answer.pod !== undefined || answer.reason === 'error') {
      ends.answered(httpResponse(answer, isLast))
      if (isLast) ends.ended()
      return
    }
    // Source: containerd, internal/cri/server/sandbox_portforward_linux.go.
    const why = `failed to connect to localhost:${port} inside namespace "${pod.metadata.uid}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`
    ends.failed(`error forwarding port ${port} to pod ${pod.metadata.name}, uid : ${why}`)
  }
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

/** HTTP/1.0 keeps no connection, HTTP/1.1 does unless it is told not to. What is no HTTP says nothing of it. */
const asksToClose = (request: Buffer): boolean => {
  const text = request.toString('latin1')
  const [head = ''] = text.split('\r\n\r\n', 1)
  return /^\S+ \S+ HTTP\/1\.0(\r\n|$)/.test(head) || /\r\nconnection: *close *(\r\n|$)/i.test(head)
}

const httpResponse = ({ pod }: CallAnswer, isLast: boolean): Buffer => {
  const body = pod === undefined ? 'Service Unavailable\n' : responseBody(pod)
  const status = pod === undefined ? '503 Service Unavailable' : '200 OK'
  const headers = [
    `HTTP/1.1 ${status}`,
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(isLast ? ['Connection: close'] : []),
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
