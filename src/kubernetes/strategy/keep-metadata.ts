import type { ApiObject, ObjectMeta } from '../../events/json.ts'
import type { Draft } from '../draft.ts'

interface WithMetadata {
  readonly metadata?: Draft<ObjectMeta>
}

/** A write of the status leaves labels, annotations, finalizers and owners. Source: meta/v1/helpers.go, ResetObjectMetaForStatus. */
export function keepMetadata<D extends WithMetadata>(next: D, before: ApiObject): D {
  const { labels, annotations, finalizers, ownerReferences } = before.metadata
  return { ...next, metadata: { ...next.metadata, labels, annotations, finalizers, ownerReferences } }
}
