import type { ActorId, Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { ConvertedTelling } from './converted-telling.ts'

export type WatchChange = 'ADDED' | 'MODIFIED' | 'DELETED'

/** What a watcher asked for beyond its kind. */
export interface WatchScope {
  readonly namespace?: string
  readonly name?: string
  /** Pods by `spec.nodeName`. */
  readonly nodeName?: string
  /** What is left of its selectors once the above is taken out; absent when nothing is. */
  readonly matches?: (object: ApiObject) => boolean
}

/** Called for each watcher that a change concerns, with what the change is to it. */
export type Tell = (watcher: Watcher, revision: number, what: WatchChange, change: Change) => void

export interface Watcher {
  readonly client: ActorId
  /** The client's own number for this watch. */
  readonly watch: number
  readonly kind: Kind
  readonly scope: WatchScope
  readonly bookmarks: boolean
  /** When the server ends it. */
  readonly endsAt: Micros
  /** The revision up to which it has been told; what is not newer is none of its business. */
  position: number
  nextBookmarkAt: Micros
  /** Where a webhook converts what is told. */
  telling?: ConvertedTelling
}

/** The watchers of one kind, each in one place: where the fewest changes have to look for it. */
class KindWatchers {
  readonly all = new Set<Watcher>()
  readonly byNamespace = new Map<string, Set<Watcher>>()
  readonly byName = new Map<string, Set<Watcher>>()
  readonly byNode = new Map<string, Set<Watcher>>()

  place({ scope }: Watcher): Set<Watcher> {
    if (scope.name !== undefined) return bucket(this.byName, scope.name)
    if (scope.nodeName !== undefined) return bucket(this.byNode, scope.nodeName)
    if (scope.namespace !== undefined) return bucket(this.byNamespace, scope.namespace)
    return this.all
  }
}

const bucket = (index: Map<string, Set<Watcher>>, value: string): Set<Watcher> => {
  let found = index.get(value)
  if (found === undefined) index.set(value, (found = new Set()))
  return found
}

const NOBODY: ReadonlySet<Watcher> = new Set()

/**
 * Who watches what. A change looks only at those it may concern: the kind's general watchers, and those of its namespace,
 * its name and, for a Pod, of the node it is on or has left. Source: apiserver/pkg/storage/cacher/cacher.go, indexedWatchers
 * with the trigger `spec.nodeName` (v1.36).
 */
export class Watchers {
  private readonly byKind = new Map<Kind, KindWatchers>()
  private readonly byClient = new Map<ActorId, Map<number, Watcher>>()
  private count = 0

  get size(): number {
    return this.count
  }

  get(client: ActorId, watch: number): Watcher | undefined {
    return this.byClient.get(client)?.get(watch)
  }

  of(client: ActorId): readonly Watcher[] {
    return [...(this.byClient.get(client)?.values() ?? [])]
  }

  all(): readonly Watcher[] {
    return [...this.byClient.values()].flatMap((own) => [...own.values()])
  }

  add(watcher: Watcher): void {
    const { client, watch, kind } = watcher
    let own = this.byClient.get(client)
    if (own === undefined) this.byClient.set(client, (own = new Map()))
    own.set(watch, watcher)
    let watchers = this.byKind.get(kind)
    if (watchers === undefined) this.byKind.set(kind, (watchers = new KindWatchers()))
    watchers.place(watcher).add(watcher)
    this.count++
  }

  remove(watcher: Watcher): void {
    const own = this.byClient.get(watcher.client)
    if (own?.get(watcher.watch) !== watcher) return
    own.delete(watcher.watch)
    if (own.size === 0) this.byClient.delete(watcher.client)
    this.byKind.get(watcher.kind)?.place(watcher).delete(watcher)
    this.count--
  }

  /** Tells each watcher that a change concerns what it is to that watcher. */
  dispatch(change: Change, tell: Tell): void {
    const watchers = this.byKind.get(change.kind)
    if (watchers === undefined) return
    const general = whatChanged(change.before, change.after)
    for (const watcher of watchers.all) pass(watcher, change, general, tell)
    if (watchers.byNamespace.size > 0 && change.namespace !== undefined) {
      for (const watcher of watchers.byNamespace.get(change.namespace) ?? NOBODY) pass(watcher, change, general, tell)
    }
    if (watchers.byName.size > 0) {
      for (const watcher of watchers.byName.get(change.name) ?? NOBODY) narrowed(watcher, change, tell)
    }
    if (watchers.byNode.size > 0) {
      const before = nodeOf(change.before)
      const after = nodeOf(change.after)
      if (before !== undefined) for (const one of watchers.byNode.get(before) ?? NOBODY) narrowed(one, change, tell)
      if (after === undefined || after === before) return
      for (const watcher of watchers.byNode.get(after) ?? NOBODY) narrowed(watcher, change, tell)
    }
  }
}

const pass = (watcher: Watcher, change: Change, general: WatchChange | undefined, tell: Tell): void => {
  if (watcher.scope.matches !== undefined) narrowed(watcher, change, tell)
  else if (general !== undefined && change.revision > watcher.position) tell(watcher, change.revision, general, change)
}

const narrowed = (watcher: Watcher, change: Change, tell: Tell): void => {
  if (change.revision <= watcher.position) return
  const what = changeFor(watcher.scope, change)
  if (what !== undefined) tell(watcher, change.revision, what, change)
}

const whatChanged = (before: unknown, after: unknown): WatchChange | undefined => {
  if (after === undefined) return before === undefined ? undefined : 'DELETED'
  return before === undefined ? 'ADDED' : 'MODIFIED'
}

/** What a change is to a watcher of a part: what enters the part is added, what leaves it is deleted. */
export const changeFor = (scope: WatchScope, { before, after }: Change): WatchChange | undefined => {
  const was = before !== undefined && isIn(scope, before)
  const is = after !== undefined && isIn(scope, after)
  return whatChanged(was ? before : undefined, is ? after : undefined)
}

/** Whether an object is in what a watcher asked for. */
export const isIn = (scope: WatchScope, object: ApiObject): boolean => {
  const { namespace, name, nodeName, matches } = scope
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false
  if (name !== undefined && object.metadata.name !== name) return false
  if (nodeName !== undefined && nodeOf(object) !== nodeName) return false
  return matches === undefined || matches(object)
}

/** `spec.nodeName`, where '' stands for none; undefined for no object. Asked of Pods only. */
const nodeOf = (object: ApiObject | undefined): string | undefined =>
  object === undefined ? undefined : ((object as Pod).spec?.nodeName ?? '')
