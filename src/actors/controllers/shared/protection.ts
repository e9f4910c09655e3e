import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'

/**
 * Keeps a finalizer on an object until it is to be deleted and nobody uses it. Gives why it could not.
 * Source: pkg/controller/volume/{pvcprotection,pvprotection}, processPVC and processPV (v1.36).
 */
export function* protect<K extends Kind>(
  kind: K,
  object: KindMap[K],
  finalizer: string,
  isUsed: () => boolean,
): Sync<string | undefined> {
  const { namespace, name, deletionTimestamp, finalizers = [] } = object.metadata
  const isGuarded = finalizers.includes(finalizer)
  const isLeaving = deletionTimestamp !== undefined
  if (isLeaving !== isGuarded || (isLeaving && isUsed())) return undefined
  const kept = isLeaving ? finalizers.filter((one) => one !== finalizer) : [...finalizers, finalizer]
  const body = { ...object, metadata: { ...object.metadata, finalizers: kept } }
  const answer = yield* call({ verb: 'update', kind, namespace, name, body })
  return answer.ok || answer.code === 404 ? undefined : answer.message
}
