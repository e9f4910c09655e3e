import { findCondition } from '../../kubernetes/conditions.ts'
import type { ReplicaSet } from '../../kubernetes/types/workloads.ts'
import { becameTrue, saying } from './conditions.ts'
import { changed, created, describeDeletion } from './lifecycle.ts'

/** How many Pods a ReplicaSet shall keep, and that it cannot. */
export const describeReplicaSet = (
  before: ReplicaSet | undefined,
  after: ReplicaSet | undefined,
): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  const replicas = after.spec.replicas ?? 1
  if (before === undefined) return [`${created(after)}, replicas ${replicas}`]
  const was = before.status?.conditions
  const is = after.status?.conditions
  return [
    ...changed('scaled', before.spec.replicas ?? 1, replicas),
    ...(becameTrue('ReplicaFailure', was, is)
      ? [`cannot create pods${saying(findCondition(is, 'ReplicaFailure'))}`]
      : []),
    ...describeDeletion(before, after),
  ]
}
