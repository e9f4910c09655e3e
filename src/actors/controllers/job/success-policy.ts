import type { Job } from '../../../kubernetes/types/workloads.ts'
import { parseIndexes } from './indexes.ts'

/**
 * Which rule is met, in the words of the condition. Source: pkg/controller/job/success_policy.go, matchSuccessPolicy (v1.36).
 */
export const metSuccessRule = (
  { spec: { successPolicy, completions = 0 } }: Job,
  succeeded: ReadonlySet<number>,
): string | undefined => {
  if (succeeded.size === 0) return undefined
  const index = (successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.size >= succeededCount
    const required = parseIndexes(succeededIndexes, completions)
    let met = 0
    for (const one of required) if (succeeded.has(one)) met++
    return met >= (succeededCount ?? required.size)
  })
  return index < 0 ? undefined : `Matched rules at index ${index}`
}
