import type { ApiObject } from '../../../events/json.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import type { View } from '../../../kubernetes/view.ts'

/**
 * The living object of a kind that an object's controlling reference means: name and uid must fit.
 * Source: resolveControllerRef of each controller.
 */
export const livingOwner = <K extends Kind>(kind: K, object: ApiObject, view: View): KindMap[K] | undefined => {
  const reference = controllerOf(object)
  if (reference?.kind !== kind) return undefined
  const owner = view.get(kind, object.metadata.namespace, reference.name)
  return owner?.metadata.uid === reference.uid ? owner : undefined
}
