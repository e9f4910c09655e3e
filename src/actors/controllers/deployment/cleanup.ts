import { call, type Sync } from '../../../engine/client/controller.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { revisionOf } from './annotations.ts'
import { replicasOf } from './arithmetic.ts'

/**
 * Deletes the oldest revisions beyond the history limit, if nothing runs under them.
 * Source: pkg/controller/deployment/sync.go, cleanupDeployment (v1.36).
 */
export function* cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): Sync<string | undefined> {
  const limit = deployment.spec.revisionHistoryLimit ?? 10
  const alive = old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined)
  const surplus = alive.length - limit
  if (surplus <= 0) return undefined
  const byRevision = alive.toSorted((a, b) => revisionOf(a) - revisionOf(b))
  for (const replicaSet of byRevision.slice(0, surplus)) {
    const observed = replicaSet.status?.observedGeneration ?? 0
    const idle = replicasOf(replicaSet) === 0 && (replicaSet.status?.replicas ?? 0) === 0
    if (!idle || (replicaSet.metadata.generation ?? 0) > observed) continue
    const { namespace, name } = replicaSet.metadata
    const answer = yield* call({ verb: 'delete', kind: 'ReplicaSet', namespace, name })
    if (!answer.ok && answer.code !== 404) return answer.message
  }
  return undefined
}
