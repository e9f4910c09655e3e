import { findCondition } from '../../kubernetes/conditions.ts'
import type { Job } from '../../kubernetes/types/workloads.ts'
import { because, becameTrue } from './conditions.ts'
import { changed, created, describeDeletion } from './lifecycle.ts'

/** A Job's successes and failures up to its end. */
export const describeJob = (before: Job | undefined, after: Job | undefined): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  const was = before?.status
  const is = after.status
  return [
    ...(before === undefined ? [created(after)] : []),
    ...changed('succeeded', was?.succeeded ?? 0, is?.succeeded ?? 0),
    ...changed('failed', was?.failed ?? 0, is?.failed ?? 0),
    ...(becameTrue('Complete', was?.conditions, is?.conditions) ? ['complete'] : []),
    ...(becameTrue('Failed', was?.conditions, is?.conditions)
      ? [`failed${because(findCondition(is?.conditions, 'Failed'))}`]
      : []),
    ...(becameTrue('Suspended', was?.conditions, is?.conditions) ? ['suspended'] : []),
    ...describeDeletion(before, after),
  ]
}
