import type { ApiCall } from '../../../engine/client/api-client.ts'
import { all, type Sync } from '../../../engine/client/sync.ts'
import { dropOwnersPatch } from '../shared/references.ts'
import { removeFinalizer, rowOf } from './collector.ts'
import { ORPHAN, type GraphNode } from './graph.ts'

/**
 * Every dependent forgets its owner before the owner may go.
 * Source: garbagecollector.go, attemptToOrphanWorker and orphanDependents (v1.36).
 */
export function* orphanDependents(owner: GraphNode): Sync {
  const calls: ApiCall[] = []
  for (const dependent of owner.dependents) {
    const patch = dropOwnersCall(dependent, [owner.uid])
    if (typeof patch === 'string') return { retry: patch }
    calls.push(patch)
  }
  for (const answer of yield* all(calls)) {
    if (!answer.ok && answer.code !== 404) return { retry: answer.message }
  }
  const failure = yield* removeFinalizer(owner, ORPHAN)
  if (failure !== undefined) return { retry: failure }
}

/** The patch by which an object forgets owners, or why it cannot be written. */
export const dropOwnersCall = (node: GraphNode, owners: readonly string[]): ApiCall | string => {
  const row = rowOf(node.at)
  if (typeof row === 'string') return row
  const { namespace, name } = node.at
  const body = dropOwnersPatch(node.uid, owners)
  return { verb: 'patch', kind: row.kind, namespace, name, patchType: 'strategic', body }
}
