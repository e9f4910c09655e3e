import { findCondition } from '../../kubernetes/conditions.ts'
import type { Condition } from '../../kubernetes/types/meta.ts'

type Conditions = readonly Condition[] | undefined

/** `Ready True → Unknown (NodeStatusUnknown)`, when the status of that condition differs. Absent counts as `absent`. */
export const describeCondition = (
  type: string,
  before: Conditions,
  after: Conditions,
  absent: Condition['status'],
): readonly string[] => {
  const condition = findCondition(after, type)
  const was = findCondition(before, type)?.status ?? absent
  const is = condition?.status ?? absent
  if (was === is) return []
  return [`${type} ${was} → ${is}${because(condition)}`]
}

/** Whether a condition has come to bear this reason. */
export const reasonBecame = (reason: string, type: string, before: Conditions, after: Conditions): boolean =>
  findCondition(after, type)?.reason === reason && findCondition(before, type)?.reason !== reason

/** Whether a condition has come to be true. */
export const becameTrue = (type: string, before: Conditions, after: Conditions): boolean =>
  findCondition(after, type)?.status === 'True' && findCondition(before, type)?.status !== 'True'

export const because = (condition: Condition | undefined): string =>
  condition?.reason === undefined || condition.reason === '' ? '' : ` (${condition.reason})`

/** `: why`, when the condition says more than its reason. */
export const saying = (condition: Condition | undefined): string =>
  condition?.message === undefined || condition.message === '' ? '' : `: ${condition.message}`
