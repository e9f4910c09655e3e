import type { Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import type { HorizontalPodAutoscaler } from '../../../kubernetes/types/autoscaling.ts'
import type { History, Recommendation } from './memory.ts'
import { scaleDownLimit, scaleUpLimit } from './rates.ts'

/** Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerDownscaleStabilizationWindow (v1.36). */
const DOWNSCALE_STABILIZATION: Micros = minutes(5)

/** Without rules of its own a target at most doubles, or grows to four. Source: horizontal.go, scaleUpLimitFactor and -Minimum. */
const SCALE_UP_FACTOR = 2
const SCALE_UP_MINIMUM = 4

export interface Reason {
  readonly reason: string
  readonly message: string
}

/** How far a proposal is followed. */
export interface Decision {
  readonly replicas: number
  readonly able: Reason
  readonly limited: boolean
  readonly limit: Reason
}

/** A proposal, and what bounds it. */
export interface Proposed {
  readonly autoscaler: HorizontalPodAutoscaler
  readonly current: number
  readonly desired: number
  readonly min: number
  readonly now: Micros
}

const READY: Reason = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
const DOWN_STABILIZED: Reason = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const UP_STABILIZED: Reason = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const WITHIN: Reason = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
}
const TOO_FEW: Reason = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
}
const TOO_MANY: Reason = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
}
const TOO_FAST_UP: Reason = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
}
const TOO_FAST_DOWN: Reason = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}

/** Bounds a proposal by what was proposed lately, by minimum and maximum, and by the allowed rates of change. */
export const normalize = (proposed: Proposed, history: History): Decision =>
  proposed.autoscaler.spec.behavior === undefined ? byDefaults(proposed, history) : byBehavior(proposed, history)

/** Source: horizontal.go, normalizeDesiredReplicas, stabilizeRecommendation and convertDesiredReplicasWithRules (v1.36). */
const byDefaults = ({ autoscaler, current, desired, min, now }: Proposed, history: History): Decision => {
  let stabilized = desired
  for (const { replicas, at } of history.recommendations) {
    if (at >= now - DOWNSCALE_STABILIZATION) stabilized = Math.max(stabilized, replicas)
  }
  remember(history, desired, now, DOWNSCALE_STABILIZATION)
  const { maxReplicas } = autoscaler.spec
  const fastest = Math.max(SCALE_UP_FACTOR * current, SCALE_UP_MINIMUM)
  const isRateBound = maxReplicas > fastest
  const most = isRateBound ? fastest : maxReplicas
  const able = stabilized === desired ? READY : DOWN_STABILIZED
  if (stabilized < min) return { replicas: min, able, limited: true, limit: TOO_FEW }
  if (stabilized > most) return { replicas: most, able, limited: true, limit: isRateBound ? TOO_FAST_UP : TOO_MANY }
  return { replicas: stabilized, able, limited: false, limit: WITHIN }
}

/** Source: horizontal.go, normalizeDesiredReplicasWithBehaviors and stabilizeRecommendationWithBehaviors (v1.36). */
const byBehavior = (proposed: Proposed, history: History): Decision => {
  const { autoscaler, current, desired, now } = proposed
  const { scaleUp, scaleDown } = autoscaler.spec.behavior ?? {}
  const upWindow = seconds(scaleUp?.stabilizationWindowSeconds ?? 0)
  const downWindow =
    scaleDown?.stabilizationWindowSeconds === undefined
      ? DOWNSCALE_STABILIZATION
      : seconds(scaleDown.stabilizationWindowSeconds)
  let lowest = desired
  let highest = desired
  for (const { replicas, at } of history.recommendations) {
    if (at > now - upWindow) lowest = Math.min(lowest, replicas)
    if (at > now - downWindow) highest = Math.max(highest, replicas)
  }
  remember(history, desired, now, Math.max(upWindow, downWindow))
  const stabilized = Math.min(Math.max(current, lowest), highest)
  const able = stabilized === desired ? READY : desired >= current ? UP_STABILIZED : DOWN_STABILIZED
  const bound = byRate({ ...proposed, desired: stabilized }, history)
  return { able, ...bound, limited: bound.replicas !== stabilized }
}

/** Source: horizontal.go, convertDesiredReplicasWithBehaviorRate (v1.36). */
const byRate = (
  { autoscaler, current, desired, min, now }: Proposed,
  { ups, downs }: History,
): { readonly replicas: number; readonly limit: Reason } => {
  const { maxReplicas, behavior = {} } = autoscaler.spec
  const rates = { current, ups, downs, now }
  if (desired > current) {
    const fastest = Math.max(scaleUpLimit(rates, behavior.scaleUp ?? {}), current)
    const isRateBound = maxReplicas > fastest
    const most = isRateBound ? fastest : maxReplicas
    if (desired > most) return { replicas: most, limit: isRateBound ? TOO_FAST_UP : TOO_MANY }
  } else if (desired < current) {
    const fastest = Math.min(scaleDownLimit(rates, behavior.scaleDown ?? {}), current)
    const isRateBound = min < fastest
    const least = isRateBound ? fastest : min
    if (desired < least) return { replicas: least, limit: isRateBound ? TOO_FAST_DOWN : TOO_FEW }
  }
  return { replicas: desired, limit: WITHIN }
}

const remember = (history: History, replicas: number, at: Micros, window: Micros): void => {
  const recent: readonly Recommendation[] = history.recommendations.filter((one) => one.at >= at - window)
  history.recommendations = [...recent, { replicas, at }]
}
