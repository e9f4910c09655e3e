import { contains, storedBytes, type Change, type KeyValue, type Span } from './key-value.ts'

/** A history as it was at one moment: the first `length` changes. */
export interface HistoryImage {
  readonly changes: readonly Change[]
  readonly length: number
}

/**
 * Every change since the last compaction, in order: what watchers replay and what old revisions are read from.
 *
 * Old states are not kept; they are reached by taking changes back from the present. Readers of old revisions are rare and
 * mostly near the present, so this costs less than a chain of versions at every key.
 */
export class History {
  /** Appended to only; images share it. */
  private changes: Change[]

  constructor(image?: HistoryImage) {
    this.changes = image?.changes.slice(0, image.length) ?? []
  }

  get length(): number {
    return this.changes.length
  }

  image(): HistoryImage {
    return { changes: this.changes, length: this.changes.length }
  }

  push(change: Change): void {
    this.changes.push(change)
  }

  /** Changes at `revision` and later. */
  since(revision: number): readonly Change[] {
    return this.changes.slice(this.firstAt(revision))
  }

  /**
   * Forgets changes before `revision`; those at it stay, for a watch that begins there. `compacted` is the revision of the
   * last time. Gives the bytes of the versions that nobody can read any more.
   */
  compact(compacted: number, revision: number): number {
    const kept = this.firstAt(revision)
    const end = this.firstAt(revision + 1)
    let freed = 0
    for (let at = 0; at < end; at++) {
      const { current, previous, deleted } = this.changes[at] as Change
      if (previous !== undefined && current.mod > compacted) freed += storedBytes(previous)
      if (deleted && at < kept) freed += storedBytes(current)
    }
    this.changes = this.changes.slice(kept)
    return freed
  }

  /** What keys of the span held at `revision`, for those that have changed since. */
  heldAt(revision: number, span: Span): ReadonlyMap<string, KeyValue | undefined> {
    const held = new Map<string, KeyValue | undefined>()
    for (let at = this.changes.length - 1; at >= 0; at--) {
      const { current, previous } = this.changes[at] as Change
      if (current.mod <= revision) break
      if (contains(span, current.key)) held.set(current.key, previous)
    }
    return held
  }

  private firstAt(revision: number): number {
    let low = 0
    let high = this.changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.changes[middle] as Change).current.mod < revision) low = middle + 1
      else high = middle
    }
    return low
  }
}
