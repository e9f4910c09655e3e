import type { Node } from '../../kubernetes/types/node.ts'
import type { Taint } from '../../kubernetes/types/scheduling.ts'
import { describeCondition } from './conditions.ts'
import { describeDeletion } from './lifecycle.ts'

/** Pressure conditions. Their way to Unknown is left out: it goes with Ready and says no more. */
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']

/** Registration, readiness, pressure, taints, cordoning. */
export const describeNode = (before: Node | undefined, after: Node | undefined): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  const lines: string[] = before === undefined ? ['registered'] : []
  const was = before?.status?.conditions
  const is = after.status?.conditions
  lines.push(...describeCondition('Ready', was, is, before === undefined ? 'False' : 'Unknown'))
  for (const pressure of PRESSURES) {
    lines.push(...describeCondition(pressure, was, is, 'False').filter((line) => !line.includes('Unknown')))
  }
  lines.push(...describeTaints(before?.spec.taints ?? [], after.spec.taints ?? []))
  const cordoned = after.spec.unschedulable === true
  if ((before?.spec.unschedulable === true) !== cordoned) lines.push(cordoned ? 'cordoned' : 'uncordoned')
  lines.push(...describeDeletion(before, after))
  return lines
}

const describeTaints = (before: readonly Taint[], after: readonly Taint[]): readonly string[] => {
  if (before === after) return []
  const was = new Set(before.map(taintText))
  const is = new Set(after.map(taintText))
  return [
    ...[...is].filter((taint) => !was.has(taint)).map((taint) => `tainted ${taint}`),
    ...[...was].filter((taint) => !is.has(taint)).map((taint) => `untainted ${taint}`),
  ]
}

/** As kubectl writes it: `key=value:effect`. */
export const taintText = ({ key, value, effect }: Taint): string =>
  value === undefined || value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`
