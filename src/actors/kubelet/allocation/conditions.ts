/** How a resize stands, as a Pod's status tells it. Source: pkg/kubelet/status/status_manager.go (v1.36). */
import type { Micros } from '../../../events/envelope.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod, PodCondition } from '../../../kubernetes/types/pod.ts'

/** Of a Pod whose resize is neither pending nor in progress there is none. */
export interface Resizing {
  readonly pending: PodCondition | undefined
  readonly inProgress: PodCondition | undefined
}

/** What the API shows of a resize when a kubelet has just started. Source: status_manager.go, BackfillPodResizeConditions. */
export const resizingShown = ({ status }: Pod): Resizing | undefined => {
  const [pending, inProgress] = [
    findCondition(status?.conditions, 'PodResizePending'),
    findCondition(status?.conditions, 'PodResizeInProgress'),
  ]
  return pending === undefined && inProgress === undefined ? undefined : { pending, inProgress }
}

export const withPending = (resizing: Resizing | undefined, pending: PodCondition | undefined): Resizing | undefined =>
  orNone({ pending, inProgress: resizing?.inProgress })

export const withInProgress = (
  resizing: Resizing | undefined,
  inProgress: PodCondition | undefined,
): Resizing | undefined => orNone({ pending: resizing?.pending, inProgress })

const orNone = (resizing: Resizing): Resizing | undefined =>
  resizing.pending === undefined && resizing.inProgress === undefined ? undefined : resizing

/** In the order in which a status has them. */
export const resizeConditions = (resizing: Resizing | undefined): readonly PodCondition[] => {
  if (resizing === undefined) return []
  const { pending, inProgress } = resizing
  return [pending, inProgress].filter((condition) => condition !== undefined)
}

export interface Said {
  readonly type: 'PodResizePending' | 'PodResizeInProgress'
  readonly reason: string
  readonly message: string
  readonly generation: number | undefined
}

/** A condition that says this; the same object if it did already. Its transition is a change of the reason. */
export const saying = (before: PodCondition | undefined, said: Said, now: Micros): PodCondition => {
  const { type, reason, message, generation } = said
  const isReason = before !== undefined && (before.reason ?? '') === reason
  if (isReason && (before.message ?? '') === message && before.observedGeneration === generation) return before
  const at = rfc3339(now)
  return {
    type,
    status: 'True',
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
    observedGeneration: generation,
    lastProbeTime: at,
    lastTransitionTime: isReason ? before.lastTransitionTime : at,
  }
}
