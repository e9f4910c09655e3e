import type { Micros } from '../../../events/envelope.ts'
import { minutes } from '../../../events/time.ts'
import { findCondition, setCondition } from '../../../kubernetes/conditions.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { isReady, isTerminating } from '../../../kubernetes/pods.ts'
import { parseTime, rfc3339 } from '../../../kubernetes/time.ts'
import type { Time } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget, PodDisruptionBudgetCondition } from '../../../kubernetes/types/scheduling.ts'
import type { Expected } from './expected.ts'

/** How long a granted eviction counts though its Pod is not being deleted. Source: disruption.go, DeletionTimeout (v1.36). */
const DELETION_TIMEOUT: Micros = minutes(2)

const ALLOWED = 'DisruptionAllowed'

/** Evictions that were granted and cannot be seen yet. */
export interface Disrupted {
  readonly pods: Readonly<Record<string, Time>>
  /** When the first of them no longer counts. */
  readonly until: Micros | undefined
  /** Pods whose eviction was granted, and nothing came of it. */
  readonly notDeleted: readonly Pod[]
}

/** Source: disruption.go, buildDisruptedPodMap. */
export const stillDisrupted = (budget: PodDisruptionBudget, pods: readonly Pod[], now: Micros): Disrupted => {
  const granted = budget.status?.disruptedPods ?? {}
  const disrupted: [string, Time][] = []
  const notDeleted: Pod[] = []
  let until: Micros | undefined
  for (const pod of pods) {
    const { name } = pod.metadata
    const time = granted[name]
    if (time === undefined || isTerminating(pod)) continue
    const expected = (parseTime(time) ?? 0) + DELETION_TIMEOUT
    if (expected < now) notDeleted.push(pod)
    else {
      if (until === undefined || expected < until) until = expected
      disrupted.push([name, time])
    }
  }
  return { pods: Object.fromEntries(disrupted), until, notDeleted }
}

/** Ready Pods that stay. Source: disruption.go, countHealthyPods. */
export const countHealthy = (pods: readonly Pod[], disrupted: Disrupted['pods'], now: Micros): number => {
  let healthy = 0
  for (const pod of pods) {
    if (isTerminating(pod) || !isReady(pod)) continue
    const time = disrupted[pod.metadata.name]
    if (time === undefined || (parseTime(time) ?? 0) + DELETION_TIMEOUT <= now) healthy++
  }
  return healthy
}

/** The budget with its new status, or undefined when nothing has changed. Source: disruption.go, updatePdbStatus. */
export const withStatus = (
  budget: PodDisruptionBudget,
  expected: Expected,
  currentHealthy: number,
  disrupted: Disrupted['pods'],
  now: Micros,
): PodDisruptionBudget | undefined => {
  const { generation = 0 } = budget.metadata
  const { conditions, disruptedPods = {}, ...before } = budget.status ?? EMPTY
  // A budget that covers no Pod allows none to go: its first Pods may be there before their status is.
  const disruptionsAllowed = expected.pods <= 0 ? 0 : Math.max(0, currentHealthy - expected.healthy)
  const after = {
    observedGeneration: generation,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy: expected.healthy,
    expectedPods: expected.pods,
  }
  const status = disruptionsAllowed > 0 ? 'True' : 'False'
  const isCurrent =
    before.observedGeneration === generation &&
    before.disruptionsAllowed === disruptionsAllowed &&
    before.currentHealthy === currentHealthy &&
    before.desiredHealthy === expected.healthy &&
    before.expectedPods === expected.pods &&
    sameJson(disruptedPods, disrupted) &&
    findCondition(conditions, ALLOWED)?.status === status
  if (isCurrent) return undefined
  const time = rfc3339(now)
  const allowed: Omit<PodDisruptionBudgetCondition, 'lastTransitionTime'> = {
    type: ALLOWED,
    status,
    observedGeneration: generation,
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  }
  return {
    ...budget,
    status: {
      ...after,
      ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
      conditions: transitioned(conditions, allowed, time),
    },
  }
}

/** What can't be calculated allows nothing. Source: disruption.go, failSafe. */
export const failedSafe = (budget: PodDisruptionBudget, why: string, now: Micros): PodDisruptionBudget => {
  const status = budget.status ?? EMPTY
  const failed: Omit<PodDisruptionBudgetCondition, 'lastTransitionTime'> = {
    type: ALLOWED,
    status: 'False',
    observedGeneration: status.observedGeneration ?? 0,
    reason: 'SyncFailed',
    message: why,
  }
  const conditions = transitioned(status.conditions, failed, rfc3339(now))
  return { ...budget, status: { ...status, disruptionsAllowed: 0, conditions } }
}

const EMPTY: NonNullable<PodDisruptionBudget['status']> = {
  disruptionsAllowed: 0,
  currentHealthy: 0,
  desiredHealthy: 0,
  expectedPods: 0,
}

const transitioned = (
  conditions: readonly PodDisruptionBudgetCondition[] | undefined,
  next: Omit<PodDisruptionBudgetCondition, 'lastTransitionTime'>,
  now: Time,
): readonly PodDisruptionBudgetCondition[] => {
  const before = findCondition(conditions, next.type)
  const lastTransitionTime = before?.status === next.status ? before.lastTransitionTime : now
  return setCondition(conditions, { ...next, lastTransitionTime }, now)
}
