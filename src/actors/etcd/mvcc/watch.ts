import type { ActorId } from '../../../events/envelope.ts'
import { contains, prefixEnd, type Change, type Span } from './key-value.ts'
import type { MvccStore } from './store.ts'

/** Somebody who wants to be told of changes. */
export interface Watcher extends Span {
  readonly client: ActorId
  /** The client's own number for it. */
  readonly watch: number
  /** The first revision of interest; may lie in the future. */
  readonly from: number
  /** Wants to hear that nothing happened. */
  readonly progress: boolean
  /** The last revision it was told. */
  told: number
}

/** How a watch begins: with what has happened since, or not at all because that is no longer known. */
export type WatchStart =
  { readonly revisions: readonly number[] } | { readonly compactRevision: number; readonly revisions?: undefined }

/**
 * Who watches what, at one member. A change finds its watchers by key and by the directories of its key, so the cost is
 * that of the watchers concerned; a span that is neither is looked at each time.
 *
 * Abridged: upstream catches slow watchers up in batches and may leave them behind; here a watcher is always told at once,
 * and what delays it is the network.
 */
export class Watchers {
  private readonly byClient = new Map<ActorId, Map<number, Watcher>>()
  private readonly byKey = new Map<string, Watcher[]>()
  /** By prefix, with its final slash. */
  private readonly byDirectory = new Map<string, Watcher[]>()
  private bySpan: Watcher[] = []

  /** Revision 0 stands for the next one. */
  start(store: MvccStore, watcher: Omit<Watcher, 'told'>): WatchStart {
    const wanted = store.takenFor(watcher.from)
    if (wanted > 0 && wanted < store.compactRevision) return { compactRevision: store.compactRevision }
    const from = wanted === 0 ? store.revision + 1 : wanted
    const own: Watcher = { ...watcher, from, told: 0 }
    this.cancel(watcher.client, watcher.watch)
    this.add(own)
    const revisions: number[] = []
    if (from > store.revision) return { revisions }
    for (const { current } of store.changesSince(from)) {
      if (current.mod === own.told || !contains(own, current.key)) continue
      own.told = current.mod
      revisions.push(current.mod)
    }
    return { revisions }
  }

  /** Names each watcher that a change concerns, once per revision. */
  tell({ current: { key, mod } }: Change, push: (watcher: Watcher) => void): void {
    tellThose(this.byKey.get(key), mod, push)
    if (this.byDirectory.size > 0) {
      for (let slash = key.indexOf('/'); slash !== -1; slash = key.indexOf('/', slash + 1)) {
        tellThose(this.byDirectory.get(key.slice(0, slash + 1)), mod, push)
      }
    }
    for (const watcher of this.bySpan) if (contains(watcher, key)) tellOne(watcher, mod, push)
  }

  /** False if there is no such watch. */
  cancel(client: ActorId, watch: number): boolean {
    const watcher = this.byClient.get(client)?.get(watch)
    if (watcher === undefined) return false
    this.byClient.get(client)?.delete(watch)
    this.remove(watcher)
    return true
  }

  /** A client is gone. */
  drop(client: ActorId): void {
    for (const watcher of this.byClient.get(client)?.values() ?? []) this.remove(watcher)
    this.byClient.delete(client)
  }

  /** Nobody watches any more; gives who did. */
  dropAll(): readonly Watcher[] {
    const all = [...this.all()]
    for (const { client } of all) this.drop(client)
    return all
  }

  of(client: ActorId): Iterable<Watcher> {
    return this.byClient.get(client)?.values() ?? []
  }

  *all(): Generator<Watcher> {
    for (const watchers of this.byClient.values()) yield* watchers.values()
  }

  private add(watcher: Watcher): void {
    const own = this.byClient.get(watcher.client)
    if (own === undefined) this.byClient.set(watcher.client, new Map([[watcher.watch, watcher]]))
    else own.set(watcher.watch, watcher)
    const [index, key] = this.placeOf(watcher)
    if (index === undefined) this.bySpan.push(watcher)
    else if (index.has(key)) index.get(key)?.push(watcher)
    else index.set(key, [watcher])
  }

  private remove(watcher: Watcher): void {
    const [index, key] = this.placeOf(watcher)
    if (index === undefined) {
      this.bySpan = this.bySpan.filter((other) => other !== watcher)
      return
    }
    const others = index.get(key)?.filter((other) => other !== watcher) ?? []
    if (others.length === 0) index.delete(key)
    else index.set(key, others)
  }

  private placeOf({ key, end }: Span): readonly [Map<string, Watcher[]> | undefined, string] {
    if (end === undefined) return [this.byKey, key]
    return [key.endsWith('/') && end === prefixEnd(key) ? this.byDirectory : undefined, key]
  }
}

const tellThose = (
  watchers: readonly Watcher[] | undefined,
  revision: number,
  push: (watcher: Watcher) => void,
): void => {
  if (watchers !== undefined) for (const watcher of watchers) tellOne(watcher, revision, push)
}

const tellOne = (watcher: Watcher, revision: number, push: (watcher: Watcher) => void): void => {
  if (revision < watcher.from || watcher.told === revision) return
  watcher.told = revision
  push(watcher)
}
