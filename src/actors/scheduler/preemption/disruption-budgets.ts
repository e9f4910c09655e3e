import { compileLabelSelector, requirementsOf } from '../../../kubernetes/selectors.ts'
import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import type { PodInfo } from '../framework/pod-info.ts'

/**
 * Which of the Pods could not all go without breaking a budget: each Pod uses up what is left of its budgets, in order.
 * Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, filterPodsWithPDBViolation (v1.36).
 */
export function protectedPods(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): ReadonlySet<PodInfo> {
  if (budgets.length === 0) return NOBODY
  const left = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0)
  const protectedOnes = new Set<PodInfo>()
  for (const info of pods) {
    const { labels, name } = info.pod.metadata
    if (labels === undefined || Object.keys(labels).length === 0) continue
    budgets.forEach((budget, i) => {
      if (!covers(budget, info) || budget.status?.disruptedPods?.[name] !== undefined) return
      left[i] = (left[i] ?? 0) - 1
      if ((left[i] ?? 0) < 0) protectedOnes.add(info)
    })
  }
  return protectedOnes
}

const NOBODY: ReadonlySet<PodInfo> = new Set()

/** An empty selector covers nothing here. */
function covers({ metadata, spec }: PodDisruptionBudget, { namespace, pod }: PodInfo): boolean {
  const { selector } = spec
  if (metadata.namespace !== namespace || selector === undefined || requirementsOf(selector).length === 0) return false
  return compileLabelSelector(selector)(pod.metadata.labels)
}
