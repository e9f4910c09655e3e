import { setCondition } from '../../../kubernetes/conditions.ts'
import { isReady } from '../../../kubernetes/pods.ts'
import { forbidden, tooManyRequests, type Status } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'

/** Source: pkg/registry/core/pod/storage/eviction.go, MaxDisruptedPodSize (v1.36). */
const DISRUPTED_PODS_MAX = 2_000

const BUDGETS = { group: 'policy', resource: 'poddisruptionbudget' }
const VIOLATED = "Cannot evict pod as it would violate the pod's disruption budget."

/** A budget that its controller has not looked at yet. */
export const stillProcessed = (budget: string): Status =>
  tooManyRequests(VIOLATED, 10, [
    { reason: 'DisruptionBudget', message: `The disruption budget ${budget} is still being processed by the server.` },
  ])

/**
 * Whether a Pod may go without the budget's leave: it is not ready, so the application does not lose it.
 * Source: eviction.go, Create: UnhealthyPodEvictionPolicy.
 */
export const isUnguarded = (pod: Pod, { spec, status }: PodDisruptionBudget): boolean => {
  if (isReady(pod)) return false
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  return currentHealthy >= desiredHealthy && desiredHealthy > 0
}

/** The budget with one disruption less, noted for the Pod; or why there is none to give. Source: eviction.go, checkAndDecrement. */
export const decremented = (budget: PodDisruptionBudget, pod: string, now: Micros): PodDisruptionBudget | Status => {
  const { metadata, status } = budget
  const { name, generation = 0 } = metadata
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {} } = status ?? {}
  if (status === undefined || observedGeneration < generation) return stillProcessed(name)
  if (disruptionsAllowed < 0) return forbidden(BUDGETS, name, 'pdb disruptions allowed is negative')
  if (Object.keys(disruptedPods).length > DISRUPTED_PODS_MAX) {
    return forbidden(BUDGETS, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (disruptionsAllowed === 0) return exhausted(budget)
  const time = rfc3339(now)
  const left = disruptionsAllowed - 1
  const blocked = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration,
    lastTransitionTime: time,
    reason: 'InsufficientPods',
    message: '',
  } as const
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: left,
      disruptedPods: { ...disruptedPods, [pod]: time },
      ...(left === 0 ? { conditions: setCondition(status.conditions, blocked, time) } : {}),
    },
  }
}

const exhausted = ({ metadata, status }: PodDisruptionBudget): Status => {
  const failed = status?.conditions?.find(({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed')
  const { name } = metadata
  const message =
    failed === undefined
      ? `The disruption budget ${name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`
      : `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed.message}`
  return tooManyRequests(VIOLATED, 0, [{ reason: 'DisruptionBudget', message }])
}
