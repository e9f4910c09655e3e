import type { EtcdResponse } from '../../../events/catalogue/etcd-request.ts'
import type { ApiObject } from '../../../events/json.ts'
import { invariant } from '../../../engine/invariant.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { expired, isStatus, unexpectedError, type GroupResource, type Status } from '../../../kubernetes/status.ts'
import type { ReadObject } from '../../../kubernetes/view.ts'
import { etcd, eventLease, type Procedure } from '../procedure.ts'
import { estimateObjectSize } from './size.ts'

/** One name of one kind, and where it is stored. */
export interface ObjectRef {
  readonly kind: Kind
  readonly resource: GroupResource
  readonly namespace: string | undefined
  readonly name: string
  /** Its key in etcd. */
  readonly key: string
}

/** An object as it stands in the storage. */
export interface Stored {
  readonly object: ApiObject
  /** The revision that wrote it. */
  readonly revision: number
}

/** What an update did. Its object may still bear the version that it was made from. */
export interface Updated extends Stored {
  /** `nothing`: the object was as wanted already. */
  readonly did: 'write' | 'remove' | 'nothing'
}

/** What became of a write that was to replace one version: its revision, or what stands there instead. */
export type PutResult = { readonly revision: number } | { readonly instead: Stored | undefined } | Status

/** The change ends its object: it is taken away instead of being written, and this is what is answered. */
export class Removal {
  readonly object: ApiObject

  constructor(object: ApiObject) {
    this.object = object
  }
}

/**
 * Turns what is stored into what is to be stored; a Status refuses. Run again on what another writer has put there meanwhile.
 */
export type Attempt = (stored: Stored | undefined) => Procedure<ApiObject | Removal | Status>

/** Source: etcd/api/v3rpc/rpctypes/error.go, ErrGRPCCompacted. */
const COMPACTED = 'etcdserver: mvcc: required revision has been compacted'

/** Reads and writes single objects in etcd, with optimistic concurrency. Source: apiserver/pkg/storage/etcd3/store.go (v1.36). */
export class Store {
  /** An object as a revision wrote it. */
  readonly read: ReadObject

  constructor(read: ReadObject) {
    this.read = read
  }

  /** The object as a majority of etcd knows it; undefined if there is none. */
  *get(ref: ObjectRef): Procedure<Stored | Status | undefined> {
    const response = yield* etcd({ op: 'range', key: ref.key })
    return response.outcome === 'refused' ? storageError(response) : this.found(ref, modOf(response))
  }

  /** The revision that etcd stands at, as a majority knows it. */
  *revision(): Procedure<number | Status> {
    const response = yield* etcd({ op: 'range', key: '/registry/', end: '/registry0', countOnly: true })
    return response.outcome === 'refused' ? storageError(response) : response.revision
  }

  /** Why what stood at a revision cannot be read; undefined when it can. */
  *keeps(revision: number): Procedure<Status | undefined> {
    const response = yield* etcd({ op: 'range', key: '/registry/', end: '/registry0', revision, countOnly: true })
    return response.outcome === 'refused' ? storageError(response) : undefined
  }

  /** Writes an object in the place of the version of revision `expected`; 0: where there must be none. */
  *put(ref: ObjectRef, object: ApiObject, expected: number): Procedure<PutResult> {
    const lease = ref.kind === 'Event' ? yield* eventLease() : 0
    if (typeof lease !== 'number') return storageError(lease)
    const value = withoutVersion(object)
    const response = yield* etcd({
      op: 'txn',
      compare: [{ key: ref.key, target: 'mod', result: '=', value: expected }],
      then: [{ op: 'put', key: ref.key, size: estimateObjectSize(value), value, ...(lease === 0 ? {} : { lease }) }],
      else: [{ op: 'range', key: ref.key }],
    })
    if (response.outcome === 'refused') return storageError(response)
    if (response.outcome === 'succeeded') return { revision: response.revision }
    return { instead: this.found(ref, modOf(response)) }
  }

  /**
   * Applies a change until it is written to exactly the object it was made for.
   *
   * Begins with what the cache shows, which may be old: a refusal, or that nothing is to change, counts only when it was
   * found on what etcd holds now. Source: etcd3/store.go, GuaranteedUpdate; cacher/cacher.go hands it the cached object.
   */
  *guaranteedUpdate(ref: ObjectRef, cached: ApiObject | undefined, attempt: Attempt): Procedure<Updated | Status> {
    let current: Stored | undefined
    let fresh = cached === undefined
    if (cached === undefined) {
      const found = yield* this.get(ref)
      if (isStatus(found)) return found
      current = found
    } else current = storedAs(cached)
    for (;;) {
      const next: ApiObject | Removal | Status = yield* attempt(current)
      if (isStatus(next) || isUnchanged(next, current)) {
        const outcome: Updated | Status = isStatus(next) ? next : { ...presentOf(current), did: 'nothing' }
        if (fresh) return outcome
        const found: Stored | Status | undefined = yield* this.get(ref)
        if (isStatus(found)) return found
        if (found?.revision === current?.revision) return outcome
        current = found
      } else {
        const removes = next instanceof Removal
        const result: PutResult = removes
          ? yield* this.remove(ref, presentOf(current))
          : yield* this.put(ref, next, current?.revision ?? 0)
        if (isStatus(result)) return result
        if ('revision' in result) {
          return removes
            ? { object: next.object, revision: result.revision, did: 'remove' }
            : { object: next, revision: result.revision, did: 'write' }
        }
        current = result.instead
      }
      fresh = true
    }
  }

  /** What an update would write, on what etcd holds now. */
  *tryUpdate(ref: ObjectRef, attempt: Attempt): Procedure<ApiObject | Status> {
    const found = yield* this.get(ref)
    if (isStatus(found)) return found
    const next = yield* attempt(found)
    return next instanceof Removal ? next.object : next
  }

  /** Takes an object away if it is still as `stored`; gives the revision of the removal, or what stands there instead. */
  *remove(ref: ObjectRef, stored: Stored): Procedure<PutResult> {
    const response = yield* etcd({
      op: 'txn',
      compare: [{ key: ref.key, target: 'mod', result: '=', value: stored.revision }],
      then: [{ op: 'delete', key: ref.key }],
      else: [{ op: 'range', key: ref.key }],
    })
    if (response.outcome === 'refused') return storageError(response)
    if (response.outcome === 'succeeded') return { revision: response.revision }
    return { instead: this.found(ref, modOf(response)) }
  }

  private found({ kind, namespace, name }: ObjectRef, revision: number): Stored | undefined {
    if (revision === 0) return undefined
    const object = this.read(kind, namespace, name, revision)
    invariant(object !== undefined, `what etcd holds of ${kind} ${name} can be read at its revision ${revision}`)
    return { object, revision }
  }
}

/** An object read from a view or from the storage, which bears its version. */
export const storedAs = (object: ApiObject): Stored => ({ object, revision: Number(object.metadata.resourceVersion) })

/** Whether writing `next` over `stored` would change nothing. */
export const isSame = (next: ApiObject, stored: ApiObject): boolean => next === stored || sameJson(next, stored)

const isUnchanged = (next: ApiObject | Removal, stored: Stored | undefined): boolean =>
  stored !== undefined && !(next instanceof Removal) && isSame(next, stored.object)

const presentOf = (stored: Stored | undefined): Stored => {
  invariant(stored !== undefined, 'what does not change is there')
  return stored
}

/** Revision of the key that a range found; 0 for none. */
const modOf = ({ results }: EtcdResponse): number => {
  const [result] = results ?? []
  invariant(result?.op === 'range', 'a read is answered by a range')
  return result.mod
}

/** The stored form: its version is the revision, so it does not stand in the object. */
export const withoutVersion = (object: ApiObject): object => {
  const { resourceVersion: _version, ...metadata } = object.metadata
  return { ...object, metadata }
}

export const isCompacted = ({ reason }: Status): boolean => reason === 'Expired'

/** What etcd says goes to the caller as it is. */
export const storageError = ({ error = '' }: EtcdResponse): Status =>
  error === COMPACTED ? expired('The resourceVersion for the provided watch is too old.') : unexpectedError(error)
