/**
 * How many endpoints each zone should have, and who gives some away to whom.
 * Source: staging/src/k8s.io/endpointslice/topologycache/{topologycache,utils}.go (v1.36), which takes zones in random order; here
 * they are in the order of their names.
 */
import type { CpuRatios } from './zone-cpu.ts'

/** How much more than its share an endpoint may have to bear. Source: topologycache.go, overloadThreshold. */
const OVERLOAD_THRESHOLD = 0.2

export interface Allocation {
  readonly maximum: number
  readonly desired: number
}

/** Endpoints by zone. */
export type ZoneCounts = Map<string, number>

const leastOf = (desired: number): number => Math.ceil(desired * (1 / (1 + OVERLOAD_THRESHOLD)))

/** What each zone may and should have; a text where that cannot be. Source: topologycache.go, getAllocations. */
export const allocationsOf = (
  ratios: CpuRatios | undefined,
  endpoints: number,
): ReadonlyMap<string, Allocation> | string => {
  if (ratios === undefined) {
    return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'
  }
  const counted = `(${endpoints} endpoints, ${ratios.size} zones)`
  if (ratios.size > endpoints) return `Insufficient number of endpoints ${counted}`
  const least = new Map([...ratios].map(([zone, ratio]) => [zone, leastOf(ratio * endpoints)]))
  const total = [...least.values()].reduce((sum, one) => sum + one, 0)
  if (total > endpoints) {
    return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${counted}`
  }
  const allocations = [...ratios].map(([zone, ratio]): [string, Allocation] => {
    const minimum = least.get(zone) ?? 0
    return [zone, { maximum: minimum + endpoints - total, desired: Math.max(ratio * endpoints, minimum) }]
  })
  return new Map(allocations)
}

/** Whether a zone has too few of a Service's endpoints. Source: utils.go, serviceOverloaded. */
export const isOverloaded = (counts: ReadonlyMap<string, number>, ratios: CpuRatios | undefined): boolean => {
  if (counts.size === 0) return false
  if (ratios === undefined) return true
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0)
  return [...ratios].some(([zone, ratio]) => (counts.get(zone) ?? -1) < leastOf(total * ratio))
}

/** Who gives how many endpoints away, and who gets how many. Source: utils.go, getGivingAndReceivingZones. */
export const transfers = (
  allocations: ReadonlyMap<string, Allocation>,
  counts: ReadonlyMap<string, number>,
): { readonly giving: ZoneCounts; readonly receiving: ZoneCounts } => {
  const surplus = new Map<string, number>()
  const want = new Map<string, number>()
  for (const [zone, { desired }] of allocations) {
    const more = (counts.get(zone) ?? 0) - desired
    if (more > 0) surplus.set(zone, more)
    else if (more < 0) want.set(zone, -more)
  }
  const giving: ZoneCounts = new Map()
  const receiving: ZoneCounts = new Map()
  for (;;) {
    const [giver, spare] = most(surplus)
    const [taker, missing] = most(want)
    if (giver === '' || taker === '') break
    if ((spare < 1 && missing < 1) || spare < 0.5 || missing < 0.5) break
    count(giving, giver, 1)
    count(surplus, giver, -1)
    count(receiving, taker, 1)
    count(want, taker, -1)
  }
  return { giving, receiving }
}

export const count = (counts: ZoneCounts, zone: string, by: number): void => {
  counts.set(zone, (counts.get(zone) ?? 0) + by)
}

const most = (zones: ReadonlyMap<string, number>): readonly [zone: string, number: number] =>
  [...zones].reduce<readonly [string, number]>((best, one) => (one[1] > best[1] ? one : best), ['', 0])
