/** One connection to a port of a Pod: whole requests on it are answered one after the other. */
import { seconds } from '../../events/time.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { responseBody } from '../../kubernetes/workload/shell/network-commands.ts'
import type { CallAnswer, OutsideCalls } from './outside-calls.ts'

const PATIENCE = seconds(30)

export interface ForwardedEnds {
  answered(bytes: Buffer): void
  /** Nobody listens there. */
  failed(message: string): void
}

export class ForwardedPort {
  private readonly port: number
  private readonly pod: Pod
  private readonly calls: OutsideCalls
  private readonly ends: ForwardedEnds
  private received = Buffer.alloc(0)
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
    for (let length = requestLength(this.received); length !== undefined; length = requestLength(this.received)) {
      this.received = this.received.subarray(length)
      this.settled = this.settled.then(() => this.serve())
    }
  }

  private async serve(): Promise<void> {
    const { port, pod, ends } = this
    const { nodeName = '' } = pod.spec
    const target = { host: pod.status?.podIP ?? '', port, namespace: pod.metadata.namespace ?? '' }
    const answer = await this.calls.call(nodeName, { ...target, timeoutMicros: PATIENCE })
    if (answer.pod !== undefined || answer.reason === 'error') return ends.answered(httpResponse(answer))
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

const httpResponse = ({ pod }: CallAnswer): Buffer => {
  const body = pod === undefined ? 'Service Unavailable\n' : responseBody(pod)
  const status = pod === undefined ? '503 Service Unavailable' : '200 OK'
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}
