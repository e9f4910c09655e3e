import type { ApiObject } from '../../../events/json.ts'
import type { ApiCall } from '../../../engine/client/api-client.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'

/** A Pod as its writer sends it: the API server gives it the rest of its metadata, and its name if it has none. */
export interface NewPod {
  readonly apiVersion: 'v1'
  readonly kind: 'Pod'
  readonly metadata: Partial<ApiObject['metadata']>
  readonly spec: PodTemplateSpec['spec']
}

/**
 * A Pod from its owner's template. Source: pkg/controller/controller_utils.go, GetPodFromTemplate (v1.36).
 */
export const podTemplateBody = (
  owner: ApiObject,
  template: PodTemplateSpec,
  generateName = podNamePrefix(owner.metadata.name),
): NewPod => {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec,
  }
}

/** The call that creates a Pod from its owner's template, under a name that the API server completes. */
export const createPodCall = (owner: ApiObject, template: PodTemplateSpec, generateName?: string): ApiCall<'Pod'> => ({
  verb: 'create',
  kind: 'Pod',
  namespace: owner.metadata.namespace,
  body: podTemplateBody(owner, template, generateName),
})

export const deletePodCall = (pod: Pod): ApiCall<'Pod'> => ({
  verb: 'delete',
  kind: 'Pod',
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
})

/** The longest name of a Pod. Source: apimachinery/pkg/util/validation/validation.go, DNS1123SubdomainMaxLength. */
const NAME_MAX = 253

/** The dash goes where it would make the name too long. */
const podNamePrefix = (owner: string): string => (owner.length < NAME_MAX ? `${owner}-` : owner)
