import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { HPAScalingRules } from '../../../kubernetes/types/autoscaling.ts'
import type { ScaleEvent } from './memory.ts'

/** What a limit is reckoned from. */
export interface Rates {
  readonly current: number
  readonly ups: readonly ScaleEvent[]
  readonly downs: readonly ScaleEvent[]
  readonly now: Micros
}

const changeWithin = (periodSeconds: number, events: readonly ScaleEvent[], now: Micros): number => {
  let change = 0
  for (const event of events) if (event.at > now - seconds(periodSeconds)) change += event.change
  return change
}

/** How many there were when a policy's period began. */
const atStart = ({ current, ups, downs, now }: Rates, periodSeconds: number): number =>
  current - changeWithin(periodSeconds, ups, now) + changeWithin(periodSeconds, downs, now)

/** Source: pkg/controller/podautoscaler/horizontal.go, calculateScaleUpLimitWithScalingRules (v1.36). */
export const scaleUpLimit = (rates: Rates, { selectPolicy, policies = [] }: HPAScalingRules): number => {
  if (selectPolicy === 'Disabled') return rates.current
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = atStart(rates, periodSeconds)
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100))
  })
  return selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals)
}

/** The policy `Max` allows the largest change, so the lowest limit. Source: calculateScaleDownLimitWithBehaviors. */
export const scaleDownLimit = (rates: Rates, { selectPolicy, policies = [] }: HPAScalingRules): number => {
  if (selectPolicy === 'Disabled') return rates.current
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = atStart(rates, periodSeconds)
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100))
  })
  return selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals)
}

const longestPeriod = ({ policies = [] }: HPAScalingRules = {}): Micros =>
  seconds(policies.reduce((longest, { periodSeconds }) => Math.max(longest, periodSeconds), 0))

/** Those that some policy still looks at, and one more. Source: horizontal.go, storeScaleEvent. */
export const withScaleEvent = (
  events: readonly ScaleEvent[],
  change: number,
  rules: HPAScalingRules | undefined,
  now: Micros,
): readonly ScaleEvent[] => [...events.filter(({ at }) => at >= now - longestPeriod(rules)), { change, at: now }]
