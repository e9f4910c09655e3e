import type { ApiObject } from '../../../events/json.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import type { Status } from '../../../kubernetes/status.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { pageOf } from '../cache/page.ts'
import type { WatchCache } from '../cache/watch-cache.ts'
import { ConvertedTelling } from './converted-telling.ts'
import { BOOKMARK_EVERY } from './demand.ts'
import { changeFor, type WatchChange, type Watcher } from './watchers.ts'

/** An object in the version of a row, which a webhook makes. */
export type Convert = (object: ApiObject, row: KindRow, done: (converted: ApiObject | Status) => void) => void

/** What watchers are told: what is there, what has happened since, what happens now, and how far that goes. */
export class Teller {
  private readonly context: ActorContext
  private readonly cache: WatchCache

  constructor(context: ActorContext, cache: WatchCache) {
    this.context = context
    this.cache = cache
  }

  /** One that asked for everything from the beginning gets what is there now, as if it were new. */
  present(watcher: Watcher, row: KindRow): void {
    const { scope } = watcher
    const { items } = pageOf(this.cache.view, row, scope, scope, 0)
    for (const object of items) this.push(watcher, Number(object.metadata.resourceVersion), 'ADDED', object)
    watcher.position = this.cache.position
  }

  /** What has happened since the watcher's revision; false when that is no longer known. A revision in the future waits. */
  past(watcher: Watcher): boolean {
    const missed = this.cache.since(watcher.kind, watcher.position)
    if (missed === undefined) return false
    for (const { revision, change } of missed) {
      const what = changeFor(watcher.scope, change)
      if (what !== undefined) this.push(watcher, revision, what, toldOf(what, change))
    }
    return true
  }

  /** What happens now. */
  readonly tell = (watcher: Watcher, revision: number, what: WatchChange, change: Change): void => {
    watcher.position = revision
    this.push(watcher, revision, what, watcher.telling && toldOf(what, change))
  }

  initialEventsEnd(watcher: Watcher): void {
    this.push(watcher, watcher.position, 'BOOKMARK', undefined, true)
  }

  /** Abridged: none is sent where nothing has happened since the last message. */
  bookmark(watcher: Watcher): void {
    const { position } = this.cache
    if (watcher.position < position) {
      watcher.position = position
      this.push(watcher, position, 'BOOKMARK')
    }
    watcher.nextBookmarkAt = this.context.monotonic + BOOKMARK_EVERY
  }

  /** How a watcher is told of objects that a webhook converts; `fail` when it cannot. */
  converted(
    { client, watch, kind }: Watcher,
    row: KindRow,
    convert: Convert,
    fail: (why: Status) => void,
  ): ConvertedTelling {
    return new ConvertedTelling(row.apiVersion, {
      convert: (object, done) => convert(object, row, done),
      send: (told) => this.context.emit('WatchPushed', { watch, kind, ...told }, { to: client }),
      fail,
    })
  }

  private push(
    watcher: Watcher,
    revision: number,
    change: WatchChange | 'BOOKMARK',
    object?: ApiObject,
    initialEventsEnd?: true,
  ): void {
    const { client, watch, kind, telling } = watcher
    const end = initialEventsEnd ? { initialEventsEnd } : {}
    if (telling !== undefined)
      return telling.tell({ revision, change, ...(object === undefined ? {} : { object }), ...end })
    const data = { watch, kind, revision, change }
    this.context.emit('WatchPushed', initialEventsEnd ? { ...data, initialEventsEnd } : data, { to: client })
  }
}

/** What has gone is told as it last was, at the revision of its end. */
const toldOf = (what: WatchChange, { before, after, revision }: Change): ApiObject | undefined => {
  if (what !== 'DELETED') return after
  return before && { ...before, metadata: { ...before.metadata, resourceVersion: String(revision) } }
}
