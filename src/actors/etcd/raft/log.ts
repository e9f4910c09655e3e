import { invariant } from '../../../engine/invariant.ts'
import { entryBytes, type Entry, type Index, type Snapshot, type Term } from './entry.ts'

/**
 * A member's copy of the replicated log: a snapshot, and the entries that memory still holds.
 *
 * `committed` is how far this member knows the log to be decided. What is committed is also applied: the owner applies
 * `Ready.committed` before it does anything else, so there is one number instead of upstream's two.
 */
export class RaftLog {
  /** The newest snapshot; restarts begin with it and slow followers are sent it. */
  snapshot: Snapshot
  committed: Index
  private entries: Entry[] = []
  /** The entry before the first one held. */
  private beforeIndex: Index
  private beforeTerm: Term

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot
    this.committed = snapshot.index
    this.beforeIndex = snapshot.index
    this.beforeTerm = snapshot.term
  }

  get firstIndex(): Index {
    return this.beforeIndex + 1
  }

  get lastIndex(): Index {
    return this.beforeIndex + this.entries.length
  }

  get lastTerm(): Term {
    return this.entries[this.entries.length - 1]?.term ?? this.beforeTerm
  }

  /** Undefined for what is compacted away or not there yet. */
  term(index: Index): Term | undefined {
    return index === this.beforeIndex ? this.beforeTerm : this.entry(index)?.term
  }

  entry(index: Index): Entry | undefined {
    return this.entries[index - this.beforeIndex - 1]
  }

  holds(index: Index, term: Term): boolean {
    return this.term(index) === term
  }

  /** Whether a log that ends so is at least as complete as this one: the later term wins, then the longer log. */
  isCoveredBy(lastIndex: Index, lastTerm: Term): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex)
  }

  /** Entries from `from` on, at least one if there is one, and no more than fit. */
  slice(from: Index, bytesMax: number): readonly Entry[] {
    const start = from - this.beforeIndex - 1
    let end = start
    for (let bytes = 0; end < this.entries.length; end++) {
      bytes += entryBytes(this.entries[end] as Entry)
      if (bytes > bytesMax && end > start) break
    }
    return this.entries.slice(start, end)
  }

  /** Entries `from` to `to`, both included. */
  between(from: Index, to: Index): readonly Entry[] {
    return this.entries.slice(from - this.beforeIndex - 1, to - this.beforeIndex)
  }

  /** Writes entries, over whatever stands at their place and behind. */
  append(entries: readonly Entry[]): void {
    const first = entries[0]
    if (first === undefined) return
    invariant(
      first.index > this.committed,
      `entry ${first.index} must not replace what is committed (${this.committed})`,
    )
    invariant(first.index <= this.lastIndex + 1, `entry ${first.index} must follow the last one, ${this.lastIndex}`)
    this.entries.length = first.index - this.beforeIndex - 1
    for (const entry of entries) this.entries.push(entry)
  }

  /** The first of `entries` that this log does not hold; undefined if it holds all. */
  firstNew(entries: readonly Entry[]): number | undefined {
    const found = entries.findIndex(({ index, term }) => !this.holds(index, term))
    return found === -1 ? undefined : found
  }

  /**
   * The last index up to `index` whose term is at most `term`: no later entry can stand in a log that has `term` at `index`.
   * One refused append per term suffices to find where two logs part. Source: etcd-io/raft, log.go, findConflictByTerm.
   */
  lastWithin(index: Index, term: Term): { readonly index: Index; readonly term: Term } {
    for (let at = index; at > 0; at--) {
      const own = this.term(at)
      if (own === undefined) return { index: at, term: 0 }
      if (own <= term) return { index: at, term: own }
    }
    return { index: 0, term: 0 }
  }

  /** Gives up entries in front of `index` once a snapshot stands for them. */
  compact(snapshot: Snapshot, index: Index): void {
    this.snapshot = snapshot
    const term = this.term(index)
    if (index <= this.beforeIndex || term === undefined) return
    this.entries = this.entries.slice(index - this.beforeIndex)
    this.beforeIndex = index
    this.beforeTerm = term
  }

  /** Starts anew from a state that came from elsewhere. */
  restore(snapshot: Snapshot): void {
    this.snapshot = snapshot
    this.committed = snapshot.index
    this.beforeIndex = snapshot.index
    this.beforeTerm = snapshot.term
    this.entries = []
  }
}
