import type { ApiObject } from '../../../events/json.ts'
import type { ApiCall } from '../../../engine/client/api-client.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'

/**
 * The call that creates a Pod from its owner's template, under a name that the API server completes.
 * Source: pkg/controller/controller_utils.go, GetPodFromTemplate (v1.36).
 */
export const createPodCall = (owner: ApiObject, template: PodTemplateSpec): ApiCall<'Pod'> => {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    verb: 'create',
    kind: 'Pod',
    namespace: owner.metadata.namespace,
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: podNamePrefix(owner.metadata.name),
        namespace: owner.metadata.namespace,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
        ...(finalizers === undefined ? {} : { finalizers }),
        ownerReferences: [controllerReference(owner)],
      },
      spec: template.spec,
    },
  }
}

export const deletePodCall = (pod: Pod): ApiCall<'Pod'> => ({
  verb: 'delete',
  kind: 'Pod',
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
})

/** Names longer than a label may be are cut by the API server; the dash stays only if it is a valid name. */
const podNamePrefix = (owner: string): string => `${owner}-`
