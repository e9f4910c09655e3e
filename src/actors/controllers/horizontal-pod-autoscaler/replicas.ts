import type { Pod } from '../../../kubernetes/types/pod.ts'
import { type PodGroups, type PodMetric, type PodMetrics } from './pod-groups.ts'

/** How far usage may be off before anything is done, both ways. A ratio of 1 is on target. */
export interface Tolerance {
  readonly up: number
  readonly down: number
}

/** Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerTolerance (v1.36). */
export const DEFAULT_TOLERANCE = 0.1

/** How many replicas a metric asks for, and what it shows. */
export interface Count {
  readonly replicas: number
  /** Percent of the request; 0 where no percentage was asked for. */
  readonly utilization: number
  /** The mean, in thousandths of the metric's unit. */
  readonly average: number
}

/** Thrown nowhere: a sentence for why nothing can be said. */
export type Unknown = { readonly problem: string }

interface Usage {
  readonly ratio: number
  readonly utilization: number
  readonly average: number
}

/** How usage compares with what is wanted; what is missing or young is put in by `substitutes`. */
interface Measure {
  compare(metrics: PodMetrics): Usage | Unknown
  /** What a Pod counts as that says nothing, while the others ask for less. */
  missingWhenLow(pod: string): number
}

export const isWithin = ({ up, down }: Tolerance, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up

const NO_METRICS = { problem: 'did not receive metrics for targeted pods (pods might be unready)' } as const

/** Percentages are of the Pods' requests. Source: replica_calculator.go, GetResourceReplicas (v1.36). */
export const replicasByUtilization = (
  current: number,
  target: number,
  metrics: PodMetrics,
  requests: ReadonlyMap<string, number>,
  groups: PodGroups,
  tolerance: Tolerance,
): Count | Unknown =>
  calculate(current, metrics, groups, tolerance, {
    compare: (shown) => utilizationOf(shown, requests, target),
    missingWhenLow: (pod) => Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, target)) / 100),
  })

/** Source: replica_calculator.go, calcPlainMetricReplicas (v1.36). `target` in thousandths. */
export const replicasByAverage = (
  current: number,
  target: number,
  metrics: PodMetrics,
  groups: PodGroups,
  tolerance: Tolerance,
): Count | Unknown =>
  calculate(current, metrics, groups, tolerance, {
    compare: (shown) => {
      let sum = 0
      for (const { value } of shown.values()) sum += value
      const average = Math.trunc(sum / shown.size)
      return { ratio: average / target, utilization: 0, average }
    },
    missingWhenLow: () => target,
  })

/**
 * First by the Pods that can be believed. Where others are missing or young, once more with what least speaks for a change;
 * a change that this turns around is none.
 */
const calculate = (
  current: number,
  metrics: PodMetrics,
  { ready, unready, missing, ignored }: PodGroups,
  tolerance: Tolerance,
  measure: Measure,
): Count | Unknown => {
  const counted = new Map<string, PodMetric>()
  for (const [pod, metric] of metrics) if (!ignored.has(pod) && !unready.has(pod)) counted.set(pod, metric)
  if (counted.size === 0) return NO_METRICS
  const first = measure.compare(counted)
  if ('problem' in first) return first
  const answer = (replicas: number): Count => ({ replicas, utilization: first.utilization, average: first.average })
  const countsYoung = unready.size > 0 && first.ratio > 1
  if (!countsYoung && missing.size === 0) {
    return answer(isWithin(tolerance, first.ratio) ? current : Math.ceil(first.ratio * ready))
  }
  const assumed = (value: number): PodMetric => ({ value, timestamp: 0, window: 0 })
  for (const pod of missing) {
    if (first.ratio < 1) counted.set(pod, assumed(measure.missingWhenLow(pod)))
    else if (first.ratio > 1) counted.set(pod, assumed(0))
  }
  if (countsYoung) for (const pod of unready) counted.set(pod, assumed(0))
  const second = measure.compare(counted)
  if ('problem' in second) return second
  const turnsAround = (first.ratio < 1 && second.ratio > 1) || (first.ratio > 1 && second.ratio < 1)
  if (isWithin(tolerance, second.ratio) || turnsAround) return answer(current)
  const replicas = Math.ceil(second.ratio * counted.size)
  const isWrongWay = (second.ratio < 1 && replicas > current) || (second.ratio > 1 && replicas < current)
  return answer(isWrongWay ? current : replicas)
}

/** Source: pkg/controller/podautoscaler/metrics/utilization.go, GetResourceUtilizationRatio (v1.36). */
const utilizationOf = (metrics: PodMetrics, requests: ReadonlyMap<string, number>, target: number): Usage | Unknown => {
  let used = 0
  let requested = 0
  let entries = 0
  for (const [pod, { value }] of metrics) {
    const request = requests.get(pod)
    if (request === undefined) continue
    used += value
    requested += request
    entries++
  }
  if (requested === 0) return { problem: 'no metrics returned matched known pods' }
  const utilization = Math.trunc((used * 100) / requested)
  return { ratio: utilization / target, utilization, average: Math.trunc(used / entries) }
}

/**
 * By one number for the whole target, as an Object or External metric gives it.
 * Source: replica_calculator.go, getUsageRatioReplicaCount (v1.36).
 */
export const replicasByRatio = (
  current: number,
  ratio: number,
  tolerance: Tolerance,
  readyPods: () => number,
): number => {
  if (current === 0) return Math.ceil(ratio)
  return isWithin(tolerance, ratio) ? current : Math.ceil(ratio * readyPods())
}

/** By one number that the Pods share. Source: replica_calculator.go, GetExternalPerPodMetricReplicas (v1.36). */
export const replicasByShare = (
  present: number,
  usage: number,
  target: number,
  tolerance: Tolerance,
): { readonly replicas: number; readonly average: number } => ({
  replicas: isWithin(tolerance, usage / (target * present)) ? present : Math.ceil(usage / target),
  average: Math.ceil(usage / present),
})

/** Running and ready. Source: replica_calculator.go, getReadyPodsCount. */
export const countReady = (pods: readonly Pod[]): number =>
  pods.filter(
    ({ status }) =>
      status?.phase === 'Running' &&
      status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true,
  ).length
