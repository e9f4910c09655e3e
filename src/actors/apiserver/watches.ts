import type { EventOf, ActorId, Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { minutes, seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { KindRow } from '../../kubernetes/registry.ts'
import {
  expired,
  isStatus,
  noSuchPath,
  tooManyRequests,
  unexpectedError,
  type Status,
} from '../../kubernetes/status.ts'
import { takenFor } from '../../kubernetes/revision.ts'
import type { Change } from '../../kubernetes/view.ts'
import { Deadlines } from './cache/deadlines.ts'
import { pageOf } from './cache/page.ts'
import type { WatchCache } from './cache/watch-cache.ts'
import { changeFor, Watchers, type WatchChange, type Watcher } from './cache/watchers.ts'
import { ConvertedTelling } from './custom-resources/converted-telling.ts'
import { watchOptionsProblem } from './handlers/list-options.ts'
import { malformedVersion } from './handlers/read.ts'
import { selectionOf } from './selection.ts'

/** A watch without a timeout of its own ends after 30 to 60 minutes. Source: endpoints/handlers/get.go, MinRequestTimeout. */
const TIMEOUT_MIN: Micros = seconds(1800)
/** Source: cacher/cacher.go, bookmarkFrequency. */
const BOOKMARK_EVERY: Micros = minutes(1)

export const WATCHES_TIMER = 'watches'

/** Why a watch ends, as an HTTP code. */
const TIMED_OUT = 200
const GONE = 410
/** Source: apiserver/pkg/storage/cacher/ready.go; storage/errors.go, NewTooManyRequests. */
const NOT_READY = tooManyRequests('storage is (re)initializing', 1)
/** Nothing is newer: of what happens nothing is told yet. */
const NOT_YET = Infinity

/** Waits until the cache shows a revision (undefined: what etcd holds now), or tells why it does not. */
export type Freshness = (revision: number | undefined, done: (refused: Status | undefined) => void) => void

/** Tells why etcd no longer has what was at a revision; at once, and nothing, where nobody asks it. */
export type Kept = (revision: number, done: (refused: Status | undefined) => void) => void

/** An object in the version of a row, which a webhook makes. */
export type Convert = (object: ApiObject, row: KindRow, done: (converted: ApiObject | Status) => void) => void

/**
 * The watches that clients hold with one server: each begins in the past that the cache still knows, goes on with what comes,
 * and ends by its own clock.
 */
export class Watches {
  private readonly context: ActorContext
  private readonly cache: WatchCache
  private readonly rowOf: (kind: string, apiVersion: string | undefined) => KindRow | undefined
  private readonly fresh: Freshness
  private readonly kept: Kept
  private readonly convert: Convert
  private readonly watchers = new Watchers()
  /** Custom kinds that somebody has asked this server for: each has had a cache since. */
  private readonly opened = new Set<string>()
  private readonly deadlines = new Deadlines<Watcher>()
  private alarm: Micros | undefined

  constructor(
    context: ActorContext,
    cache: WatchCache,
    rowOf: (kind: string, apiVersion: string | undefined) => KindRow | undefined,
    fresh: Freshness,
    kept: Kept,
    convert: Convert,
  ) {
    this.context = context
    this.cache = cache
    this.rowOf = rowOf
    this.fresh = fresh
    this.kept = kept
    this.convert = convert
  }

  get size(): number {
    return this.watchers.size
  }

  request({ by: client, data }: EventOf<'WatchRequested'>): void {
    const { watch } = data
    this.cancel(client, watch)
    const row = this.rowOf(data.kind, data.apiVersion)
    if (row === undefined) return this.refuse(client, watch, noSuchPath())
    if (!this.cache.ready || (row.custom !== undefined && this.open(row.kind))) {
      return this.refuse(client, watch, NOT_READY)
    }
    const problem = watchOptionsProblem(data)
    if (problem !== undefined) return this.refuse(client, watch, problem)
    const scope = selectionOf(row, data)
    if (isStatus(scope)) return this.refuse(client, watch, scope)
    const { resourceVersion = '', timeoutSeconds = 0 } = data
    if (!/^\d*$/.test(resourceVersion)) {
      return this.refuse(client, watch, unexpectedError(malformedVersion(resourceVersion)))
    }
    const given = data.resourceVersion === undefined ? data.revision : Number(resourceVersion)
    const { monotonic } = this.context
    const watcher: Watcher = {
      client,
      watch,
      kind: row.kind,
      scope,
      bookmarks: data.bookmarks === true,
      endsAt: monotonic + (timeoutSeconds === 0 ? this.defaultTimeout() : seconds(timeoutSeconds)),
      // One from before a restore that moved nothing on is taken for one of now: what is older is not told.
      position: takenFor(given, this.cache.position),
      nextBookmarkAt: monotonic + BOOKMARK_EVERY,
    }
    if (row.custom?.convertedBy !== undefined) watcher.telling = this.tellingOf(watcher, row)
    if (timeoutSeconds < 0) return this.ended(watcher, TIMED_OUT)
    this.begin(watcher, row, data)
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
    this.watchers.dispatch(change, this.tell)
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

  /** Source: apiserver/pkg/storage/cacher/cacher.go, Watch (v1.36). */
  private begin(watcher: Watcher, row: KindRow, data: EventOf<'WatchRequested'>['data']): void {
    const { sendInitialEvents: initial } = data
    const from = watcher.position
    if (
      initial === undefined ||
      (initial === false && data.resourceVersion !== undefined && data.resourceVersion !== '')
    ) {
      // A revision of 0 stands for whatever is there; without the wish for initial events they come all the same.
      if (from === 0 && initial === false) watcher.position = this.cache.position
      else if (from === 0) this.tellPresent(watcher, row)
      else return this.beginInPast(watcher, from)
      if (watcher.telling?.isOver !== true) this.add(watcher)
      return
    }
    const asOf = (data.resourceVersion ?? '') === '' ? undefined : from
    watcher.position = NOT_YET
    this.add(watcher)
    this.fresh(asOf, (refused) => {
      if (this.watchers.get(watcher.client, watcher.watch) !== watcher) return
      if (refused !== undefined) return this.end(watcher, refused.code ?? GONE, refused)
      if (!initial) watcher.position = this.cache.position
      else {
        this.tellPresent(watcher, row)
        if (watcher.bookmarks) this.push(watcher, watcher.position, 'BOOKMARK', undefined, true)
      }
    })
  }

  private beginInPast(watcher: Watcher, from: number): void {
    watcher.position = NOT_YET
    this.add(watcher)
    this.kept(from, (refused) => {
      if (this.watchers.get(watcher.client, watcher.watch) !== watcher) return
      if (refused !== undefined) return this.end(watcher, refused.code ?? GONE, refused)
      watcher.position = from
      if (!this.tellPast(watcher)) this.end(watcher, GONE, tooOld(from, this.cache.oldest(watcher.kind)))
    })
  }

  private add(watcher: Watcher): void {
    this.watchers.add(watcher)
    this.plan(watcher)
  }

  /** One that asked for everything from the beginning gets what is there now, as if it were new. */
  private tellPresent(watcher: Watcher, row: KindRow): void {
    const { scope } = watcher
    const { items } = pageOf(this.cache.view, row, scope, scope, 0)
    for (const object of items) this.push(watcher, Number(object.metadata.resourceVersion), 'ADDED', object)
    watcher.position = this.cache.position
  }

  /** What has happened since the watcher's revision; false when that is no longer known. A revision in the future waits. */
  private tellPast(watcher: Watcher): boolean {
    const missed = this.cache.since(watcher.kind, watcher.position)
    if (missed === undefined) return false
    for (const { revision, change } of missed) {
      const what = changeFor(watcher.scope, change)
      if (what !== undefined) this.push(watcher, revision, what, toldOf(what, change))
    }
    return true
  }

  private readonly tell = (watcher: Watcher, revision: number, what: WatchChange, change: Change): void => {
    watcher.position = revision
    this.push(watcher, revision, what, watcher.telling && toldOf(what, change))
  }

  private push(
    watcher: Watcher,
    revision: number,
    change: WatchChange | 'BOOKMARK',
    object?: ApiObject,
    initialEventsEnd?: true,
  ): void {
    const { client, watch, kind, telling } = watcher
    if (telling !== undefined) {
      telling.tell({
        revision,
        change,
        ...(object === undefined ? {} : { object }),
        ...(initialEventsEnd ? { initialEventsEnd } : {}),
      })
      return
    }
    const data = { watch, kind, revision, change }
    this.context.emit('WatchPushed', initialEventsEnd ? { ...data, initialEventsEnd } : data, { to: client })
  }

  private tellingOf(watcher: Watcher, row: KindRow): ConvertedTelling {
    const { client, watch, kind } = watcher
    return new ConvertedTelling(row.apiVersion, {
      convert: (object, done) => this.convert(object, row, done),
      send: (told) => this.context.emit('WatchPushed', { watch, kind, ...told }, { to: client }),
      fail: (why) => this.end(watcher, why.code ?? GONE, why),
    })
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

  private end(watcher: Watcher, code: number, status?: Status): void {
    this.remove(watcher)
    this.ended(watcher, code, status)
  }

  private ended({ client, watch }: Watcher, code: number, status?: Status): void {
    this.context.emit('WatchEnded', status === undefined ? { watch, code } : { watch, code, status }, { to: client })
  }

  private refuse(client: ActorId, watch: number, status: Status): void {
    this.context.emit('WatchEnded', { watch, code: status.code ?? GONE, status, refused: true }, { to: client })
  }

  private remove(watcher: Watcher): void {
    watcher.telling?.end()
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

/** What has gone is told as it last was, at the revision of its end. */
const toldOf = (what: WatchChange, { before, after, revision }: Change): ApiObject | undefined => {
  if (what !== 'DELETED') return after
  return before && { ...before, metadata: { ...before.metadata, resourceVersion: String(revision) } }
}

/** Source: cacher/watch_cache.go, getAllEventsSinceLocked. */
const tooOld = (wanted: number, oldest: number): Status => expired(`too old resource version: ${wanted} (${oldest})`)
