import type { ApiObject } from '../events/json.ts'
import type { Kind, KindMap } from './kinds.ts'

/**
 * Ready-made ways to find objects without looking at all of them.
 * `node`: Pods by `spec.nodeName` ('' for none); `controller`: any kind by the uid of its controlling owner;
 * `orphan`: those of any kind that have none, by namespace; `namespace`: any namespaced kind; `name`: any kind.
 */
export type IndexName = 'node' | 'controller' | 'orphan' | 'namespace' | 'name'

/**
 * What one reader sees of the cluster: the one history of objects at the reader's own position, kind by kind.
 *
 * An informer cache, an API server's watch cache, time travel and a fork are all this, at different positions. A view may
 * lag and two views may disagree; whoever holds one never sees more than what was delivered to it.
 */
export interface View {
  /** The revision up to which this view has seen changes of a kind; 0 before the first list. */
  revision(kind: Kind): number
  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined
  /** In order of first creation. */
  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][]
  /** In order of first creation. */
  indexed<K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][]
}

/** What a change did to one object, as a reader sees it: `before` is what its view showed, not what the store held. */
export interface Change<O extends ApiObject = ApiObject> {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
  /** Revision at which the view now stands for this object. */
  readonly revision: number
  readonly before: O | undefined
  readonly after: O | undefined
}

/** What a reader may narrow its view of a kind to, as a watch with a field selector or in one namespace does. */
export interface Scope {
  /** Pods by `spec.nodeName`. */
  readonly nodeName?: string
  readonly namespace?: string
  readonly name?: string
}

/** Reads the body that an answer's revision stands for. */
export type ReadObject = <K extends Kind>(
  kind: K,
  namespace: string | undefined,
  name: string,
  revision: number,
) => KindMap[K] | undefined

/** A view whose owner moves it: how informers and watch caches are fed. */
export interface Cursor extends View {
  /** Narrows a kind: `list`, `advance` and `reset` then show and tell only what is in scope, at a cost of what is in scope. */
  narrow(kind: Kind, scope: Scope): void
  /**
   * Shows the one change that a watch delivered: the object written at `revision`, and moves the kind there. O(1).
   * Undefined when this view hides that revision or already stands behind it.
   */
  deliver(kind: Kind, revision: number): Change | undefined
  /** Moves one kind to `revision` and tells what became visible; several changes of one object are one change. */
  advance(kind: Kind, revision: number): readonly Change[]
  /** Shows a kind as it stood at `revision`, older or newer, as after a fresh list; tells the difference. */
  reset(kind: Kind, revision: number): readonly Change[]
  /** Leaves out one revision of one kind for ever, as when a watch loses an event. */
  hide(kind: Kind, revision: number): void
  /** Gives up the position, so that compaction need not wait for it. */
  release(): void
}
