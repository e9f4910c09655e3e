/**
 * Conditions: a set by type, in which the time of change moves only with the status.
 *
 * Source: apimachinery/pkg/api/meta/conditions.go; pkg/api/v1/pod/util.go, UpdatePodCondition (v1.36).
 */
import type { Condition, ConditionStatus, Time } from './types/meta.ts'

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  if (conditions === undefined) return undefined
  for (const condition of conditions) if (condition.type === type) return condition
  return undefined
}

export const conditionStatus = (
  conditions: readonly Condition[] | undefined,
  type: string,
): ConditionStatus | undefined => findCondition(conditions, type)?.status

export const isConditionTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  conditionStatus(conditions, type) === 'True'

/**
 * The conditions with `next` in the place of the one of its type, or at the end. `lastTransitionTime` becomes `now` when
 * the status differs from before, else stays. The same array comes back when nothing changes.
 */
export function setCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  next: C,
  now: Time,
): readonly C[] {
  const before = findCondition(conditions, next.type)
  const kept = before !== undefined && before.status === next.status ? before.lastTransitionTime : undefined
  const written: C = { ...next, lastTransitionTime: kept ?? next.lastTransitionTime ?? now }
  if (before === undefined) return [...(conditions ?? []), written]
  if (sameCondition(before, written)) return conditions ?? []
  return (conditions ?? []).map((condition) => (condition === before ? written : condition))
}

export function removeCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): readonly C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type)
}

function sameCondition<C extends Condition>(a: C, b: C): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys) if (Reflect.get(a, key) !== Reflect.get(b, key)) return false
  return true
}
