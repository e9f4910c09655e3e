import type { LabelSelector, Labels } from '../../../kubernetes/types/meta.ts'
import type { ReplicaSet, ReplicationController } from '../../../kubernetes/types/workloads.ts'
import type { View } from '../../../kubernetes/view.ts'

/** What keeps a number of Pods: a ReplicaSet, or the ReplicationController that came before it. */
export type ReplicaKind = 'ReplicaSet' | 'ReplicationController'

const converted = new WeakMap<ReplicationController, ReplicaSet>()
const selectors = new WeakMap<Labels, LabelSelector>()

/**
 * A ReplicationController as the ReplicaSet that it would be, of its own kind still: only the selector looks different.
 * One conversion per version, and one selector as long as the object's own stays the same.
 * Source: pkg/controller/replication/conversion.go, convertRCtoRS (v1.36).
 */
const asReplicaSet = (controller: ReplicationController): ReplicaSet => {
  const known = converted.get(controller)
  if (known !== undefined) return known
  const { spec } = controller
  const made: ReplicaSet = { ...controller, spec: { ...spec, selector: selectorOf(spec.selector) } }
  converted.set(controller, made)
  return made
}

const NO_LABELS: Labels = {}

export const selectorOf = (labels: Labels = NO_LABELS): LabelSelector => {
  const known = selectors.get(labels)
  if (known !== undefined) return known
  const made: LabelSelector = { matchLabels: labels }
  selectors.set(labels, made)
  return made
}

/** The spec goes over the wire as it came. */
export const asWritten = (replicaSet: ReplicaSet): ReplicaSet | ReplicationController =>
  replicaSet.kind === 'ReplicaSet'
    ? replicaSet
    : { ...replicaSet, spec: { ...replicaSet.spec, selector: replicaSet.spec.selector.matchLabels } }

/** What the API server answered, as a ReplicaSet. */
export const asRead = (object: ReplicaSet | ReplicationController | undefined): ReplicaSet | undefined => {
  if (object === undefined) return undefined
  return object.kind === 'ReplicaSet' ? (object as ReplicaSet) : asReplicaSet(object as ReplicationController)
}

export const readReplicaSet = (
  kind: ReplicaKind,
  view: View,
  namespace: string | undefined,
  name: string,
): ReplicaSet | undefined => asRead(view.get<ReplicaKind>(kind, namespace, name))
