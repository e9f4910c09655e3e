import type { LogEvent, Micros } from '../../events/envelope.ts'
import { millis, minutes, seconds } from '../../events/time.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { Change, Cursor, Scope, View } from '../../kubernetes/view.ts'
import type { ActorContext } from '../actor.ts'
import { hasCause, type ApiAnswer, type ApiClient, type ApiFailure } from './api-client.ts'
import { exponential } from './backoff.ts'
import type { Endpoint } from './endpoint.ts'

/** Source: client-go/tools/cache/reflector.go, NewReflectorWithOptions: 800 ms to 30 s, doubled, jitter 1, reset after 2 min. */
const BACKOFF_BASE: Micros = millis(800)
const BACKOFF_MAX: Micros = seconds(30)
const BACKOFF_RESET: Micros = minutes(2)
/** A watch lives 5 to 10 minutes. Source: reflector.go, minWatchTimeout. */
const WATCH_MIN_SECONDS = 300

const RELIST = 'informer-backoff'

interface Reflection {
  readonly kind: Kind
  readonly scope: Scope
  /** listing → watching; `waiting` behind a failure. */
  mode: 'listing' | 'watching' | 'waiting'
  watch: number
  server: string
  synced: boolean
  /** A watch cannot go on from the last revision: list first. */
  mustList: boolean
  /** The server does not know the last revision: the next list must ask etcd. Upstream: isLastSyncResourceVersionUnavailable. */
  unavailable: boolean
  failures: number
  lastFailure: Micros
}

/**
 * The informers of one process: lists and watches kinds, and moves the process's view as the network delivers.
 *
 * After a restart the first list may come from any API server's cache (resourceVersion 0), so a process can travel back
 * in time, as the real one can. A broken watch resumes at the last revision seen; a revision that is gone (410) means a
 * fresh list, in which several changes of one object appear as one; it is at least as new as what was seen.
 * Abridged: upstream's WatchListClient streams the first list, consistently; ours is the list of v1.33 and before.
 * Source: client-go/tools/cache/reflector.go, ListAndWatch (v1.36).
 */
export class Informers {
  private readonly client: ApiClient
  private readonly endpoint: Endpoint
  private readonly cursor: Cursor
  private readonly byKind = new Map<Kind, Reflection>()
  private readonly byWatch = new Map<number, Reflection>()
  private fresh: Change[] = []
  private nextWatch = 1
  private syncs = 0

  constructor(options: {
    client: ApiClient
    endpoint: Endpoint
    cursor: Cursor
    kinds: readonly { readonly kind: Kind; readonly scope?: Scope }[]
  }) {
    this.client = options.client
    this.endpoint = options.endpoint
    this.cursor = options.cursor
    for (const { kind, scope = {} } of options.kinds) {
      options.cursor.narrow(kind, scope)
      this.byKind.set(kind, reflectionOf(kind, scope))
    }
  }

  /** What this process sees. */
  get view(): View {
    return this.cursor
  }

  /** Whether the first list of a kind, or of all, has come. */
  synced(kind?: Kind): boolean {
    if (kind !== undefined) return this.byKind.get(kind)?.synced ?? false
    for (const reflection of this.byKind.values()) if (!reflection.synced) return false
    return true
  }

  /** Of how many kinds the first list has come. */
  get syncedKinds(): number {
    return this.syncs
  }

  start(context: ActorContext): void {
    for (const reflection of this.byKind.values()) this.list(reflection, context)
  }

  /** From now on this kind is watched as well, all of it. */
  add(kind: Kind, context: ActorContext): void {
    if (this.byKind.has(kind)) return
    const reflection = reflectionOf(kind, {})
    this.byKind.set(kind, reflection)
    this.list(reflection, context)
  }

  /** This kind is watched no longer, and what is under way for it comes too late. */
  remove(kind: Kind, context: ActorContext): void {
    const reflection = this.byKind.get(kind)
    if (reflection === undefined) return
    this.byKind.delete(kind)
    if (reflection.synced) this.syncs--
    context.cancelTimer(RELIST, kind)
    if (!this.byWatch.delete(reflection.watch)) return
    context.emit('WatchCancelled', { watch: reflection.watch }, { to: reflection.server })
  }

  /** Takes what has become visible since the last call. */
  take(): readonly Change[] {
    if (this.fresh.length === 0) return NOTHING
    const changes = this.fresh
    this.fresh = []
    return changes
  }

  /** True when the event was for the informers alone. Give the client its turn first. */
  receive(event: LogEvent, context: ActorContext): boolean {
    switch (event.type) {
      case 'WatchPushed':
        this.push(event.data.watch, event.data.revision, event.data.change)
        return true
      case 'WatchEnded':
        this.end(event.data.watch, event.data.code, context)
        return true
      case 'ConnectionLost':
        for (const reflection of this.byKind.values()) {
          if (reflection.mode === 'watching' && reflection.server === event.data.peer) this.retry(reflection, context)
        }
        return false
      case 'TimerFired': {
        if (event.data.name !== RELIST) return false
        const reflection = this.byKind.get(event.data.key as Kind)
        if (reflection !== undefined) this.resume(reflection, context)
        return true
      }
      default:
        return false
    }
  }

  private list(reflection: Reflection, context: ActorContext): void {
    reflection.mode = 'listing'
    this.byWatch.delete(reflection.watch)
    const { kind, scope } = reflection
    this.client.call(
      context,
      {
        verb: 'list',
        kind,
        namespace: scope.namespace,
        options: {
          resourceVersion: this.listRevision(reflection),
          fieldSelector: fieldSelectorOf(scope),
        },
      },
      (answer, later) => this.listed(reflection, answer, later),
    )
  }

  /** Source: reflector.go, relistResourceVersion. */
  private listRevision({ kind, synced, unavailable }: Reflection): string {
    if (unavailable) return ''
    return synced ? String(this.cursor.revision(kind)) : '0'
  }

  private listed(reflection: Reflection, answer: ApiAnswer, context: ActorContext): void {
    if (this.byKind.get(reflection.kind) !== reflection) return
    if (!answer.ok) {
      if (isUnknownRevision(answer) && !reflection.unavailable) {
        reflection.unavailable = true
        this.list(reflection, context)
      } else this.retry(reflection, context)
      return
    }
    for (const change of this.cursor.reset(reflection.kind, answer.revision)) this.fresh.push(change)
    if (!reflection.synced) this.syncs++
    reflection.synced = true
    reflection.mustList = false
    reflection.unavailable = false
    this.watch(reflection, context)
  }

  private watch(reflection: Reflection, context: ActorContext): void {
    const watch = this.nextWatch++
    this.byWatch.delete(reflection.watch)
    this.byWatch.set(watch, reflection)
    reflection.mode = 'watching'
    reflection.watch = watch
    reflection.server = this.endpoint.current
    const { kind, scope } = reflection
    context.emit(
      'WatchRequested',
      {
        watch,
        kind,
        revision: this.cursor.revision(kind),
        namespace: scope.namespace,
        fieldSelector: fieldSelectorOf(scope),
        bookmarks: true,
        timeoutSeconds: WATCH_MIN_SECONDS + context.random.below(WATCH_MIN_SECONDS),
      },
      { to: reflection.server },
    )
  }

  private push(watch: number, revision: number, change: string): void {
    const reflection = this.byWatch.get(watch)
    if (reflection === undefined) return
    if (change === 'BOOKMARK') {
      this.cursor.advance(reflection.kind, revision)
      return
    }
    const visible = this.cursor.deliver(reflection.kind, revision)
    if (visible !== undefined) this.fresh.push(visible)
  }

  private end(watch: number, code: number, context: ActorContext): void {
    const reflection = this.byWatch.get(watch)
    if (reflection === undefined) return
    if (code === 200) {
      this.watch(reflection, context)
      return
    }
    if (code === 410) reflection.mustList = true
    this.retry(reflection, context)
  }

  private retry(reflection: Reflection, context: ActorContext): void {
    const now = context.monotonic
    if (now - reflection.lastFailure > BACKOFF_RESET) reflection.failures = 0
    const base = exponential(BACKOFF_BASE, BACKOFF_MAX, reflection.failures)
    reflection.failures++
    reflection.lastFailure = now
    reflection.mode = 'waiting'
    this.byWatch.delete(reflection.watch)
    context.setTimer(RELIST, reflection.kind, base + context.random.below(base + 1))
  }

  private resume(reflection: Reflection, context: ActorContext): void {
    if (reflection.mustList) this.list(reflection, context)
    else this.watch(reflection, context)
  }
}

const reflectionOf = (kind: Kind, scope: Scope): Reflection => ({
  kind,
  scope,
  mode: 'waiting',
  watch: 0,
  server: '',
  synced: false,
  mustList: true,
  unavailable: false,
  failures: 0,
  lastFailure: 0,
})

/** The revision asked for is compacted, or ahead of the server's. Source: reflector.go, isExpiredError and isTooLargeResourceVersionError. */
const isUnknownRevision = (failure: ApiFailure): boolean =>
  failure.code === 410 || hasCause(failure, 'ResourceVersionTooLarge')

/** What a list or a watch asks for; the namespace stands beside it. */
const fieldSelectorOf = ({ name, nodeName }: Scope): string | undefined => {
  if (name !== undefined) return `metadata.name=${name}`
  return nodeName === undefined ? undefined : `spec.nodeName=${nodeName}`
}

const NOTHING: readonly Change[] = []
