/** Who owns an object. Source: apimachinery/pkg/apis/meta/v1/controller_ref.go (v1.36). */
import type { ApiObject, OwnerReference } from '../events/json.ts'

/** The one owner that manages the object, if any. */
export function controllerOf(object: ApiObject): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences
  if (owners === undefined) return undefined
  for (const owner of owners) if (owner.controller === true) return owner
  return undefined
}

/** By uid: an owner created again under the same name is another owner. */
export const isControlledBy = (object: ApiObject, owner: ApiObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid

export const isOwnedBy = (object: ApiObject, owner: ApiObject): boolean =>
  object.metadata.ownerReferences?.some((reference) => reference.uid === owner.metadata.uid) ?? false

/** What an owner writes into what it creates. It also keeps the owner until the owned is gone, under foreground deletion. */
export const controllerReference = (owner: ApiObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})
