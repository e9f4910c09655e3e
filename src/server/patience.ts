/** How long the server waits for clients, and for how many: who is slow or greedy takes nothing from the others. */
import type { Http2SecureServer } from 'node:http2'
import type { HttpRequest, HttpResponse } from './reply.ts'

export interface Patience {
  /** Until TLS is agreed on. */
  readonly handshakeMs: number
  /** Until the head of a request over HTTP/1.1 is there. */
  readonly headersMs: number
  /** Until the whole of a request is there, its body included. */
  readonly requestMs: number
  /** Connections at a time; more are closed at once. */
  readonly connections: number
}

/** Upstream gives requests a minute. Source: apiserver/pkg/server/secure_serving.go, ReadHeaderTimeout; config.go, RequestTimeout (v1.36). */
export const PATIENCE: Patience = { handshakeMs: 10_000, headersMs: 32_000, requestMs: 60_000, connections: 5000 }

/** How often Node looks for connections whose time is up. */
const LOOKS_PER_WAIT = 4
const LOOK_EVERY_MAX_MS = 5000

/** Has to be called before the server listens. */
export const limitConnections = (server: Http2SecureServer, patience: Patience): void => {
  const { headersMs, requestMs, connections } = patience
  // An HTTP/2 server that takes HTTP/1.1 has these properties too; its types do not say so.
  Object.assign(server, {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(LOOK_EVERY_MAX_MS, headersMs / LOOKS_PER_WAIT),
  })
  server.maxConnections = connections
}

type Handle = (request: HttpRequest, response: HttpResponse) => void

/** Cuts a request off whose body does not come. Of HTTP/2 Node itself knows no such limit. */
export const limitBodies =
  (handle: Handle, { requestMs }: Patience): Handle =>
  (request, response) => {
    handle(request, response)
    // Nobody waits for a body of these.
    if (!('stream' in request) || request.stream.endAfterHeaders || /^(GET|HEAD)$/.test(request.method)) return
    const { stream } = request
    const timer = setTimeout(() => {
      if (!request.complete) stream.close(ENHANCE_YOUR_CALM)
    }, requestMs)
    stream.once('end', () => clearTimeout(timer))
    stream.once('close', () => clearTimeout(timer))
  }

/** HTTP/2's error code for a client that asks too much. */
const ENHANCE_YOUR_CALM = 11
