import type { ActorId, Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import { hasReached } from '../../../kubernetes/revision.ts'
import type { EtcdClient } from '../storage/etcd-client.ts'

/** All keys below /registry/. */
const FIRST_KEY = '/registry/'
const END_KEY = '/registry0'

/** A watch that broke is opened again after this, doubled while none lasts. Source: etcd/client/v3/watch.go, minWatchBackoff. */
const REWATCH_MIN: Micros = millis(25)
const REWATCH_MAX: Micros = seconds(1)
/** A list that failed is tried again after this. */
const RELIST_WAIT: Micros = seconds(1)
/** While a reader waits, etcd is asked how far the watch is. Source: cacher/progress/watch_progress.go, progressRequestPeriod. */
const PROGRESS_PERIOD: Micros = millis(100)

export const FEED_TIMER = 'etcd-feed'
export const PROGRESS_TIMER = 'etcd-progress'

/** What the feed tells its cache. */
export interface FeedTarget {
  /** Everything is to be shown as of this revision. */
  listed(revision: number): void
  /** A revision was written. */
  pushed(revision: number): void
  /** Nothing else was written up to here. */
  progressed(revision: number): void
}

/**
 * The one watch through which a server learns what etcd has committed: lists once, then watches from there on, over whatever
 * member the server talks to. It resumes where it stopped; only when that revision is compacted it lists again.
 */
export class EtcdFeed {
  private readonly etcd: EtcdClient
  private readonly target: FeedTarget
  private mode: 'listing' | 'watching' | 'waiting' = 'waiting'
  /** Lists next, rather than watch. */
  private stale = true
  private watch = 0
  private member: ActorId = ''
  private position = 0
  private waiters = 0
  private backoff: Micros = REWATCH_MIN

  constructor(etcd: EtcdClient, target: FeedTarget) {
    this.etcd = etcd
    this.target = target
  }

  start(context: ActorContext): void {
    this.resume(context)
  }

  /** The alarm FEED_TIMER fired. */
  resume(context: ActorContext): void {
    if (this.stale) this.list(context)
    else this.open(context)
  }

  pushed(watch: number, revision: number): void {
    if (watch !== this.watch || this.mode !== 'watching' || revision <= this.position) return
    this.position = revision
    this.backoff = REWATCH_MIN
    this.target.pushed(revision)
  }

  progressed(watch: number, revision: number): void {
    if (watch !== this.watch || this.mode !== 'watching' || revision <= this.position) return
    // An etcd that was set back is behind what this server has seen.
    if (!hasReached(revision, this.position)) return
    this.position = revision
    this.target.progressed(revision)
  }

  /** etcd ended the watch: its revision is compacted, or the member cannot serve it. */
  ended(context: ActorContext, watch: number, compactRevision: number): void {
    if (watch !== this.watch || this.mode !== 'watching') return
    if (compactRevision > 0) this.stale = true
    else this.etcd.leave(this.member)
    this.again(context)
  }

  /** The connection to a member broke. */
  lost(context: ActorContext, member: ActorId): void {
    if (this.mode === 'watching' && member === this.member) this.again(context)
  }

  /** A member cannot answer for its cluster: what it tells may be old, if it tells anything. */
  leave(context: ActorContext, member: ActorId): void {
    if (this.mode !== 'watching' || member !== this.member) return
    context.emit('EtcdWatchCancelled', { watch: this.watch }, { to: member })
    this.again(context)
  }

  /** Somebody waits for a revision that has not come. */
  hurry(context: ActorContext, waiters: number): void {
    this.waiters = waiters
    if (waiters > 0 && !context.hasTimer(PROGRESS_TIMER, '')) context.setTimer(PROGRESS_TIMER, '', PROGRESS_PERIOD)
  }

  /** The alarm PROGRESS_TIMER fired. */
  askProgress(context: ActorContext): void {
    if (this.waiters === 0) return
    if (this.mode === 'watching') context.emit('EtcdProgressRequested', {}, { to: this.member })
    this.hurry(context, this.waiters)
  }

  private list(context: ActorContext): void {
    this.mode = 'listing'
    const op = { op: 'range', key: FIRST_KEY, end: END_KEY, countOnly: true } as const
    this.etcd.call(context, op, context.seq, (response) => {
      if (response.outcome === 'refused') {
        this.later(context, RELIST_WAIT)
        return
      }
      this.stale = false
      this.position = response.revision
      this.target.listed(response.revision)
      this.open(context)
    })
  }

  private open(context: ActorContext): void {
    this.mode = 'watching'
    this.watch++
    this.member = this.etcd.member
    const { watch, position } = this
    context.emit(
      'EtcdWatchRequested',
      { watch, key: FIRST_KEY, end: END_KEY, revision: position + 1 },
      { to: this.member },
    )
  }

  private again(context: ActorContext): void {
    this.later(context, this.backoff)
    this.backoff = Math.min(this.backoff * 2, REWATCH_MAX)
  }

  private later(context: ActorContext, delay: Micros): void {
    this.mode = 'waiting'
    context.setTimer(FEED_TIMER, '', delay)
  }
}
