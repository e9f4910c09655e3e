import type { ApiObject } from '../../../events/json.ts'
import { all, type Sync } from '../../../engine/client/controller.ts'
import type { ApiCall } from '../../../engine/client/api-client.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'
import { controllerOf, controllerReference } from '../../../kubernetes/owners.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { View } from '../../../kubernetes/view.ts'

/**
 * The objects of a kind that belong to an owner: those it controls and that still match, and matching orphans, which it
 * adopts. Those that no longer match are released. An owner that is being deleted neither adopts nor releases.
 * Source: pkg/controller/controller_ref_manager.go, ClaimObject (v1.36).
 */
export function* claim<K extends Kind>(
  kind: K,
  owner: ApiObject,
  selector: LabelSelector | undefined,
  view: View,
  isEligible: (object: KindMap[K]) => boolean = () => true,
): Sync<readonly KindMap[K][]> {
  const { namespace, uid } = owner.metadata
  const deleting = owner.metadata.deletionTimestamp !== undefined
  const mine: KindMap[K][] = []
  const release: ApiCall<K>[] = []
  for (const object of view.indexed(kind, 'controller', uid)) {
    if (matchesSelector(selector, object.metadata.labels)) mine.push(object)
    else if (!deleting && object.metadata.deletionTimestamp === undefined)
      release.push(releaseCall(kind, object, owner))
  }
  const orphans = deleting
    ? []
    : view
        .indexed(kind, 'controller', '')
        .filter(
          (object) =>
            object.metadata.namespace === namespace &&
            object.metadata.deletionTimestamp === undefined &&
            matchesSelector(selector, object.metadata.labels) &&
            isEligible(object),
        )
  if (release.length === 0 && orphans.length === 0) return mine
  const answers = yield* all([...orphans.map((orphan) => adoptCall(kind, orphan, owner)), ...release])
  orphans.forEach((orphan, index) => {
    const answer = answers[index]
    if (answer?.ok === true) mine.push(answer.object ?? orphan)
  })
  return mine
}

/** Whether an object has no controlling owner yet. */
export const isOrphan = (object: ApiObject): boolean => controllerOf(object) === undefined

const adoptCall = <K extends Kind>(kind: K, object: ApiObject, owner: ApiObject): ApiCall<K> => ({
  verb: 'patch',
  kind,
  namespace: object.metadata.namespace,
  name: object.metadata.name,
  patchType: 'strategic',
  body: { metadata: { ownerReferences: [controllerReference(owner)], uid: object.metadata.uid } },
})

const releaseCall = <K extends Kind>(kind: K, object: ApiObject, owner: ApiObject): ApiCall<K> => ({
  verb: 'patch',
  kind,
  namespace: object.metadata.namespace,
  name: object.metadata.name,
  patchType: 'strategic',
  body: {
    metadata: { ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }], uid: object.metadata.uid },
  },
})
