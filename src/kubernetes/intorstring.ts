/** Counts that may be percentages. Source: apimachinery/pkg/util/intstr/intstr.go (v1.36). */
import type { IntOrString } from './types/meta.ts'

export type Rounding = 'up' | 'down'

/** The percentage of `25%`, else undefined. */
export function percentOf(value: IntOrString): number | undefined {
  if (typeof value !== 'string' || !/^[+-]?[0-9]+%$/.test(value)) return undefined
  return Number.parseInt(value, 10)
}

/** A count as it is, a percentage of `total` rounded; undefined for any other text. */
export function scaledValue(value: IntOrString, total: number, rounding: Rounding): number | undefined {
  if (typeof value === 'number') return value
  const percent = percentOf(value)
  if (percent === undefined) return undefined
  const product = percent * total
  return rounding === 'up' ? Math.ceil(product / 100) : Math.floor(product / 100)
}

/**
 * How many Pods a rolling update may be over and under. Both zero would stand still, so then one may be missing.
 * Source: pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts.
 */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  desired: number,
): { readonly surge: number; readonly unavailable: number } {
  const surge = scaledValue(maxSurge ?? 0, desired, 'up') ?? 0
  const unavailable = scaledValue(maxUnavailable ?? 0, desired, 'down') ?? 0
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}
