import type { ObjectMeta } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { conflict, type Status } from '../../../kubernetes/status.ts'

/** How a caller wants a delete done. Source: apimachinery/pkg/apis/meta/v1/types.go, DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: Preconditions
}

/** What must be true of the stored object for a write to take place. */
export interface Preconditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

export const ORPHAN = 'orphan'
export const FOREGROUND = 'foregroundDeletion'

/** Why the preconditions do not hold. Source: apiserver/pkg/registry/rest/delete.go, BeforeDelete (v1.36), which names the kind. */
export const preconditionsBroken = (
  preconditions: Preconditions | undefined,
  { group, objectKind }: KindRow,
  { name, uid, resourceVersion }: ObjectMeta,
): Status | undefined => {
  if (preconditions === undefined) return undefined
  const what = { group, resource: objectKind }
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
    return conflict(what, name, why)
  }
  const wanted = preconditions.resourceVersion
  if (wanted === undefined || wanted === resourceVersion) return undefined
  const why = `the ResourceVersion in the precondition (${wanted}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`
  return conflict(what, name, why)
}

/**
 * What becomes of an object's dependents when nobody says. Source: the kinds' strategy.go, DefaultGarbageCollectionPolicy.
 * Abridged: only for kinds in which it is not Background.
 */
const ORPHANING: ReadonlySet<Kind> = new Set<Kind>(['Job', 'ReplicationController'])

/**
 * The finalizers that make the garbage collector act on the dependents before the object goes; the same array when nothing
 * changes. Source: apiserver/pkg/registry/generic/registry/store.go, deletionFinalizersForGarbageCollection (v1.36).
 */
export const finalizersForDeletion = (
  kind: Kind,
  finalizers: readonly string[],
  options: DeleteOptions,
): readonly string[] => {
  if (kind === 'Event') return finalizers
  const orphans = finalizers.includes(ORPHAN)
  const waits = finalizers.includes(FOREGROUND)
  const policy = options.propagationPolicy ?? (orphans ? 'Orphan' : waits ? 'Foreground' : defaultPolicy(kind))
  if (orphans === (policy === 'Orphan') && waits === (policy === 'Foreground')) return finalizers
  const kept = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND)
  if (policy === 'Orphan') return [...kept, ORPHAN]
  return policy === 'Foreground' ? [...kept, FOREGROUND] : kept
}

const defaultPolicy = (kind: Kind): 'Background' | 'Orphan' => (ORPHANING.has(kind) ? 'Orphan' : 'Background')
