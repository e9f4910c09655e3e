import type { OwnerReference } from '../../../events/json.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { scaledValue } from '../../../kubernetes/intorstring.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { qualifiedResource, rowByApiVersion } from '../../../kubernetes/registry.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import type { View } from '../../../kubernetes/view.ts'

/** How many Pods there should be and how many of them healthy. */
export interface Expected {
  readonly pods: number
  readonly healthy: number
  /** Pods that nobody keeps up, so that their number says nothing. */
  readonly unmanaged: readonly string[]
}

interface Scaled {
  readonly uid: string
  readonly replicas: number
}

/**
 * A minimum that is a number is taken as it is; all else is measured by what the Pods' controllers are scaled to.
 * Gives why that cannot be known. Source: pkg/controller/disruption/disruption.go, getExpectedPodCount (v1.36).
 */
export function* expectedOf({ spec }: PodDisruptionBudget, pods: readonly Pod[], view: View): Sync<Expected | string> {
  const { minAvailable, maxUnavailable } = spec
  const limit = maxUnavailable ?? minAvailable
  if (limit === undefined) return { pods: 0, healthy: 0, unmanaged: [] }
  if (maxUnavailable === undefined && typeof limit === 'number') {
    return { pods: pods.length, healthy: limit, unmanaged: [] }
  }
  const scale = yield* expectedScale(pods, view)
  if (typeof scale === 'string') return scale
  const scaled = scaledValue(limit, scale.pods, 'up')
  if (scaled === undefined) return 'invalid value for IntOrString: invalid type: string is not a percentage'
  return { ...scale, healthy: maxUnavailable === undefined ? scaled : Math.max(0, scale.pods - scaled) }
}

/** The sum of what the controllers of the Pods are scaled to, each counted once. Source: getExpectedScale. */
function* expectedScale(pods: readonly Pod[], view: View): Sync<Omit<Expected, 'healthy'> | string> {
  const replicas = new Map<string, number>()
  const unmanaged: string[] = []
  for (const pod of pods) {
    const { name, namespace } = pod.metadata
    const owner = controllerOf(pod)
    if (owner === undefined) {
      unmanaged.push(name)
      continue
    }
    if (replicas.has(owner.uid)) continue
    const scaled = inView(owner, namespace, view) ?? (yield* byScale(owner, namespace))
    if (typeof scaled === 'string') return scaled
    if (scaled === undefined) return `found no controllers for pod ${JSON.stringify(name)}`
    replicas.set(scaled.uid, scaled.replicas)
  }
  let sum = 0
  for (const one of replicas.values()) sum += one
  return { pods: sum, unmanaged }
}

/** A workload as this controller's own view has it; of a ReplicaSet its Deployment counts. Source: finders. */
const inView = (owner: OwnerReference, namespace: string | undefined, view: View): Scaled | undefined => {
  const slash = owner.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : owner.apiVersion.slice(0, slash)
  switch (`${group}/${owner.kind}`) {
    case '/ReplicationController':
      return scaledBy(owner, view.get('ReplicationController', namespace, owner.name))
    case 'apps/StatefulSet':
      return scaledBy(owner, view.get('StatefulSet', namespace, owner.name))
    case 'apps/ReplicaSet': {
      const replicaSet = view.get('ReplicaSet', namespace, owner.name)
      if (replicaSet?.metadata.uid !== owner.uid) return undefined
      const above = controllerOf(replicaSet)
      if (above?.kind !== 'Deployment') return scaledBy(owner, replicaSet)
      return scaledBy(above, view.get('Deployment', namespace, above.name))
    }
    default:
      return undefined
  }
}

const scaledBy = (
  { uid }: OwnerReference,
  found: { readonly metadata: { readonly uid: string }; readonly spec: { readonly replicas?: number } } | undefined,
): Scaled | undefined => (found?.metadata.uid === uid ? { uid, replicas: found.spec.replicas ?? 1 } : undefined)

/** Any other owner is asked for its scale. Gives why there is none. Source: getScaleController. */
function* byScale(owner: OwnerReference, namespace: string | undefined): Sync<Scaled | string | undefined> {
  const { apiVersion, kind, name, uid } = owner
  const row = rowByApiVersion(apiVersion, kind)
  if (row === undefined) return `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`
  if (!row.subresources.includes('scale')) {
    return `${qualifiedResource(row)} does not implement the scale subresource`
  }
  const answer = yield* call({ verb: 'get', kind: row.kind, namespace, name, subresource: 'scale' })
  if (!answer.ok) return answer.code === 404 ? undefined : answer.message
  const scale = answer.body as { readonly metadata: { readonly uid: string }; readonly spec: { replicas?: number } }
  return scaledBy({ ...owner, uid }, scale)
}
