/** What answers requests for a cluster, whatever they came over. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Cluster } from '../cluster.ts'
import type { ListenOptions } from '../cluster/listen.ts'
import { internalError, unauthorized } from '../kubernetes/status.ts'
import { Announcements } from './announcements.ts'
import { ApiBridge } from './api-bridge.ts'
import { createClock } from './clock.ts'
import { ServedApi } from './discovery/served-api.ts'
import { flowOf } from './flow.ts'
import { callerOf } from './identity.ts'
import { PathHandler } from './path-handler.ts'
import { Reply, type HttpRequest, type HttpResponse } from './reply.ts'
import { readTarget } from './request-info.ts'
import { ResourceHandler } from './resource-handler.ts'
import { ServiceAccountKeys } from './service-account-keys.ts'
import { PodConnections } from './streams/pod-connections.ts'
import { WatchStreams } from './watch-streams.ts'
import { WebhookCaller } from './webhooks.ts'

export interface ApiFace {
  readonly handle: (request: HttpRequest, response: HttpResponse) => void
  /** A request over HTTP/1.1 that asks for another protocol. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** When no webhook is being called any more. */
  settled(): Promise<void>
  /** Stops time and leaves nobody waiting. */
  close(): void
}

export type FaceOptions = Pick<ListenOptions, 'speed' | 'commit' | 'onFailure' | 'webhookServices'>

/** @param address host and port, as clients know them */
export const openApiFace = (
  cluster: Cluster,
  { speed = 1, commit, onFailure, webhookServices = {} }: FaceOptions,
  address: string,
): ApiFace => {
  const fail = (error: unknown): void => {
    bridge.fail(error)
    onFailure?.(error)
  }
  const clock = createClock(cluster, speed, fail)
  const bridge = new ApiBridge(cluster, clock, commit === undefined ? undefined : new Announcements(commit, fail))
  const api = new ServedApi(cluster)
  const connections = new PodConnections(cluster, clock, speed === 'stepped')
  const webhooks = new WebhookCaller(cluster, clock, webhookServices)
  const watches = new WatchStreams(cluster, bridge)
  const resources = new ResourceHandler({ cluster, bridge, api, watches, connections })
  const paths = new PathHandler({ cluster, bridge, api, keys: new ServiceAccountKeys(), address: () => address })
  const handle = (request: HttpRequest, response: HttpResponse): void => {
    const reply = new Reply(request, response)
    answer(request, reply, { resources, paths, cluster }).catch((error: unknown) => {
      if (reply.sent) reply.cut()
      else reply.status(internalError(error instanceof Error ? error.message : String(error)))
    })
  }
  return {
    handle,
    upgrade: (request, socket, head) => handle(request, connections.upgradable(request, socket, head)),
    settled: () => webhooks.settled(),
    close: () => {
      clock.stop()
      connections.close()
      webhooks.close()
      bridge.close()
    },
  }
}

const answer = async (
  request: HttpRequest,
  reply: Reply,
  { resources, paths, cluster }: { resources: ResourceHandler; paths: PathHandler; cluster: Cluster },
): Promise<void> => {
  const target = readTarget(request.url ?? '/')
  const caller = callerOf(request)
  if (caller === undefined) return reply.status(unauthorized())
  if (target === undefined) return reply.text(404, '404 page not found\n')
  const { resource } = target
  const flow = flowOf(cluster, caller, request.method ?? '', target)
  if (flow !== undefined) reply.flow(flow)
  return resource === undefined
    ? paths.handle(target, caller, reply)
    : resources.handle(resource, target, caller, reply)
}

const TOO_LARGE = 'HPE_HEADER_OVERFLOW'

/** Bytes that are no HTTP, or too many before a request begins. Source: net/http/server.go, conn.serve. */
export const refuseBytes = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  const status = error.code === TOO_LARGE ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const head = 'Content-Type: text/plain; charset=utf-8\r\nConnection: close'
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${status}`)
  else socket.destroy()
}
