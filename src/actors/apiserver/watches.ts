import type { EventOf, ActorId, Micros } from '../../events/envelope.ts'
import { minutes, seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { KindRow } from '../../kubernetes/registry.ts'
import { isStatus } from '../../kubernetes/status.ts'
import type { Change } from '../../kubernetes/view.ts'
import { Deadlines } from './cache/deadlines.ts'
import type { WatchCache } from './cache/watch-cache.ts'
import { changeFor, isIn, Watchers, type WatchChange, type Watcher } from './cache/watchers.ts'
import { selectionOf } from './selection.ts'

/** A watch without a timeout of its own ends after 30 to 60 minutes. Source: endpoints/handlers/get.go, MinRequestTimeout. */
const TIMEOUT_MIN: Micros = seconds(1800)
/** Source: cacher/cacher.go, bookmarkFrequency. */
const BOOKMARK_EVERY: Micros = minutes(1)

export const WATCHES_TIMER = 'watches'

/** Why a watch ends, as an HTTP code. */
const TIMED_OUT = 200
const NOT_FOUND = 404
const GONE = 410
/** Source: cacher/delegator: "storage is (re)initializing". */
const NOT_READY = 429

/**
 * The watches that clients hold with one server: each begins in the past that the cache still knows, goes on with what comes,
 * and ends by its own clock.
 */
export class Watches {
  private readonly context: ActorContext
  private readonly cache: WatchCache
  private readonly rowOf: (kind: string, apiVersion: string | undefined) => KindRow | undefined
  private readonly watchers = new Watchers()
  private readonly deadlines = new Deadlines<Watcher>()
  private alarm: Micros | undefined

  constructor(
    context: ActorContext,
    cache: WatchCache,
    rowOf: (kind: string, apiVersion: string | undefined) => KindRow | undefined,
  ) {
    this.context = context
    this.cache = cache
    this.rowOf = rowOf
  }

  get size(): number {
    return this.watchers.size
  }

  request({ by: client, data }: EventOf<'WatchRequested'>): void {
    const { watch, revision } = data
    this.cancel(client, watch)
    const row = this.rowOf(data.kind, data.apiVersion)
    if (row === undefined) return this.refuse(client, watch, NOT_FOUND)
    if (!this.cache.ready) return this.refuse(client, watch, NOT_READY)
    const scope = selectionOf(row, data)
    if (isStatus(scope)) return this.refuse(client, watch, scope.code ?? NOT_FOUND)
    const { monotonic } = this.context
    const timeout = data.timeoutSeconds === undefined ? this.defaultTimeout() : seconds(data.timeoutSeconds)
    const watcher: Watcher = {
      client,
      watch,
      kind: row.kind,
      scope,
      bookmarks: data.bookmarks === true,
      endsAt: monotonic + timeout,
      position: revision,
      nextBookmarkAt: monotonic + BOOKMARK_EVERY,
    }
    if (revision === 0) this.tellPresent(watcher)
    else if (!this.tellPast(watcher)) return this.refuse(client, watch, GONE)
    this.watchers.add(watcher)
    this.plan(watcher)
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
    this.watchers.dispatch(change, this.tell)
  }

  /** The cache starts anew: what it will hold does not follow from what it held. */
  endAll(): void {
    for (const watcher of this.watchers.all()) this.end(watcher, TIMED_OUT)
  }

  /** The alarm WATCHES_TIMER fired. */
  fired(): void {
    this.alarm = undefined
    const { monotonic } = this.context
    for (const watcher of this.deadlines.take(monotonic)) {
      if (watcher.endsAt <= monotonic) {
        this.end(watcher, TIMED_OUT)
        continue
      }
      this.bookmark(watcher)
      this.plan(watcher)
    }
    this.arm()
  }

  /** One that asked for everything from the beginning gets what is there now, as if it were new. */
  private tellPresent(watcher: Watcher): void {
    const { kind, scope } = watcher
    for (const object of this.cache.view.list(kind, scope.namespace)) {
      if (isIn(scope, object)) this.push(watcher, Number(object.metadata.resourceVersion), 'ADDED')
    }
    watcher.position = this.cache.position
  }

  /** What has happened since the watcher's revision; false when that is no longer known. A revision in the future waits. */
  private tellPast(watcher: Watcher): boolean {
    const missed = this.cache.since(watcher.kind, watcher.position)
    if (missed === undefined) return false
    for (const { revision, change } of missed) {
      const what = changeFor(watcher.scope, change)
      if (what !== undefined) this.push(watcher, revision, what)
    }
    return true
  }

  private readonly tell = (watcher: Watcher, revision: number, what: WatchChange): void => {
    watcher.position = revision
    this.push(watcher, revision, what)
  }

  private push({ client, watch, kind }: Watcher, revision: number, change: WatchChange | 'BOOKMARK'): void {
    this.context.emit('WatchPushed', { watch, kind, revision, change }, { to: client })
  }

  /** Abridged: none is sent where nothing has happened since the last message. */
  private bookmark(watcher: Watcher): void {
    const { position } = this.cache
    if (watcher.position < position) {
      watcher.position = position
      this.push(watcher, position, 'BOOKMARK')
    }
    watcher.nextBookmarkAt = this.context.monotonic + BOOKMARK_EVERY
  }

  private end(watcher: Watcher, code: number): void {
    this.remove(watcher)
    this.refuse(watcher.client, watcher.watch, code)
  }

  private refuse(client: ActorId, watch: number, code: number): void {
    this.context.emit('WatchEnded', { watch, code }, { to: client })
  }

  private remove(watcher: Watcher): void {
    this.watchers.remove(watcher)
    this.deadlines.delete(watcher)
  }

  private defaultTimeout(): Micros {
    return TIMEOUT_MIN + this.context.random.below(TIMEOUT_MIN)
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
    this.context.setTimer(WATCHES_TIMER, '', Math.max(0, next - this.context.monotonic))
  }
}
