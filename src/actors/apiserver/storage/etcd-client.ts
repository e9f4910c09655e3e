import type { EtcdRequest, EtcdResponse } from '../../../events/catalogue/etcd-request.ts'
import type { ActorId, Micros, Seq } from '../../../events/envelope.ts'
import type { EventData } from '../../../events/catalogue/index.ts'
import { millis, seconds } from '../../../events/time.ts'
import { invariant } from '../../../engine/invariant.ts'
import type { ActorContext } from '../../../engine/actor.ts'

/** Source: etcd/client/v3/options.go, defaultBackoffWaitBetween; doubled while no member answers. */
const RETRY_MIN: Micros = millis(25)
const RETRY_MAX: Micros = seconds(1)

export const ETCD_RETRY = 'etcd-retry'

/** What a member that cannot serve now says; a read may be asked again. Source: etcd/api/v3rpc/rpctypes/error.go, codes.Unavailable. */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  'etcdserver: no leader',
  'etcdserver: not leader',
  'etcdserver: leader changed',
  'etcdserver: request timed out',
  'etcdserver: request timed out, possibly due to previous leader failure',
  'etcdserver: request timed out, possibly due to connection lost',
])
/** Nobody knows whether a write took place: the connection broke while it was under way. */
const CONNECTION_BROKEN = 'rpc error: code = Unavailable desc = error reading from server: EOF'

interface Call {
  readonly op: EtcdRequest
  readonly cause: Seq
  readonly member: ActorId
  readonly done: (response: EtcdResponse) => void
}

/**
 * An API server's connection to etcd: one member at a time, its own first, the next one when a connection breaks.
 *
 * Reads are repeated until somebody answers; a write that broke off is not, because it may have taken place.
 * Source: etcd/client/v3/retry_interceptor.go and retry.go (v3.6), repeatable and nonRepeatable.
 */
export class EtcdClient {
  private readonly members: readonly ActorId[]
  /** Under way to the member it talks to. */
  private readonly calls = new Map<number, Call>()
  /** Reads that wait to be asked again. */
  private readonly waiting = new Map<number, Call>()
  private index = 0
  private backoff: Micros = RETRY_MIN
  private next = 1
  /** Told of a member that is left because it cannot serve. */
  onLeave: (context: ActorContext, member: ActorId) => void = () => {}

  constructor(members: readonly ActorId[]) {
    invariant(members.length > 0, 'an API server has an etcd member to talk to')
    this.members = members
  }

  /** The member it talks to now. */
  get member(): ActorId {
    return this.members[this.index] as ActorId
  }

  /** Gives the number to `cancel` the call with. */
  call(context: ActorContext, op: EtcdRequest, cause: Seq, done: (response: EtcdResponse) => void): number {
    const request = this.next++
    this.send(context, request, { op, cause, member: this.member, done })
    return request
  }

  /** Nobody waits for the answer any more. What was sent may still take place. */
  cancel(request: number): void {
    this.calls.delete(request)
    this.waiting.delete(request)
  }

  responded(
    context: ActorContext,
    { by, data }: { readonly by: ActorId; readonly data: EventData<'EtcdResponded'> },
  ): void {
    const call = this.calls.get(data.request)
    if (call === undefined) return
    this.calls.delete(data.request)
    if (data.outcome === 'refused' && UNAVAILABLE.has(data.error ?? '')) {
      this.leave(by)
      this.onLeave(context, by)
      if (call.op.op === 'range') {
        this.repeatLater(context, data.request, call)
        return
      }
    }
    this.backoff = RETRY_MIN
    call.done(data)
  }

  /** The alarm ETCD_RETRY fired. */
  fired(context: ActorContext): void {
    const again = [...this.waiting]
    this.waiting.clear()
    for (const [request, call] of again) this.send(context, request, { ...call, member: this.member })
  }

  /** Goes on to the next member, unless it has already. */
  leave(member: ActorId): void {
    if (this.member === member) this.index = (this.index + 1) % this.members.length
  }

  /** A connection broke: what was asked over it is asked again elsewhere, or fails. */
  lost(context: ActorContext, peer: ActorId): void {
    this.leave(peer)
    for (const [request, call] of [...this.calls]) {
      if (call.member !== peer) continue
      this.calls.delete(request)
      if (call.op.op === 'range') this.repeatLater(context, request, call)
      else call.done({ request, outcome: 'refused', revision: 0, error: CONNECTION_BROKEN })
    }
  }

  private send(context: ActorContext, request: number, call: Call): void {
    this.calls.set(request, call)
    context.emit('EtcdRequested', { request, op: call.op }, { to: call.member, cause: call.cause })
  }

  private repeatLater(context: ActorContext, request: number, call: Call): void {
    this.waiting.set(request, call)
    if (context.hasTimer(ETCD_RETRY, '')) return
    context.setTimer(ETCD_RETRY, '', this.backoff)
    this.backoff = Math.min(this.backoff * 2, RETRY_MAX)
  }
}
