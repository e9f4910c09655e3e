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
  const { namespace, name, uid, generation } = pod.metadata
  const conditions = pod.status?.conditions ?? []
  const before = condition === undefined ? undefined : findCondition(conditions, condition.type)
  const isSame =
    condition === undefined ||
    (before?.status === condition.status && before.reason === condition.reason && before.message === condition.message)
  if (isSame && (phase === undefined || phase === pod.status?.phase)) return undefined
  const since = before?.status === condition?.status ? (before?.lastTransitionTime ?? now) : now
  const written = { ...condition, observedGeneration: generation, lastProbeTime: null, lastTransitionTime: since }
  const order = before === undefined ? [...conditions, written] : conditions
  const status = {
    ...(conditions.length === 0 ? {} : { '$setElementOrder/conditions': order.map(({ type }) => ({ type })) }),
    ...(isSame ? {} : { conditions: [written] }),
    ...(observedGeneration === undefined || observedGeneration === pod.status?.observedGeneration
      ? {}
      : { observedGeneration }),
    ...(phase === undefined ? {} : { phase }),
  }
  const body = { metadata: { uid }, status }
  return { verb: 'patch', kind: 'Pod', namespace, name, subresource: 'status', patchType: 'strategic', body }
}
