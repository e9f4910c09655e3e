import type { ApiObject, ObjectMeta } from '../../../events/json.ts'
import type { Micros } from '../../../events/envelope.ts'
import { invariant } from '../../../engine/invariant.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { isScheduled, isTerminal } from '../../../kubernetes/pods.ts'
import { parseTime, rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { finalizersForDeletion, type DeleteOptions } from './delete-options.ts'

const SECOND: Micros = 1_000_000

/** A delete without seconds or with a negative number of them. Source: rest/delete.go, BeforeDelete. */
const NEGATIVE_GRACE_SECONDS = 1

/** What a delete does next to a stored object. */
export type DeletionStep =
  /** Nothing: it is on its way out, and nothing here would make it go sooner. */
  | { readonly step: 'pending' }
  /** Write this; then, if `remove`, take it away. */
  | { readonly step: 'mark'; readonly object: ApiObject; readonly remove: boolean }
  /** Take it away as it is. */
  | { readonly step: 'remove' }

/**
 * Decides what a delete does to an object as it is stored now.
 *
 * Pods go gracefully: the API server only marks them, the kubelet stops the containers and deletes again with grace 0. Any
 * other object is marked only while finalizers hold it.
 * Source: apiserver/pkg/registry/generic/registry/store.go, Delete and updateForGracefulDeletionAndFinalizers;
 * apiserver/pkg/registry/rest/delete.go, BeforeDelete; pkg/registry/core/pod/strategy.go, CheckGracefulDelete (v1.36).
 */
export const deletionStep = (kind: Kind, stored: ApiObject, options: DeleteOptions, now: Micros): DeletionStep => {
  const grace = gracefully(kind, stored, options, now)
  if (grace === 'pending') return { step: 'pending' }
  const meta = grace?.metadata ?? stored.metadata
  const before = meta.finalizers ?? []
  const finalizers = finalizersForDeletion(kind, before, options)
  const held = finalizers.length > 0
  if (grace === undefined && !held) return { step: 'remove' }
  const marked = grace === undefined ? marks(meta, now) : meta
  const metadata = finalizers === before ? marked : withFinalizers(marked, finalizers)
  const remove = !held && metadata.deletionGracePeriodSeconds === 0
  return { step: 'mark', object: { ...stored, metadata }, remove }
}

/** The Pod with its grace counted from now; undefined for what has no grace. */
const gracefully = (
  kind: Kind,
  stored: ApiObject,
  options: DeleteOptions,
  now: Micros,
): { readonly metadata: ObjectMeta } | 'pending' | undefined => {
  if (kind !== 'Pod') return undefined
  const { metadata } = stored
  if (metadata.deletionTimestamp !== undefined) return shortened(metadata, metadata.deletionTimestamp, options)
  const seconds = podGrace(stored as Pod, options)
  return { metadata: bumped({ ...metadata, ...deadline(now + seconds * SECOND, seconds) }) }
}

const podGrace = (pod: Pod, options: DeleteOptions): number => {
  if (!isScheduled(pod) || isTerminal(pod)) return 0
  const seconds = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 ? NEGATIVE_GRACE_SECONDS : seconds
}

/** A grace that runs may only become shorter. */
const shortened = (
  metadata: ObjectMeta,
  deletionTimestamp: string,
  options: DeleteOptions,
): { readonly metadata: ObjectMeta } | 'pending' | undefined => {
  const running = metadata.deletionGracePeriodSeconds
  // 0: marked by a delete that broke off before it took the object away; this one goes on from there.
  if (running === undefined || running === 0) return undefined
  const current = running < 0 ? NEGATIVE_GRACE_SECONDS : running
  if (options.gracePeriodSeconds === undefined) return 'pending'
  const wanted = options.gracePeriodSeconds < 0 ? NEGATIVE_GRACE_SECONDS : options.gracePeriodSeconds
  if (wanted >= current) return 'pending'
  const due = parseTime(deletionTimestamp)
  invariant(due !== undefined, 'a stored deletionTimestamp is a time')
  return { metadata: { ...metadata, ...deadline(due + (wanted - current) * SECOND, wanted) } }
}

/** What waits only for finalizers has no grace. Source: registry/store.go, markAsDeleting. */
const marks = (metadata: ObjectMeta, now: Micros): ObjectMeta => {
  const first = metadata.deletionTimestamp === undefined
  const due = first ? undefined : parseTime(metadata.deletionTimestamp)
  const at = due === undefined || due > now ? rfc3339(now) : metadata.deletionTimestamp
  const marked: ObjectMeta = { ...metadata, deletionTimestamp: at, deletionGracePeriodSeconds: 0 }
  return first ? bumped(marked) : marked
}

const deadline = (
  due: Micros,
  seconds: number,
): Pick<ObjectMeta, 'deletionTimestamp' | 'deletionGracePeriodSeconds'> => ({
  deletionTimestamp: rfc3339(due),
  deletionGracePeriodSeconds: seconds,
})

/** Deletion is a change that controllers have to observe. */
const bumped = (metadata: ObjectMeta): ObjectMeta =>
  metadata.generation === undefined || metadata.generation === 0
    ? metadata
    : { ...metadata, generation: metadata.generation + 1 }

export const withFinalizers = (metadata: ObjectMeta, finalizers: readonly string[]): ObjectMeta => {
  const { finalizers: _before, ...rest } = metadata
  return finalizers.length === 0 ? rest : { ...rest, finalizers }
}

/**
 * Whether an update that takes the last finalizer away is the end of the object.
 * Source: registry/store.go, ShouldDeleteDuringUpdate; pkg/registry/core/namespace/storage, ShouldDeleteNamespaceDuringUpdate.
 */
export const isLastUpdate = (kind: Kind, stored: ApiObject, updated: ApiObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds } = stored.metadata
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) !== 0) return false
  if ((updated.metadata.finalizers ?? []).length > 0) return false
  return kind !== 'Namespace' || isEmptied(updated)
}

const isEmptied = (namespace: ApiObject): boolean => {
  const { spec } = namespace as { readonly spec?: { readonly finalizers?: readonly string[] } }
  return (spec?.finalizers ?? []).length === 0
}
