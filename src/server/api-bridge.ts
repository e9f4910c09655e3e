/** From HTTP into the log and back: requests go in as events from outside, events addressed to the outside are answers. */
import type { Cluster } from '../cluster.ts'
import { OUTSIDE } from '../events/envelope.ts'
import type { EventData } from '../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../events/envelope.ts'
import { millis, seconds } from '../events/time.ts'
import { timeout } from '../kubernetes/status.ts'
import type { Announcements } from './announcements.ts'
import type { Clock } from './clock.ts'

export type ApiRequest = Omit<EventData<'ApiRequested'>, 'request'>
export type ApiAnswer = EventData<'ApiResponded'>
export type WatchRequest = Omit<EventData<'WatchRequested'>, 'watch'>
export type WatchPush = EventData<'WatchPushed'>
export type WatchEnd = EventData<'WatchEnded'>

/** Who holds a watch. */
export interface WatchListener {
  pushed(push: WatchPush): void
  ended(end: WatchEnd): void
  /** The API server is gone, and the watch with it. */
  lost(): void
}

interface Pending {
  readonly server: ActorId
  readonly settle: (answer: ApiAnswer | undefined) => void
}

/** The most that passes until an API server has taken a watch in or refused it: one way through the network, and its thought. */
const WATCH_BEGINS_WITHIN: Micros = millis(2)

/**
 * Who gets no answer at all, as behind a network that is cut, is told so after this: an API server gives a request up after
 * a minute itself.
 */
const ANSWER_WITHIN: Micros = seconds(75)
const NO_ANSWER = timeout('the API server did not answer', 0)

export class ApiBridge {
  private readonly cluster: Cluster
  private readonly clock: Clock
  private readonly announcements: Announcements | undefined
  private readonly servers: readonly ActorId[]
  private readonly pending = new Map<number, Pending>()
  private readonly watches = new Map<number, { readonly server: ActorId; readonly listener: WatchListener }>()
  private readonly subscription: { unsubscribe(): void }
  private current = 0
  /** Why nobody is answered any more. */
  private failure: Error | undefined

  /** Without `announcements`, clients are told at once. */
  constructor(cluster: Cluster, clock: Clock, announcements?: Announcements) {
    this.cluster = cluster
    this.clock = clock
    this.announcements = announcements
    this.servers = Array.from({ length: cluster.options.controlPlane }, (_, n) => `kube-apiserver/${n}`)
    this.subscription = cluster.events$.subscribe((event) => {
      if (event.to === OUTSIDE) this.receive(event)
    })
  }

  /** Undefined when the API server went away before it answered: the write may have happened or not. */
  ask(request: ApiRequest): Promise<ApiAnswer | undefined> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure)
      this.clock.present()
      const number = this.cluster.nextNumber
      const server = this.server
      let done = false
      const settle = (answer: ApiAnswer | undefined): void => {
        done = true
        this.tell(() => resolve(answer))
      }
      this.pending.set(number, { server, settle })
      this.cluster.send({ type: 'ApiRequested', data: { request: number, ...request }, to: server })
      const deadline = this.cluster.now + ANSWER_WITHIN
      this.clock.await(() => {
        if (!done && this.cluster.now >= deadline) {
          this.pending.delete(number)
          settle({ request: number, code: 504, status: NO_ANSWER })
        }
        return done
      })
    })
  }

  /** Gives how to end it. `begun` is called once it is known not to be refused. */
  watch(request: WatchRequest, listener: WatchListener, begun: () => void): () => void {
    if (this.failure !== undefined) throw this.failure
    this.clock.present()
    const watch = this.cluster.nextNumber
    const server = this.server
    this.watches.set(watch, { server, listener })
    const deadline = this.cluster.now + WATCH_BEGINS_WITHIN
    this.cluster.send({ type: 'WatchRequested', data: { watch, ...request }, to: server })
    let told = false
    this.clock.await(() => {
      const over = !this.watches.has(watch)
      const begins = over || this.cluster.now >= deadline
      if (begins && !over && !told) begun()
      if (begins) told = true
      return begins
    })
    return () => {
      if (!this.watches.delete(watch)) return
      this.clock.present()
      this.cluster.send({ type: 'WatchCancelled', data: { watch }, to: server })
    }
  }

  /** How many answers are waited for. */
  get inFlight(): number {
    return this.pending.size
  }

  close(): void {
    this.subscription.unsubscribe()
    this.abandon()
    this.announcements?.flush()
  }

  /** The run has stopped: who waits is cut off, who comes later is told why. */
  fail(error: unknown): void {
    this.failure = error instanceof Error ? error : new Error(String(error))
    this.abandon()
  }

  private abandon(): void {
    for (const { settle } of this.pending.values()) settle(undefined)
    for (const { listener } of this.watches.values()) this.tell(() => listener.lost())
    this.pending.clear()
    this.watches.clear()
  }

  private get server(): ActorId {
    return this.servers[this.current % this.servers.length] ?? ''
  }

  private receive(event: LogEvent): void {
    switch (event.type) {
      case 'ApiResponded': {
        const pending = this.pending.get(event.data.request)
        this.pending.delete(event.data.request)
        pending?.settle(event.data)
        return
      }
      case 'WatchPushed': {
        const listener = this.watches.get(event.data.watch)?.listener
        if (listener !== undefined) this.tell(() => listener.pushed(event.data))
        return
      }
      case 'WatchEnded': {
        const watch = this.watches.get(event.data.watch)
        this.watches.delete(event.data.watch)
        if (watch !== undefined) this.tell(() => watch.listener.ended(event.data))
        return
      }
      case 'ConnectionLost':
        this.lose(event.data.peer)
    }
  }

  /** The next request goes to the next server, as behind a load balancer that notices. */
  private lose(server: ActorId): void {
    if (server === this.server) this.current++
    for (const [number, pending] of this.pending) {
      if (pending.server !== server) continue
      this.pending.delete(number)
      pending.settle(undefined)
    }
    for (const [number, watch] of this.watches) {
      if (watch.server !== server) continue
      this.watches.delete(number)
      this.tell(() => watch.listener.lost())
    }
  }

  /** Clients are told in the order in which things happened, and of nothing that could still be lost. */
  private tell(what: () => void): void {
    if (this.announcements === undefined) what()
    else this.announcements.add(what)
  }
}
