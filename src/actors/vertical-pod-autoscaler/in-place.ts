import type { Micros } from '../../events/envelope.ts'
import { hours, minutes } from '../../events/time.ts'
import { findCondition } from '../../kubernetes/conditions.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { EvictionBudget } from './eviction-budget.ts'

/** After so long a resize that waits for room, or is not done, has failed. Source: pods_inplace_restriction.go. */
const DEFERRED_TIMEOUT: Micros = minutes(5)
const IN_PROGRESS_TIMEOUT: Micros = hours(1)

/** Resize it now, look at it in the next loop, or evict it since its resize has failed. */
export type InPlaceDecision = 'approved' | 'deferred' | 'evict'

/** When a Pod was first seen to be resized, by its uid. */
export type ResizesSeen = Map<string, Micros>

/** Source: pkg/updater/restriction/pods_inplace_restriction.go, CanInPlaceUpdate (VPA 1.5). */
export const inPlaceDecision = (
  pod: Pod,
  budget: EvictionBudget | undefined,
  seen: ResizesSeen,
  now: Micros,
): InPlaceDecision => {
  if (budget === undefined || pod.status?.phase === 'Pending') return 'deferred'
  if (isResizing(pod)) return hasFailed(pod, seen, now) && budget.isDisruptable() ? 'evict' : 'deferred'
  return budget.isDisruptable() ? 'approved' : 'deferred'
}

export const isResizing = ({ status }: Pod): boolean =>
  findCondition(status?.conditions, 'PodResizePending') !== undefined ||
  findCondition(status?.conditions, 'PodResizeInProgress') !== undefined

/** Source: pods_inplace_restriction.go, CanEvictInPlacingPod. */
const hasFailed = ({ metadata, status }: Pod, seen: ResizesSeen, now: Micros): boolean => {
  const since = seen.get(metadata.uid) ?? now
  seen.set(metadata.uid, since)
  const pending = findCondition(status?.conditions, 'PodResizePending')
  if (pending !== undefined) return pending.reason !== 'Deferred' || now - since > DEFERRED_TIMEOUT
  const { reason = '', message = '' } = findCondition(status?.conditions, 'PodResizeInProgress') ?? {}
  return reason !== '' || message !== '' || now - since > IN_PROGRESS_TIMEOUT
}
