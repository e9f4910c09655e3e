import type { Micros } from '../../../events/envelope.ts'
import { isCustomKind, type Kind } from '../../../kubernetes/kinds.ts'
import type { Change, Cursor, View } from '../../../kubernetes/view.ts'
import { EventWindow, type CachedChange } from './event-window.ts'

/**
 * What one API server knows: every kind as it stood at the revision that etcd's watch has told it of, and what happened
 * lately. Two API servers may stand at different revisions.
 *
 * Abridged: all kinds come through one etcd watch and stand at one revision; upstream watches each kind by itself.
 * Source: apiserver/pkg/storage/cacher (v1.36).
 */
export class WatchCache {
  private readonly cursor: Cursor
  private readonly kinds: readonly Kind[]
  private readonly windows = new Map<Kind, EventWindow>()
  private filledAt = 0
  private seen = 0
  private filled = false

  constructor(cursor: Cursor, kinds: readonly Kind[]) {
    this.cursor = cursor
    this.kinds = kinds
  }

  /** What this server shows to whoever reads from its cache. */
  get view(): View {
    return this.cursor
  }

  /** Everything up to this revision has been seen. */
  get position(): number {
    return this.seen
  }

  /** Whether it was filled since the server started. */
  get ready(): boolean {
    return this.filled
  }

  /** Shows everything as it stood at `revision`, and knows nothing of before. */
  fill(revision: number): void {
    this.windows.clear()
    for (const kind of this.kinds) {
      this.cursor.reset(kind, revision)
      this.windows.set(kind, new EventWindow(revision))
    }
    this.seen = revision
    this.filledAt = revision
    this.filled = true
    for (const { metadata } of this.cursor.list('CustomResourceDefinition')) this.admit(metadata.name, revision)
  }

  /** Takes in what a revision wrote; undefined when this cache does not notice. `kind` is undefined for what is no object. */
  take(revision: number, kind: Kind | undefined, now: Micros): Change | undefined {
    if (revision <= this.seen) return undefined
    this.seen = revision
    if (kind === undefined) return undefined
    if (!this.windows.has(kind)) this.admit(kind, revision - 1)
    const change = this.cursor.deliver(kind, revision)
    if (change !== undefined) this.windows.get(kind)?.add({ revision, at: now, change })
    return change
  }

  /** Nothing was written between what has been seen and `revision`. */
  progress(revision: number): void {
    if (revision > this.seen) this.seen = revision
  }

  /** The oldest revision that a watch of a kind can begin after. */
  oldest(kind: Kind): number {
    return this.windows.get(kind)?.oldest ?? this.filledAt
  }

  /** Changes of a kind after `revision`; undefined when some are gone. */
  since(kind: Kind, revision: number): readonly CachedChange[] | undefined {
    if (!this.windows.has(kind)) this.admit(kind, this.seen)
    return this.windows.get(kind)?.since(revision)
  }

  /** Begins with a custom kind: nothing of it has happened since the cache was filled. */
  private admit(kind: string, at: number): void {
    if (!isCustomKind(kind)) return
    this.cursor.reset(kind, at)
    this.windows.set(kind, new EventWindow(this.filledAt))
  }
}
