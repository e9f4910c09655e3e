import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros, Seq } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import { isStatus } from '../../kubernetes/status.ts'
import type { ReadObject } from '../../kubernetes/view.ts'
import type { ActorContext } from '../actor.ts'
import type { Endpoint } from './endpoint.ts'
import type { TokenBucket } from './token-bucket.ts'

type Requested = EventData<'ApiRequested'>

/** One call of the Kubernetes API. */
export interface ApiCall<K extends Kind = Kind> {
  readonly verb: Requested['verb']
  readonly kind: K
  /** Of the path and the body, where it is not the one that the kind is stored in. */
  readonly apiVersion?: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly patchType?: Requested['patchType']
  readonly body?: unknown
  readonly options?: Requested['options']
}

/** Why a call failed. Code 0: no answer came (connection lost or timed out); the write may have happened or not. */
export interface ApiFailure {
  readonly ok: false
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly status?: unknown
}

export interface ApiSuccess<K extends Kind = Kind> {
  readonly ok: true
  readonly code: number
  /** resourceVersion of the object or list. */
  readonly revision: number
  /** How many objects a list holds. */
  readonly items: number
  /** The object as answered; undefined for lists and for deletions that left nothing. */
  readonly object: KindMap[K] | undefined
  /** A body that is stored nowhere: a Scale, what an aggregated API answers. */
  readonly body?: unknown
}

export type ApiAnswer<K extends Kind = Kind> = ApiSuccess<K> | ApiFailure

export interface CallOptions {
  /** What this call is for, when it is not the event in hand. */
  readonly cause?: Seq
  /** Fails with code 0 if nothing was heard by then. */
  readonly timeout?: Micros
  /** Takes its turn here instead of in the client's own limiter. */
  readonly limiter?: TokenBucket
  /** Whom it is made as, where that is not the client's user: the process, for which the client needs no token. */
  readonly as?: string
  /** Made no sooner than this from now. */
  readonly after?: Micros
}

/** What a client must have to be known as its user; a call waits for them. */
export interface Credentials {
  areValid(now: Micros): boolean
  fetch(
    client: ApiClient,
    context: ActorContext,
    cause: Seq,
    done: (failure: ApiFailure | undefined, context: ActorContext) => void,
  ): void
}

/** A call that waits for its turn, or for the time after which the server said to try again. */
interface Waiting {
  readonly call: ApiCall
  readonly options: CallOptions
  readonly cause: Seq
  readonly done: (answer: ApiAnswer, context: ActorContext) => void
  retries: number
}

interface Pending {
  readonly item: Waiting
  readonly server: ActorId
}

/** Source: client-go/rest/request.go, maxRetries; with_retry.go, checkWait. */
const MAX_RETRIES = 10

const TIMEOUT = 'api-timeout'
const THROTTLE = 'api-throttle'

const NO_ANSWER = (message: string): ApiFailure => ({ ok: false, code: 0, reason: 'ServiceUnavailable', message })

/**
 * An actor's side of the Kubernetes API: sends calls at the allowed rate, matches answers, notices lost connections.
 * Lives in the actor's memory and dies with it, and with it every continuation.
 */
export class ApiClient {
  private readonly user: string
  private readonly endpoint: Endpoint
  private readonly read: ReadObject
  private readonly limiter: TokenBucket | undefined
  private readonly credentials: Credentials | undefined
  private readonly pending = new Map<number, Pending>()
  private readonly waiting = new Map<number, Waiting>()
  /** Calls that wait for credentials. */
  private held = new Map<number, Waiting>()
  private next = 1

  constructor(options: {
    user: string
    endpoint: Endpoint
    read: ReadObject
    limiter?: TokenBucket
    credentials?: Credentials
  }) {
    this.user = options.user
    this.endpoint = options.endpoint
    this.read = options.read
    this.limiter = options.limiter
    this.credentials = options.credentials
  }

  /** How many calls are under way or wait for their turn. */
  get inFlight(): number {
    return this.pending.size + this.waiting.size + this.held.size
  }

  call<K extends Kind>(
    context: ActorContext,
    call: ApiCall<K>,
    done: (answer: ApiAnswer<K>, context: ActorContext) => void,
    options: CallOptions = {},
  ): void {
    const request = this.next++
    const cause = options.cause ?? context.seq
    // The answer's object is read by this call's own kind, so the narrower continuation gets what it declares.
    const item: Waiting = { call, options, cause, done: done as Waiting['done'], retries: 0 }
    const wait = Math.max((options.limiter ?? this.limiter)?.reserve(context.monotonic) ?? 0, options.after ?? 0)
    if (wait === 0) {
      this.send(request, item, context)
      return
    }
    this.sendLater(request, item, wait, context)
  }

  /** True when the event was this client's business. */
  receive(event: LogEvent, context: ActorContext): boolean {
    if (event.to !== context.id) return false
    if (event.type === 'ApiResponded') {
      const pending = this.pending.get(event.data.request)
      if (pending === undefined) return true
      this.answered(event.data, pending.item, context)
      return true
    }
    if (event.type === 'TimerFired' && event.data.name === THROTTLE) {
      const request = Number(event.data.key)
      const item = this.waiting.get(request)
      this.waiting.delete(request)
      if (item !== undefined) this.send(request, item, context)
      return true
    }
    if (event.type === 'TimerFired' && event.data.name === TIMEOUT) {
      const request = Number(event.data.key)
      const item = this.pending.get(request)?.item ?? this.waiting.get(request)
      this.pending.delete(request)
      this.waiting.delete(request)
      item?.done(NO_ANSWER('context deadline exceeded'), context)
      return true
    }
    if (event.type === 'ConnectionLost') this.loseServer(event.data.peer, context)
    return false
  }

  /** An answer, or a refusal that says when to try again: then it is not the caller's business yet. */
  private answered(answer: EventData<'ApiResponded'>, item: Waiting, context: ActorContext): void {
    const { request, code, status } = answer
    this.pending.delete(request)
    const wait = code === 429 || code >= 500 ? retryAfter(status) : undefined
    if (wait !== undefined && item.retries < MAX_RETRIES) {
      item.retries++
      this.sendLater(request, item, wait, context)
      return
    }
    context.cancelTimer(TIMEOUT, String(request))
    item.done(this.answerOf(item.call, answer), context)
  }

  private sendLater(request: number, item: Waiting, wait: Micros, context: ActorContext): void {
    this.waiting.set(request, item)
    context.setTimer(THROTTLE, String(request), wait)
  }

  /** Holds a call until there are credentials; all that wait go on together. */
  private hold(request: number, item: Waiting, credentials: Credentials, context: ActorContext): void {
    this.held.set(request, item)
    if (this.held.size > 1) return
    credentials.fetch(this, context, item.cause, (failure, later) => {
      const { held } = this
      this.held = new Map()
      for (const [waiting, one] of held) {
        if (failure === undefined) this.dispatch(waiting, one, later)
        else one.done(failure, later)
      }
    })
  }

  private send(request: number, item: Waiting, context: ActorContext): void {
    const { credentials } = this
    const isKnown =
      credentials === undefined || item.options.as !== undefined || credentials.areValid(context.monotonic)
    if (isKnown) this.dispatch(request, item, context)
    else this.hold(request, item, credentials, context)
  }

  private dispatch(request: number, item: Waiting, context: ActorContext): void {
    const { call, options, cause } = item
    const server = this.endpoint.current
    this.pending.set(request, { item, server })
    const { verb, kind, apiVersion, namespace, name, subresource, patchType, body } = call
    context.emit(
      'ApiRequested',
      {
        request,
        verb,
        kind,
        user: options.as ?? this.user,
        apiVersion,
        namespace,
        name,
        subresource,
        patchType,
        body,
        options: call.options,
      },
      { to: server, cause },
    )
    if (options.timeout !== undefined && item.retries === 0) context.setTimer(TIMEOUT, String(request), options.timeout)
  }

  private loseServer(server: ActorId, context: ActorContext): void {
    this.endpoint.leave(server, context.monotonic)
    for (const [request, pending] of [...this.pending]) {
      if (pending.server !== server) continue
      this.pending.delete(request)
      context.cancelTimer(TIMEOUT, String(request))
      pending.item.done(NO_ANSWER(`connection to ${server} lost`), context)
    }
  }

  private answerOf(call: ApiCall, answer: EventData<'ApiResponded'>): ApiAnswer {
    if (answer.code >= 400) return failureOf(answer.code, answer.status)
    const revision = answer.revision ?? 0
    const name = answer.name ?? call.name
    const single = call.verb !== 'list' && call.verb !== 'deletecollection' && name !== undefined && revision > 0
    const object = single ? this.read(call.kind, call.namespace, name, revision) : undefined
    const { code, items = 0, object: body } = answer
    return body === undefined
      ? { ok: true, code, revision, items, object }
      : { ok: true, code, revision, items, object, body }
  }
}

/** Whether a failure names a cause, e.g. `NamespaceTerminating`. Source: apimachinery/pkg/api/errors/errors.go, HasStatusCause. */
export const hasCause = ({ status }: ApiFailure, reason: string): boolean =>
  isStatus(status) && (status.details?.causes?.some((cause) => cause.reason === reason) ?? false)

/** After how long the server asks to be asked again; undefined where it does not say. */
const retryAfter = (status: unknown): Micros | undefined => {
  const after = isStatus(status) ? (status.details?.retryAfterSeconds ?? 0) : 0
  return after > 0 ? seconds(after) : undefined
}

const failureOf = (code: number, status: unknown): ApiFailure => {
  const { reason, message } = (typeof status === 'object' && status !== null ? status : {}) as {
    reason?: unknown
    message?: unknown
  }
  return {
    ok: false,
    code,
    reason: typeof reason === 'string' ? reason : 'Unknown',
    message: typeof message === 'string' ? message : `code ${code}`,
    status,
  }
}
