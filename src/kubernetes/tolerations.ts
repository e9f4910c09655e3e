/**
 * Which taints a Pod puts up with, and for how long.
 *
 * Source: component-helpers/scheduling/corev1/helpers.go, api/core/v1/toleration.go (v1.36).
 */
import type { Taint, TaintEffect, Toleration } from './types/scheduling.ts'

/** Gate TaintTolerationComparisonOperators: numeric `Lt` and `Gt`. Alpha in v1.36, off by default. */
export interface TolerationOptions {
  readonly comparisonOperators: boolean
}

const DEFAULTS: TolerationOptions = { comparisonOperators: false }

/** An empty key with `Exists` tolerates everything; an empty effect means all effects. */
export function tolerates(toleration: Toleration, taint: Taint, options = DEFAULTS): boolean {
  if (toleration.effect !== undefined && (toleration.effect as string) !== '' && toleration.effect !== taint.effect)
    return false
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false
  const operator: string = toleration.operator ?? ''
  switch (operator) {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '')
    case 'Exists':
      return true
    case 'Lt':
    case 'Gt':
      return options.comparisonOperators && compares(operator, toleration.value, taint.value)
    default:
      return false
  }
}

/** `Lt`: the taint's number is smaller than the toleration's. Texts that are no decimal int64 compare with nothing. */
function compares(operator: 'Lt' | 'Gt', tolerated: string | undefined, actual: string | undefined): boolean {
  const bound = decimal(tolerated)
  const number = decimal(actual)
  if (bound === undefined || number === undefined) return false
  return operator === 'Lt' ? number < bound : number > bound
}

const decimal = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^(0|-?[1-9][0-9]*)$/.test(text) ? BigInt(text) : undefined

export function toleratedBy(tolerations: readonly Toleration[] | undefined, taint: Taint, options = DEFAULTS): boolean {
  if (tolerations === undefined) return false
  for (const toleration of tolerations) if (tolerates(toleration, taint, options)) return true
  return false
}

/** The first taint of one of these effects that nothing tolerates. Source: helpers.go, FindMatchingUntoleratedTaint. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly TaintEffect[],
): Taint | undefined {
  if (taints === undefined) return undefined
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !toleratedBy(tolerations, taint)) return taint
  }
  return undefined
}

export interface MatchingTolerations {
  /** Whether every taint has one. */
  readonly all: boolean
  /** The first toleration found for each tolerated taint, in the taints' order. */
  readonly used: readonly Toleration[]
}

/** Source: component-helpers/scheduling/corev1/helpers.go, GetMatchingTolerations. */
export function matchingTolerations(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
): MatchingTolerations {
  const used: Toleration[] = []
  for (const taint of taints) {
    const match = tolerations?.find((toleration) => tolerates(toleration, taint))
    if (match === undefined) return { all: false, used: [] }
    used.push(match)
  }
  return { all: true, used }
}

/**
 * How long a Pod may stay under the taints that these tolerate: seconds, 0 for at once, -1 for ever.
 * Source: pkg/controller/tainteviction/taint_eviction.go, getMinTolerationTime.
 */
export function minTolerationSeconds(used: readonly Toleration[]): number {
  let least = -1
  for (const { tolerationSeconds } of used) {
    if (tolerationSeconds === undefined) continue
    if (tolerationSeconds <= 0) return 0
    if (least === -1 || tolerationSeconds < least) least = tolerationSeconds
  }
  return used.length === 0 ? 0 : least
}

/** Taints are the same thing by key and effect. Source: api/core/v1/taint.go, MatchTaint. */
export const sameTaint = (a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean =>
  a.key === b.key && a.effect === b.effect

export const hasTaint = (taints: readonly Taint[] | undefined, taint: Pick<Taint, 'key' | 'effect'>): boolean =>
  taints?.some((other) => sameTaint(other, taint)) ?? false
