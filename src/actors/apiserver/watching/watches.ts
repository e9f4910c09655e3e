import type { ActorId, EventOf, Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { expired, isStatus, noSuchPath, tooManyRequests, type Status } from '../../../kubernetes/status.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { WatchCache } from '../cache/watch-cache.ts'
import { Deadlines } from './deadlines.ts'
import { beginningOf, watcherFor, type Beginning } from './demand.ts'
import { Teller, type Convert } from './teller.ts'
import { Watchers, type Watcher } from './watchers.ts'

/** A watch without a timeout of its own ends after 30 to 60 minutes. Source: endpoints/handlers/get.go, MinRequestTimeout. */
const TIMEOUT_MIN: Micros = seconds(1800)

export const WATCHES_TIMER = 'watches'

/** Why a watch ends, as an HTTP code. */
const TIMED_OUT = 200
const GONE = 410
/** Source: apiserver/pkg/storage/cacher/ready.go; storage/errors.go, NewTooManyRequests. */
const NOT_READY = tooManyRequests('storage is (re)initializing', 1)
/** Nothing is newer: of what happens nothing is told yet. */
const NOT_YET = Infinity

/** What watches need of their server. */
export interface WatchedServer {
  readonly context: ActorContext
  readonly cache: WatchCache
  rowOf(kind: string, apiVersion: string | undefined): KindRow | undefined
  /** Waits until the cache shows a revision (undefined: what etcd holds now), or tells why it does not. */
  fresh(revision: number | undefined, done: (refused: Status | undefined) => void): void
  /** Tells why etcd no longer has what was at a revision; at once, and nothing, where nobody asks it. */
  kept(revision: number, done: (refused: Status | undefined) => void): void
  readonly convert: Convert
}

/**
 * The watches that clients hold with one server: each begins in the past that the cache still knows, goes on with what comes,
 * and ends by its own clock.
 */
export class Watches {
  private readonly server: WatchedServer
  private readonly teller: Teller
  private readonly watchers = new Watchers()
  /** Custom kinds that somebody has asked this server for: each has had a cache since. */
  private readonly opened = new Set<string>()
  private readonly deadlines = new Deadlines<Watcher>()
  private alarm: Micros | undefined

  constructor(server: WatchedServer) {
    this.server = server
    this.teller = new Teller(server.context, server.cache)
  }

  get size(): number {
    return this.watchers.size
  }

  request({ by: client, data }: EventOf<'WatchRequested'>): void {
    const { context, cache } = this.server
    const { watch } = data
    this.cancel(client, watch)
    const row = this.server.rowOf(data.kind, data.apiVersion)
    if (row === undefined) return this.refuse(client, watch, noSuchPath())
    if (!cache.ready || (row.custom !== undefined && this.open(row.kind))) return this.refuse(client, watch, NOT_READY)
    const asked = { now: context.monotonic, position: cache.position, defaultTimeout: () => this.defaultTimeout() }
    const watcher = watcherFor(client, data, row, asked)
    if (isStatus(watcher)) return this.refuse(client, watch, watcher)
    if (row.custom?.convertedBy !== undefined) {
      watcher.telling = this.teller.converted(watcher, row, this.server.convert, (why) =>
        this.end(watcher, why.code ?? GONE, why),
      )
    }
    if (watcher.endsAt < context.monotonic) return this.ended(watcher, TIMED_OUT)
    this.begin(watcher, row, beginningOf(watcher.position, data))
  }

  /**
   * A custom kind is asked for; gives whether for the first time. That makes its cache, which is not filled yet when a watch is
   * what came first; by the next request it is.
   * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, getOrCreateServingInfoFor (v1.36).
   */
  open(kind: string): boolean {
    if (this.opened.has(kind)) return false
    this.opened.add(kind)
    return true
  }

  cancel(client: ActorId, watch: number): void {
    const watcher = this.watchers.get(client, watch)
    if (watcher !== undefined) this.remove(watcher)
  }

  /** A client is gone. */
  drop(client: ActorId): void {
    for (const watcher of this.watchers.of(client)) this.remove(watcher)
  }

  /** Tells everybody whom a change concerns: one message each. */
  dispatch(change: Change): void {
    this.watchers.dispatch(change, this.teller.tell)
  }

  /** The cache starts anew: what it will hold does not follow from what it held. */
  endAll(): void {
    for (const watcher of this.watchers.all()) this.end(watcher, TIMED_OUT)
  }

  /** A kind is no longer served. */
  endKind(kind: string): void {
    this.opened.delete(kind)
    for (const watcher of this.watchers.all()) if (watcher.kind === kind) this.end(watcher, TIMED_OUT)
  }

  /** The alarm WATCHES_TIMER fired. */
  fired(): void {
    this.alarm = undefined
    const { monotonic } = this.server.context
    for (const watcher of this.deadlines.take(monotonic)) {
      if (watcher.endsAt <= monotonic) {
        this.end(watcher, TIMED_OUT)
        continue
      }
      this.teller.bookmark(watcher)
      this.plan(watcher)
    }
    this.arm()
  }

  private begin(watcher: Watcher, row: KindRow, beginning: Beginning): void {
    switch (beginning.from) {
      case 'shown':
        if (beginning.initial) this.teller.present(watcher, row)
        else watcher.position = this.server.cache.position
        if (watcher.telling?.isOver !== true) this.add(watcher)
        return
      case 'fresh':
        return this.server.fresh(
          beginning.asOf,
          this.heldBack(watcher, () => {
            if (beginning.initial) {
              this.teller.present(watcher, row)
              if (watcher.bookmarks) this.teller.initialEventsEnd(watcher)
            } else watcher.position = this.server.cache.position
          }),
        )
      case 'past':
        return this.server.kept(
          beginning.revision,
          this.heldBack(watcher, () => {
            watcher.position = beginning.revision
            if (this.teller.past(watcher)) return
            this.end(watcher, GONE, tooOld(beginning.revision, this.server.cache.oldest(watcher.kind)))
          }),
        )
    }
  }

  /** Adds a watcher that is told nothing yet; `go` when the server has what it asked for, if it is still there then. */
  private heldBack(watcher: Watcher, go: () => void): (refused: Status | undefined) => void {
    watcher.position = NOT_YET
    this.add(watcher)
    return (refused) => {
      if (this.watchers.get(watcher.client, watcher.watch) !== watcher) return
      if (refused === undefined) go()
      else this.end(watcher, refused.code ?? GONE, refused)
    }
  }

  private add(watcher: Watcher): void {
    this.watchers.add(watcher)
    this.plan(watcher)
  }

  private end(watcher: Watcher, code: number, status?: Status): void {
    this.remove(watcher)
    this.ended(watcher, code, status)
  }

  private ended({ client, watch }: Watcher, code: number, status?: Status): void {
    this.server.context.emit('WatchEnded', status === undefined ? { watch, code } : { watch, code, status }, {
      to: client,
    })
  }

  private refuse(client: ActorId, watch: number, status: Status): void {
    this.server.context.emit('WatchEnded', { watch, code: status.code ?? GONE, status, refused: true }, { to: client })
  }

  private remove(watcher: Watcher): void {
    watcher.telling?.end()
    this.watchers.remove(watcher)
    this.deadlines.delete(watcher)
  }

  private defaultTimeout(): Micros {
    return TIMEOUT_MIN + this.server.context.random.below(TIMEOUT_MIN)
  }

  private plan(watcher: Watcher): void {
    const { bookmarks, endsAt, nextBookmarkAt } = watcher
    this.deadlines.set(watcher, bookmarks ? Math.min(endsAt, nextBookmarkAt) : endsAt)
    this.arm()
  }

  private arm(): void {
    const next = this.deadlines.next()
    if (next === undefined || (this.alarm !== undefined && this.alarm <= next)) return
    this.alarm = next
    this.server.context.setTimer(WATCHES_TIMER, '', Math.max(0, next - this.server.context.monotonic))
  }
}

/** Source: cacher/watch_cache.go, getAllEventsSinceLocked. */
const tooOld = (wanted: number, oldest: number): Status => expired(`too old resource version: ${wanted} (${oldest})`)
