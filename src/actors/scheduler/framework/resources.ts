/** What lies on a node, as sums that are kept up Pod by Pod. Source: pkg/scheduler/framework/types.go, Resource (v1.36). */
import type { Resources } from '../../../kubernetes/resources.ts'

/** Millicores, bytes, bytes, and extended resources, huge pages and attachable volumes in whole units. */
export interface Totals {
  milliCPU: number
  memory: number
  ephemeralStorage: number
  /** Undefined for none. */
  scalars: Map<string, number> | undefined
}

export const noTotals = (): Totals => ({ milliCPU: 0, memory: 0, ephemeralStorage: 0, scalars: undefined })

export function addTo(totals: Totals, amounts: Resources | Totals, sign: 1 | -1): void {
  totals.milliCPU += sign * amounts.milliCPU
  totals.memory += sign * amounts.memory
  totals.ephemeralStorage += sign * amounts.ephemeralStorage
  if (amounts.scalars === undefined || amounts.scalars.size === 0) return
  totals.scalars ??= new Map()
  for (const [name, amount] of amounts.scalars) {
    totals.scalars.set(name, (totals.scalars.get(name) ?? 0) + sign * amount)
  }
}

/** Source: pkg/apis/core/v1/helper/helpers.go, IsExtendedResourceName. */
export const isExtendedResource = (name: string): boolean =>
  name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.')

/** Source: pkg/scheduler/util/utils.go, IsScalarResourceName. */
export const isScalarResource = (name: string): boolean =>
  name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-')
