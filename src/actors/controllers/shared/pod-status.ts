import type { ApiCall } from '../../../engine/client/api-client.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import type { Time } from '../../../kubernetes/types/meta.ts'
import type { Pod, PodCondition, PodPhase } from '../../../kubernetes/types/pod.ts'

/** What is to become of a Pod's status. */
export interface PodStatusChange {
  readonly phase?: PodPhase
  /** The generation that the new status is about. */
  readonly observedGeneration?: number
  readonly condition?: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>
}

/**
 * The patch of a Pod's status that adds a condition, as client-go makes it of two versions; undefined if nothing changes.
 * Source: pkg/util/pod/pod.go, PatchPodStatus; pkg/api/v1/pod/util.go, UpdatePodCondition (v1.36).
 */
export const patchPodStatus = (
  pod: Pod,
  { phase, observedGeneration, condition }: PodStatusChange,
  now: Time,
): ApiCall<'Pod'> | undefined => {
  const { namespace, name, uid } = pod.metadata
  const before = condition === undefined ? undefined : findCondition(pod.status?.conditions, condition.type)
  const isSame =
    condition === undefined ||
    (before?.status === condition.status && before.reason === condition.reason && before.message === condition.message)
  if (isSame && (phase === undefined || phase === pod.status?.phase)) return undefined
  const status = {
    ...(isSame ? {} : conditionPatch(pod, condition, now)),
    ...(observedGeneration === undefined || observedGeneration === pod.status?.observedGeneration
      ? {}
      : { observedGeneration }),
    ...(phase === undefined ? {} : { phase }),
  }
  const body = { metadata: { uid }, status }
  return { verb: 'patch', kind: 'Pod', namespace, name, subresource: 'status', patchType: 'strategic', body }
}

/** Names the order of the whole list, unless the list is new. */
const conditionPatch = (pod: Pod, condition: NonNullable<PodStatusChange['condition']>, now: Time): object => {
  const conditions = pod.status?.conditions ?? []
  const before = findCondition(conditions, condition.type)
  const since = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now
  const { generation } = pod.metadata
  const written = { ...condition, observedGeneration: generation, lastProbeTime: null, lastTransitionTime: since }
  if (conditions.length === 0) return { conditions: [written] }
  const order = before === undefined ? [...conditions, written] : conditions
  return { '$setElementOrder/conditions': order.map(({ type }) => ({ type })), conditions: [written] }
}
