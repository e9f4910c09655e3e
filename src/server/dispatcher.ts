/**
 * A dispatcher, as undici and the `fetch` of Node take it, over an agent of node:http.
 *
 * A dispatcher is whatever has the method `dispatch`; its handlers have two forms, that of undici 7 and 8 and the one before,
 * which Node's own `fetch` still has. Both are served, so no undici is imported, and it does not matter which one a client
 * brings along.
 *
 * Rejected: an `Agent` of undici with `connect`. It would have to be a dependency of everyone, or be taken from the client by a
 * private method; Node's own is not to be had at all. And undici's parser is compiled on another thread, in its own time,
 * so that what a client sends in its turn would hang on the machine.
 */
import { request as startRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import { pipeline, Readable, type Duplex } from 'node:stream'

type HeaderValues = Record<string, string | readonly string[] | undefined>

/** Of undici's options what says something to a server. Time-outs are left out: it is the cluster that has the time. */
export interface DispatchOptions {
  readonly origin?: string | URL
  readonly path: string
  readonly method: string
  readonly query?: Readonly<Record<string, unknown>>
  /** An object, a flat list of names and values, or pairs. */
  readonly headers?: HeaderValues | readonly string[] | Iterable<readonly [string, string | readonly string[]]> | null
  readonly body?: unknown
  /** The protocol to change to. */
  readonly upgrade?: string | boolean | null
}

interface Controller {
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: Error | null
  /** Names and values by turns. */
  readonly rawHeaders: Buffer[]
  readonly rawTrailers: Buffer[]
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** Since undici 7. */
interface Handler {
  onRequestStart?(controller: Controller, context: object): void
  onRequestUpgrade?(controller: Controller, status: number, headers: object, socket: Duplex): void
  onResponseStarted?(): void
  onResponseStart?(controller: Controller, status: number, headers: object, statusText: string): void
  onResponseData?(controller: Controller, chunk: Buffer): void
  onResponseEnd?(controller: Controller, trailers: object): void
  onResponseError?(controller: Controller, error: Error): void
}

/** Before undici 7, and in Node's `fetch`. What gives false wants no more until it calls `resume`. */
interface EarlierHandler {
  onConnect?(abort: (reason: Error) => void, context: object): void
  onUpgrade?(status: number, headers: Buffer[], socket: Duplex): void
  onResponseStarted?(): void
  onHeaders?(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean
  onData?(chunk: Buffer): boolean
  onComplete?(trailers: Buffer[]): void
  onError?(error: Error): void
}

export type DispatchHandler = Handler | EarlierHandler

export interface Dispatcher {
  dispatch(options: DispatchOptions, handler: DispatchHandler): boolean
}

/** Whatever origin a request names, it goes where the agent connects. */
export const dispatcherOver = (agent: Agent): Dispatcher => ({
  dispatch(options, handler) {
    new Exchange('onRequestStart' in handler ? handler : fromEarlier(handler)).start(agent, options)
    return true
  },
})

const fromEarlier = (handler: EarlierHandler): Handler => ({
  onRequestStart: (controller, context) => handler.onConnect?.((reason) => controller.abort(reason), context),
  onRequestUpgrade: ({ rawHeaders }, status, _headers, socket) => handler.onUpgrade?.(status, rawHeaders, socket),
  onResponseStarted: () => handler.onResponseStarted?.(),
  onResponseStart(controller, status, _headers, statusText) {
    const goesOn = handler.onHeaders?.(status, controller.rawHeaders, () => controller.resume(), statusText)
    if (goesOn === false) controller.pause()
  },
  onResponseData(controller, chunk) {
    if (handler.onData?.(chunk) === false) controller.pause()
  },
  onResponseEnd: ({ rawTrailers }) => handler.onComplete?.(rawTrailers),
  onResponseError: (_controller, error) => handler.onError?.(error),
})

/** One request and its answer. */
class Exchange implements Controller {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders: Buffer[] = []
  rawTrailers: Buffer[] = []
  private readonly handler: Handler
  private request: ClientRequest | undefined
  private response: IncomingMessage | undefined
  private over = false

  constructor(handler: Handler) {
    this.handler = handler
  }

  start(agent: Agent, options: DispatchOptions): void {
    this.guarded(() => this.handler.onRequestStart?.(this, {}))
    if (this.over) return
    this.guarded(() => this.send(agent, options))
  }

  pause(): void {
    this.paused = true
    this.response?.pause()
  }

  resume(): void {
    this.paused = false
    this.response?.resume()
  }

  abort(reason: Error): void {
    if (this.over) return
    this.aborted = true
    this.reason = reason
    this.fail(reason)
  }

  private send(agent: Agent, { origin, path, method, query, headers, body, upgrade }: DispatchOptions): void {
    const { host } = new URL(String(origin ?? 'http://localhost'))
    const asked = valuesOf(headers)
    if (upgrade) Object.assign(asked, { connection: 'upgrade', upgrade: upgrade === true ? 'websocket' : upgrade })
    const options = { agent, path: query === undefined ? path : withQuery(path, query), method }
    const request = startRequest({ ...options, headers: { host, ...asked } })
    this.request = request
    request.on('error', (error) => this.fail(error))
    request.on('response', (response) => this.guarded(() => this.answered(response)))
    request.on('upgrade', (response, socket: Duplex, head) => {
      if (head.length > 0) socket.unshift(head)
      this.over = true
      this.rawHeaders = buffers(response.rawHeaders)
      this.handler.onRequestUpgrade?.(this, response.statusCode ?? 0, response.headers, socket)
    })
    if (body === undefined || body === null) return void request.end()
    if (typeof body === 'string' || body instanceof Uint8Array) return void request.end(body)
    if (!isIterable(body)) throw new TypeError('a body is text, bytes, or a stream of them')
    const source = Readable.from(body)
    source.on('error', (error) => {
      // A server may answer, and close, before it has read all.
      if (this.response === undefined) this.fail(error)
    })
    pipeline(source, request, () => undefined)
  }

  private answered(response: IncomingMessage): void {
    const { handler } = this
    this.response = response
    this.rawHeaders = buffers(response.rawHeaders)
    response.on('error', (error) => this.fail(error))
    response.on('data', (chunk: Buffer) => this.guarded(() => handler.onResponseData?.(this, chunk)))
    response.on('end', () => {
      if (this.over) return
      this.over = true
      this.rawTrailers = buffers(response.rawTrailers)
      handler.onResponseEnd?.(this, response.trailers)
    })
    handler.onResponseStarted?.()
    handler.onResponseStart?.(this, response.statusCode ?? 0, response.headers, response.statusMessage ?? '')
  }

  /** What a handler throws ends its request. */
  private guarded(step: () => void): void {
    if (this.over) return
    try {
      step()
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  private fail(error: Error): void {
    if (this.over) return
    this.over = true
    this.request?.destroy()
    this.handler.onResponseError?.(this, error)
  }
}

const buffers = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'))

const valuesOf = (headers: DispatchOptions['headers']): Record<string, string | string[]> => {
  const values: Record<string, string | string[]> = {}
  for (const [name, value] of pairsOf(headers)) {
    if (value !== undefined) values[name] = typeof value === 'string' ? value : [...value]
  }
  return values
}

type Pair = readonly [string, string | readonly string[] | undefined]

const pairsOf = (headers: DispatchOptions['headers']): readonly Pair[] => {
  if (headers === undefined || headers === null) return []
  if (!(Symbol.iterator in headers)) return Object.entries(headers)
  const items: readonly (string | Pair)[] = [...headers]
  return items.flatMap((item, at): readonly Pair[] => {
    if (typeof item !== 'string') return [item]
    const value = items[at + 1]
    return at % 2 === 0 && typeof value === 'string' ? [[item, value]] : []
  })
}

const withQuery = (path: string, query: Readonly<Record<string, unknown>>): string => {
  const search = new URLSearchParams()
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) search.append(name, String(value))
  }
  return `${path}?${search.toString()}`
}

const isIterable = (body: unknown): body is Iterable<unknown> | AsyncIterable<unknown> =>
  typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body)
