import type { ApiCall } from '../../../engine/client/api-client.ts'
import { all, type Sync } from '../../../engine/client/sync.ts'
import { isCustomKind, type Kind } from '../../../kubernetes/kinds.ts'
import type { View } from '../../../kubernetes/view.ts'
import { dropOwnersPatch } from '../shared/references.ts'
import { removeFinalizer, rowOf } from './collector.ts'
import { ORPHAN, type GraphNode } from './graph.ts'

/**
 * Every dependent forgets its owner before the owner may go.
 * Source: garbagecollector.go, attemptToOrphanWorker and orphanDependents (v1.36).
 */
export function* orphanDependents(owner: GraphNode, view: View): Sync {
  const calls: ApiCall[] = []
  for (const dependent of owner.dependents) {
    const patch = dropOwnersCall(dependent, [owner.uid], view)
    if (typeof patch === 'string') return { retry: patch }
    calls.push(patch)
  }
  for (const answer of yield* all(calls)) {
    if (!answer.ok && answer.code !== 404) return { retry: answer.message }
  }
  const failure = yield* removeFinalizer(owner, ORPHAN, view)
  if (failure !== undefined) return { retry: failure }
}

/** Of custom resources nobody knows how to merge lists. Source: patch.go, patch: it falls back where that is refused. */
export const patchTypeOf = (kind: Kind): 'merge' | 'strategic' => (isCustomKind(kind) ? 'merge' : 'strategic')

/** The patch by which an object forgets owners, or why it cannot be written. Source: patch.go (v1.36). */
export const dropOwnersCall = (node: GraphNode, owners: readonly string[], view: View): ApiCall | string => {
  const row = rowOf(node.at, view)
  if (typeof row === 'string') return row
  const { kind } = row
  const { namespace, name } = node.at
  if (patchTypeOf(kind) === 'merge') {
    // The version keeps it from writing over an owner that this view has not seen.
    const resourceVersion = view.get(kind, namespace, name)?.metadata.resourceVersion
    const ownerReferences = node.owners.filter(({ uid }) => !owners.includes(uid))
    const body = { metadata: { uid: node.uid, resourceVersion, ownerReferences } }
    return { verb: 'patch', kind, namespace, name, patchType: 'merge', body }
  }
  const body = dropOwnersPatch(node.uid, owners)
  return { verb: 'patch', kind, namespace, name, patchType: 'strategic', body }
}
