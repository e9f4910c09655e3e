import type { ApiObject } from '../../../events/json.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'

/** The strategic merge patch that makes `owner` the controller of an object, if the object is still the one that was seen. */
export const adoptPatch = (object: ApiObject, owner: ApiObject, finalizers?: readonly string[]): unknown => ({
  metadata: {
    ownerReferences: [controllerReference(owner)],
    uid: object.metadata.uid,
    ...(finalizers === undefined ? {} : { finalizers }),
  },
})

/**
 * The strategic merge patch that takes owners from an object.
 * Source: pkg/controller/controller_ref_manager.go, GenerateDeleteOwnerRefStrategicMergeBytes.
 */
export const dropOwnersPatch = (uid: string, owners: readonly string[]): unknown => ({
  metadata: { uid, ownerReferences: owners.map((owner) => ({ $patch: 'delete', uid: owner })) },
})

/** An object of which no more is known, for an Event about it. */
export const nameOnly = (apiVersion: string, kind: string, name: string, namespace?: string, uid = ''): ApiObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace, uid, resourceVersion: '', creationTimestamp: '' },
})
