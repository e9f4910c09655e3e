import type { Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import { podCondition } from '../../../kubernetes/pods.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/** Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go (v1.36), HorizontalPodAutoscalerCPUInitializationPeriod. */
const CPU_INITIALIZATION_PERIOD: Micros = minutes(5)
/** Source: the same, HorizontalPodAutoscalerInitialReadinessDelay. */
const INITIAL_READINESS_DELAY: Micros = seconds(30)

/** What one Pod uses, in thousandths of the metric's unit. */
export interface PodMetric {
  readonly value: number
  readonly timestamp: Micros
  readonly window: Micros
}

/** By name of the Pod. */
export type PodMetrics = ReadonlyMap<string, PodMetric>

/** How the Pods of a target count. */
export interface PodGroups {
  readonly ready: number
  readonly unready: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
  readonly ignored: ReadonlySet<string>
}

/**
 * Which Pods count fully, which are too young to be believed, which say nothing and which are on their way out.
 * Source: pkg/controller/podautoscaler/replica_calculator.go, groupPods (v1.36).
 */
export const groupPods = (
  pods: readonly Pod[],
  metrics: PodMetrics,
  resource: string | undefined,
  now: Micros,
): PodGroups => {
  const unready = new Set<string>()
  const missing = new Set<string>()
  const ignored = new Set<string>()
  let ready = 0
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata
    const phase = pod.status?.phase
    const metric = metrics.get(name)
    if (deletionTimestamp !== undefined || phase === 'Failed') ignored.add(name)
    else if (phase === 'Pending') unready.add(name)
    else if (metric === undefined) missing.add(name)
    else if (resource === 'cpu' && !isBelieved(pod, metric, now)) unready.add(name)
    else ready++
  }
  return { ready, unready, missing, ignored }
}

/** The processor time of a Pod that starts says little about its load. */
const isBelieved = (pod: Pod, metric: PodMetric, now: Micros): boolean => {
  const condition = podCondition(pod, 'Ready')
  const startTime = pod.status?.startTime
  if (condition === undefined || startTime === undefined) return false
  const started = parseTime(startTime) ?? 0
  const changed = parseTime(condition.lastTransitionTime ?? '') ?? 0
  const isNotReady = condition.status === 'False'
  if (started + CPU_INITIALIZATION_PERIOD > now) return !isNotReady && metric.timestamp >= changed + metric.window
  return !(isNotReady && started + INITIAL_READINESS_DELAY > changed)
}
