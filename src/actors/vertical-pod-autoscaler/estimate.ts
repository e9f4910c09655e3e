import { quantityOf, quantityOfMillis } from '../../kubernetes/quantity.ts'
import type { ResourceList } from '../../kubernetes/types/meta.ts'
import type { ContainerState } from './container-state.ts'

/** Thousandths of a core, and bytes. */
export interface Amounts {
  readonly milliCPU: number
  readonly bytes: number
}

export interface Estimate {
  readonly target: Amounts
  readonly lowerBound: Amounts
  readonly upperBound: Amounts
}

/** Source: pkg/recommender/logic/recommender.go, flags (VPA 1.5). */
const TARGET = 0.9
const LOWER = 0.5
const UPPER = 0.95
const MARGIN = 1.15
const MIN_POD_MILLI_CPU = 25
const MIN_POD_BYTES = 250 * 1024 * 1024
/** Source: pkg/recommender/model/types.go, MaxResourceAmount. */
const MAX_AMOUNT = 100_000_000_000_000

/**
 * What a container should ask for. Bounds are wide while little is known: the upper one `1 + 1/days` times as high, the lower
 * one divided by `(1 + 0.001/days)²`. A Pod's minimum is shared by its containers.
 * Source: pkg/recommender/logic/{recommender,estimator}.go (VPA 1.5).
 */
export const estimate = (state: ContainerState, containers: number): Estimate => {
  const days = state.confidenceDays
  const below = 1 + 0.001 / days
  return {
    target: amounts(state, TARGET, 1, containers),
    lowerBound: amounts(state, LOWER, days === 0 ? 0 : 1 / (below * below), containers),
    upperBound: amounts(state, UPPER, days === 0 ? Infinity : 1 + 1 / days, containers),
  }
}

const amounts = ({ cpu, memory }: ContainerState, percentile: number, factor: number, containers: number): Amounts => ({
  milliCPU: amount(cpu.percentile(percentile) * MARGIN * 1000, factor, Math.floor(MIN_POD_MILLI_CPU / containers)),
  bytes: amount(memory.percentile(percentile) * MARGIN, factor, Math.floor(MIN_POD_BYTES / containers)),
})

const amount = (base: number, factor: number, least: number): number => {
  // Of nothing there is no multiple.
  const wanted = base === 0 ? 0 : base * factor
  return Math.max(least, wanted >= MAX_AMOUNT ? MAX_AMOUNT : Math.floor(wanted))
}

/** As quantities, of the resources that are controlled. */
export const listOf = ({ milliCPU, bytes }: Amounts, controlled: readonly string[]): ResourceList => ({
  ...(controlled.includes('cpu') ? { cpu: quantityOfMillis(milliCPU) } : {}),
  ...(controlled.includes('memory') ? { memory: quantityOf(bytes) } : {}),
})
