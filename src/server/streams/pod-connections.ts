/** Connections to what runs in Pods, once an API server has said where to: this is the kubelet's side of them. */
import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Cluster } from '../../cluster.ts'
import { badRequest, internalError, isStatus, serviceUnavailable } from '../../kubernetes/status.ts'
import { responseBody } from '../../kubernetes/workload/shell/network-commands.ts'
import { seconds } from '../../events/time.ts'
import type { Clock } from '../clock.ts'
import type { HttpRequest, HttpResponse, Reply } from '../reply.ts'
import { CHANNEL_PROTOCOLS } from './channels.ts'
import { serveAttach } from './attach.ts'
import { serveExec } from './exec.ts'
import { kubeletPage } from './kubelet-pages.ts'
import { serveLog } from './logs.ts'
import { OutsideCalls } from './outside-calls.ts'
import { PodAccess, type ConnectedContainer, type Location } from './pod-access.ts'
import { PORT_CHANNELS_PROTOCOL, portsOf, servePortChannels } from './port-channels.ts'
import { PORT_FORWARD_PROTOCOL, servePortForward } from './port-forward.ts'
import { NO_STREAMS, streamOptions } from './stream-options.ts'

interface Upgrade {
  readonly socket: Duplex
  readonly head: Buffer
}

export interface ConnectionRequest {
  readonly kind: string
  readonly namespace: string
  readonly subresource: string
  readonly query: URLSearchParams
}

/** Source: pkg/cluster/ports/ports.go, KubeletPort. */
const KUBELET_PORT = 10250
/** What is asked of the other side. */
const PROXIED = /^[^?]*?\/proxy(\/[^?]*)/
const PROXY_PATIENCE = seconds(30)

export class PodConnections {
  private readonly access: PodAccess
  private readonly calls: OutsideCalls
  private readonly upgrades = new WeakMap<HttpRequest, Upgrade>()
  private readonly protocols = new WeakMap<IncomingMessage, string>()
  private readonly sockets = new WebSocketServer({ noServer: true })

  constructor(cluster: Cluster, clock: Clock, isStepped: boolean) {
    this.access = new PodAccess(cluster)
    this.calls = new OutsideCalls(cluster, clock, isStepped)
    this.sockets.on('headers', (headers, request) => {
      const protocol = this.protocols.get(request)
      if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
    })
  }

  close(): void {
    this.access.close()
    this.calls.close()
  }

  /** A response for a request that wants another protocol: it gets it, or an answer as any other. */
  upgradable(request: IncomingMessage, socket: Duplex, head: Buffer): HttpResponse {
    this.upgrades.set(request, { socket, head })
    const response = new ServerResponse(request)
    // A TLS socket is a stream like any other to what is written here.
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0])
    response.shouldKeepAlive = false
    response.on('finish', () => socket.end())
    return response
  }

  async carry(
    { kind, namespace, subresource, query }: ConnectionRequest,
    answered: unknown,
    reply: Reply,
  ): Promise<void> {
    if (subresource === 'proxy') return this.proxy(kind, answered, reply)
    const location = answered as Location
    const connected = this.access.find(namespace, location)
    if (isStatus(connected)) return reply.status(connected)
    if (subresource === 'log') return serveLog(connected, query, this.access, reply)
    const life = this.access.running(connected)
    if (subresource === 'portforward') {
      if (connected.pod.status?.phase !== 'Running') {
        return reply.status(
          internalError(`unable to upgrade connection: pod not found ("${location.podName}_${namespace}")`),
        )
      }
      return this.forward(connected, query, reply)
    }
    if (life === undefined) {
      return reply.status(
        internalError(
          `unable to upgrade connection: container not found (${JSON.stringify(connected.container.name)})`,
        ),
      )
    }
    if (subresource === 'exec' && query.getAll('command').length === 0) {
      return reply.status(badRequest('you must specify at least 1 command for the container'))
    }
    const wanted = streamOptions(query)
    if (wanted === undefined) return reply.text(400, NO_STREAMS)
    const socket = await this.upgraded(reply, CHANNEL_PROTOCOLS)
    if (socket === undefined) return
    const attended = { connected, life, query, wanted, access: this.access, calls: this.calls }
    await (subresource === 'exec' ? serveExec(socket, attended) : serveAttach(socket, attended))
  }

  private async forward(connected: ConnectedContainer, query: URLSearchParams, reply: Reply): Promise<void> {
    const isTunnelled = offeredBy(reply.request).includes(PORT_FORWARD_PROTOCOL)
    const ports = isTunnelled ? [] : portsOf(query)
    if (typeof ports === 'string') return reply.text(400, ports)
    const socket = await this.upgraded(reply, [isTunnelled ? PORT_FORWARD_PROTOCOL : PORT_CHANNELS_PROTOCOL])
    if (socket === undefined) return
    if (isTunnelled) servePortForward(socket, connected, this.calls)
    else servePortChannels(socket, connected, this.calls, ports)
  }

  /** Undefined, and answered, where the client speaks another protocol. */
  private upgraded(reply: Reply, known: readonly string[]): Promise<WebSocket | undefined> {
    const { request, response } = reply
    const upgrade = this.upgrades.get(request)
    if (upgrade === undefined || 'stream' in request || request.headers.upgrade?.toLowerCase() !== 'websocket') {
      // Abridged: no bare SPDY, which clients before v1.31 speak.
      reply.status(badRequest('Upgrade request required'))
      return Promise.resolve(undefined)
    }
    const offered = offeredBy(request)
    const protocol = known.find((one) => offered.includes(one))
    if (protocol !== undefined) this.protocols.set(request, protocol)
    // Kubernetes' name has a slash in it, which `ws` takes for an error: the protocol is agreed upon here.
    delete request.headers['sec-websocket-protocol']
    if (response instanceof ServerResponse && response.socket !== null) response.detachSocket(response.socket)
    return new Promise((resolve) => {
      this.sockets.handleUpgrade(request, upgrade.socket, upgrade.head, resolve)
    })
  }

  /** Abridged: whatever the method and the path, the answer of a Pod is the model's short body. */
  private async proxy(kind: string, answered: unknown, reply: Reply): Promise<void> {
    const { address, port, scheme } = answered as ProxyLocation
    const { cluster } = this.access
    const unreachable = (why: string): void => reply.status(serviceUnavailable(`error trying to reach service: ${why}`))
    if (kind === 'Node') {
      const node = cluster.list('Node').find(({ status }) => status?.addresses?.some((one) => one.address === address))
      if (node === undefined || port !== KUBELET_PORT || this.access.isGone(node.metadata.name)) {
        return unreachable(`dial tcp ${address}:${port}: connect: connection refused`)
      }
      const [, path = '/'] = PROXIED.exec(reply.request.url ?? '') ?? []
      const { code, type, text } = await kubeletPage(path, node, cluster, this.calls)
      return reply.body(code, type, text)
    }
    const pod = cluster.list('Pod').find(({ status }) => status?.podIP === address)
    const { namespace = 'default' } = pod?.metadata ?? {}
    const target = { host: address, port, namespace, timeoutMicros: PROXY_PATIENCE }
    const { pod: server, reason } = await this.calls.call(pod?.spec.nodeName ?? '', target)
    // What runs in a simulated Pod speaks no TLS.
    if (server !== undefined && scheme === 'https')
      return unreachable('http: server gave HTTP response to HTTPS client')
    if (server !== undefined) return reply.body(200, 'text/plain', responseBody(server))
    if (reason === 'error') return reply.text(503, 'Service Unavailable\n')
    return unreachable(`dial tcp ${address}:${port}: connect: connection refused`)
  }
}

const offeredBy = ({ headers }: HttpRequest): readonly string[] =>
  String(headers['sec-websocket-protocol'] ?? '').split(/ *, */)

/** What the API server answers to a request to be passed on. */
interface ProxyLocation {
  readonly address: string
  readonly port: number
  readonly scheme: 'http' | 'https'
}
