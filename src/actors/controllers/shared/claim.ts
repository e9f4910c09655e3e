import type { ApiObject } from '../../../events/json.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { compileLabelSelector } from '../../../kubernetes/selectors.ts'
import type { LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { View } from '../../../kubernetes/view.ts'
import { adoptPatch, dropOwnersPatch } from './references.ts'

/** What belongs to an owner, and the first thing that went wrong while it was sorted out. */
export interface Claimed<O> {
  readonly objects: readonly O[]
  readonly failure?: string
}

/** The objects of a kind that an owner controls or might adopt. Source: controller_utils.go, FilterPodsByOwner. */
export const candidates = <K extends Kind>(kind: K, owner: ApiObject, view: View): readonly KindMap[K][] => {
  const controlled = view.indexed(kind, 'controller', owner.metadata.uid)
  const orphans = view.indexed(kind, 'orphan', owner.metadata.namespace ?? '')
  return orphans.length === 0 ? controlled : [...controlled, ...orphans]
}

/**
 * Of the candidates, those that belong to the owner: which it controls and its selector matches, and matching orphans,
 * which it adopts, with `finalizers` if there are any. Those that no longer match are released. An owner that is being deleted neither adopts nor releases.
 * Source: pkg/controller/controller_ref_manager.go, ClaimObject (v1.36).
 */
export function* claim<K extends Kind>(
  kind: K,
  owner: ApiObject,
  selector: LabelSelector | undefined,
  objects: readonly KindMap[K][],
  finalizers?: readonly string[],
): Sync<Claimed<KindMap[K]>> {
  const matches = compileLabelSelector(selector)
  const isDeleting = owner.metadata.deletionTimestamp !== undefined
  const mine: KindMap[K][] = []
  let failure: string | undefined
  let refusal: string | true | undefined
  for (const object of objects) {
    const isMatch = matches(object.metadata.labels)
    if (controllerOf(object) !== undefined) {
      if (isMatch) mine.push(object)
      else if (!isDeleting) {
        const problem = yield* release(kind, object, owner)
        failure ??= problem
      }
    } else if (isMatch && !isDeleting && object.metadata.deletionTimestamp === undefined) {
      // Asked once, and only before something is adopted.
      refusal ??= (yield* whyNotAdopt(owner)) ?? true
      const outcome: boolean | string = refusal === true ? yield* adopt(kind, object, owner, finalizers) : refusal
      if (outcome === true) mine.push(object)
      else if (outcome !== false) failure ??= outcome
    }
  }
  return { objects: mine, failure }
}

/** Asks the API server itself whether the owner still lives: the view may be too old. Source: RecheckDeletionTimestamp. */
export function* whyNotAdopt({ kind, metadata }: ApiObject): Sync<string | undefined> {
  const { namespace, name, uid } = metadata
  const answer = yield* call({ verb: 'get', kind: kind as Kind, namespace, name })
  if (!answer.ok) return `can't recheck DeletionTimestamp: ${answer.message}`
  const fresh = answer.object?.metadata
  if (fresh?.uid !== uid) return `original ${kind} ${namespace}/${name} is gone: got uid ${fresh?.uid}, wanted ${uid}`
  if (fresh.deletionTimestamp === undefined) return undefined
  return `${namespace}/${name} has just been deleted at ${fresh.deletionTimestamp}`
}

/** True when it is ours now, false when it is gone, else what went wrong. */
export function* adopt<K extends Kind>(
  kind: K,
  object: ApiObject,
  owner: ApiObject,
  finalizers?: readonly string[],
): Sync<boolean | string> {
  const { namespace, name } = object.metadata
  const body = adoptPatch(object, owner, finalizers)
  const answer = yield* call({ verb: 'patch', kind, namespace, name, patchType: 'strategic', body })
  if (answer.ok) return true
  return answer.code === 404 ? false : answer.message
}

/** A refusal as invalid means that the object is another by now, or has no such owner: nothing to do. */
function* release<K extends Kind>(kind: K, object: ApiObject, owner: ApiObject): Sync<string | undefined> {
  const { namespace, name, uid } = object.metadata
  const body = dropOwnersPatch(uid, [owner.metadata.uid])
  const answer = yield* call({ verb: 'patch', kind, namespace, name, patchType: 'strategic', body })
  return answer.ok || answer.code === 404 || answer.code === 422 ? undefined : answer.message
}
