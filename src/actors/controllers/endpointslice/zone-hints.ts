import type { Endpoint, EndpointSlice, Service } from '../../../kubernetes/types/networking.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import { draftOf, withoutAnyHints, type Hintable, type Hinted } from './hints.ts'
import { allocationsOf, count, isOverloaded, transfers, type Allocation, type ZoneCounts } from './zone-allocation.ts'
import { cpuRatios } from './zone-cpu.ts'
import type { SliceDraft } from './slices.ts'

/** The older one counts where there are both. Source: api/core/v1/annotation_key_constants.go. */
const ANNOTATIONS = ['service.kubernetes.io/topology-aware-hints', 'service.kubernetes.io/topology-mode']

/** Source: staging/src/k8s.io/endpointslice/utils.go, hintsEnabled (v1.36). */
export const wantsZoneHints = ({ metadata: { annotations = {} } }: Service): boolean => {
  const mode = ANNOTATIONS.map((name) => annotations[name]).find((value) => value !== undefined)
  return mode === 'Auto' || mode === 'auto'
}

/** What is told in an Event of the Service. */
export interface Notice {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

const notice = (enabled: boolean, message: string): Notice => ({
  type: enabled ? 'Normal' : 'Warning',
  reason: enabled ? 'TopologyAwareHintsEnabled' : 'TopologyAwareHintsDisabled',
  message: `${message}, addressType: IPv4`,
})

/**
 * Endpoints for zones in the measure of the zones' processors: each for its own zone, and as many as are too many there for others.
 * Remembers which Services have such hints, and for which zones.
 * Source: staging/src/k8s.io/endpointslice/topologycache/topologycache.go, AddHints (v1.36).
 */
export class ZoneHints {
  private readonly given = new Map<string, ReadonlyMap<string, number>>()

  add(key: string, slices: Hintable, nodes: readonly Node[]): Hinted & { readonly notice: Notice | undefined } {
    const outcome = allocated(slices, nodes)
    if (typeof outcome === 'string') {
      this.given.delete(key)
      return { ...withoutAnyHints(slices), notice: notice(false, outcome) }
    }
    const isNew = !this.given.has(key)
    this.given.set(key, outcome.counts)
    const { create, update } = outcome
    return { create, update, notice: isNew ? notice(true, 'Topology Aware Hints has been enabled') : undefined }
  }

  /** The Service wants none; what is to be told if it had some. */
  remove(key: string): Notice | undefined {
    return this.given.delete(key) ? notice(false, 'Topology Aware Hints has been disabled') : undefined
  }

  /** Services whose endpoints are too few in some zone, as the nodes are now. */
  overloaded(nodes: readonly Node[]): readonly string[] {
    if (this.given.size === 0) return []
    const ratios = cpuRatios(nodes)
    return [...this.given].filter(([, counts]) => isOverloaded(counts, ratios)).map(([key]) => key)
  }
}

/** Why there are no hints, or all that is to be written with them, and how many endpoints each zone then has. */
const allocated = (
  { create, update, unchanged }: Hintable,
  nodes: readonly Node[],
): (Hinted & { readonly counts: ZoneCounts }) | string => {
  const all = [...create, ...update, ...unchanged]
  const ready = all.flatMap(({ endpoints }) => endpoints ?? []).filter(isSaidReady).length
  const allocations = allocationsOf(cpuRatios(nodes), ready)
  if (typeof allocations === 'string') return allocations

  const counts: ZoneCounts = new Map()
  const moved = unchanged.filter((slice) => !keepsItsHints(slice, counts, allocations))
  const drafts = [...create, ...update, ...moved.map(draftOf)]
  const hinted: (Endpoint & { zone: string })[] = []
  for (const { endpoints } of drafts) {
    for (const endpoint of endpoints ?? []) {
      if (!isSaidReady(endpoint)) continue
      const { zone = '' } = endpoint
      if (zone === '') return 'One or more endpoints do not have a zone specified'
      hinted.push({ ...endpoint, zone })
      count(counts, zone, 1)
    }
  }
  const { giving, receiving } = transfers(allocations, counts)
  const zones = hinted.map(({ zone }) => redirected(zone, giving, receiving, counts))
  if (counts.size === 0) return 'No hints allocated for zones'
  let next = 0
  const tell = (draft: SliceDraft): SliceDraft => ({
    ...draft,
    endpoints:
      draft.endpoints?.map((endpoint) =>
        isSaidReady(endpoint) ? { ...endpoint, hints: { forZones: [{ name: zones[next++] ?? '' }] } } : endpoint,
      ) ?? null,
  })
  const told = drafts.map(tell)
  return { create: told.slice(0, create.length), update: told.slice(create.length), counts }
}

/** Source: topologycache/utils.go, EndpointReady: what is not said does not count. */
const isSaidReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true

/** Whether a slice may stay as it is; if so, its hints are counted. Source: topologycache/utils.go, getHintsByZone. */
const keepsItsHints = (
  { endpoints }: EndpointSlice,
  counts: ZoneCounts,
  allocations: ReadonlyMap<string, Allocation>,
): boolean => {
  const own: ZoneCounts = new Map()
  for (const endpoint of endpoints ?? []) {
    if (!isSaidReady(endpoint)) continue
    const { forZones = [] } = endpoint.hints ?? {}
    if (forZones.length === 0 || forZones.some(({ name }) => !allocations.has(name))) return false
    for (const { name } of forZones) count(own, name, 1)
  }
  for (const [zone, number] of own) {
    if (number + (counts.get(zone) ?? 0) > (allocations.get(zone)?.maximum ?? 0)) return false
  }
  for (const [zone, number] of own) count(counts, zone, number)
  return true
}

/** For whom an endpoint of a zone is: its own, or another that wants more. Source: topologycache/utils.go, redistributeHints. */
const redirected = (zone: string, giving: ZoneCounts, receiving: ZoneCounts, counts: ZoneCounts): string => {
  if ((giving.get(zone) ?? 0) === 0) return zone
  const [taker] = [...receiving].find(([, number]) => number > 0) ?? []
  if (taker === undefined) return zone
  count(giving, zone, -1)
  count(receiving, taker, -1)
  count(counts, zone, -1)
  count(counts, taker, 1)
  return taker
}
