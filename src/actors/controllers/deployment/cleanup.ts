import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { revisionOf } from './annotations.ts'
import { replicasOf } from './arithmetic.ts'
import { byAge } from './replica-sets.ts'

/** Stands for no limit. Source: deployment_util.go, HasRevisionHistoryLimit. */
const UNLIMITED = 2_147_483_647

/**
 * Deletes the oldest revisions beyond the history limit, if nothing runs under them. Gives why one could not be deleted.
 * Source: pkg/controller/deployment/sync.go, cleanupDeployment (v1.36).
 */
export function* cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): Sync<string | undefined> {
  const limit = deployment.spec.revisionHistoryLimit ?? UNLIMITED
  const alive = old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined)
  const surplus = alive.length - limit
  if (surplus <= 0) return undefined
  const byRevision = alive.toSorted((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b))
  for (const replicaSet of byRevision.slice(0, surplus)) {
    const { replicas = 0, observedGeneration = 0 } = replicaSet.status ?? {}
    const isIdle = replicasOf(replicaSet) === 0 && replicas === 0
    if (!isIdle || (replicaSet.metadata.generation ?? 0) > observedGeneration) continue
    const { namespace, name } = replicaSet.metadata
    const answer = yield* call({ verb: 'delete', kind: 'ReplicaSet', namespace, name })
    if (!answer.ok && answer.code !== 404) return answer.message
  }
  return undefined
}
