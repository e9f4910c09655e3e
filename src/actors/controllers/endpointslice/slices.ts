import { sameJson } from '../../../kubernetes/hash.ts'
import { controllerReference, isOwnedBy } from '../../../kubernetes/owners.ts'
import type { Endpoint, EndpointPort, EndpointSlice, Service } from '../../../kubernetes/types/networking.ts'
import { identityOf, portKey, type PortGroup } from './endpoints.ts'
import type { Hintable, Hinted } from './hints.ts'

/** Source: pkg/controller/endpointslice/config/v1alpha1/defaults.go, MaxEndpointsPerSlice. */
const MAX_ENDPOINTS_PER_SLICE = 100

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const CONTROLLER = 'endpointslice-controller.k8s.io'
const HEADLESS = 'service.kubernetes.io/headless'

/** What has to be written so that the slices say what they should. */
export interface SlicePlan {
  readonly create: readonly SliceDraft[]
  readonly update: readonly SliceDraft[]
  readonly remove: readonly EndpointSlice[]
}

/** A slice to be written. A new one has no name yet, or that of a slice whose place it takes. */
export interface SliceDraft {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly addressType: EndpointSlice['addressType']
  readonly endpoints: readonly Endpoint[] | null
  readonly ports: EndpointSlice['ports']
}

interface Drafts {
  readonly create: SliceDraft[]
  readonly update: SliceDraft[]
  readonly remove: EndpointSlice[]
}

/**
 * Compares slices with what they should hold: unchanged ones stay, changed ones are updated in place, what is new fills
 * those that change anyway, then one that has room, then new ones. A new slice takes the place of one that would go.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByAddressType and finalize (v1.36).
 */
export const planSlices = (
  service: Service,
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, PortGroup>,
  addHints: (slices: Hintable) => Hinted,
): SlicePlan => {
  const drafts: Drafts = { create: [], update: [], remove: [] }
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    // Left by an earlier Service of this name; the garbage collector may be on its way to it.
    if (!isOwnedBy(slice, service)) {
      drafts.remove.push(slice)
      continue
    }
    const key = portKey(slice.ports ?? [])
    const list = byPorts.get(key)
    if (list === undefined) byPorts.set(key, [slice])
    else list.push(slice)
  }
  for (const [key, group] of desired) planGroup(service, byPorts.get(key) ?? [], group, drafts)
  for (const [key, slices] of byPorts) if (!desired.has(key)) drafts.remove.push(...slices)
  keepOne(service, existing.length, drafts)
  const touched = new Set([...drafts.update, ...drafts.remove].map(({ metadata }) => metadata.name))
  const unchanged = existing.filter(({ metadata }) => !touched.has(metadata.name))
  const { create, update } = addHints({ ...drafts, unchanged })
  const told: Drafts = { create: [...create], update: [...update], remove: drafts.remove }
  reuse(service, told)
  return told
}

/** A Service without endpoints has one empty slice, so that nobody takes silence for an answer. */
const keepOne = (service: Service, existing: number, { create, remove }: Drafts): void => {
  if (existing !== remove.length || create.length > 0) return
  const placeholder = newSlice(service, [], [])
  const [only] = remove
  if (remove.length === 1 && only !== undefined && isPlaceholder(only, service)) remove.length = 0
  else create.push(placeholder)
}

const isPlaceholder = (slice: EndpointSlice, service: Service): boolean =>
  (slice.endpoints ?? []).length === 0 &&
  (slice.ports ?? []).length === 0 &&
  isOwnedBy(slice, service) &&
  sameJson(slice.metadata.labels, labelsFor(service))

/** Source: reconciler.go, finalize. */
const reuse = (service: Service, { create, update, remove }: Drafts): void => {
  for (let i = 0; i < remove.length && create.length > 0;) {
    const doomed = remove[i]
    if (doomed === undefined || !isOwnedBy(doomed, service)) {
      i++
      continue
    }
    const draft = create.pop()
    remove.splice(i, 1)
    if (draft !== undefined) update.push({ ...draft, metadata: { name: doomed.metadata.name, ...draft.metadata } })
  }
}

/** Source: reconciler.go, reconcileByPortMapping. Upstream fills slices and empties the set in random order. */
function planGroup(service: Service, slices: readonly EndpointSlice[], group: PortGroup, drafts: Drafts): void {
  const wanted = new Map(group.endpoints)
  const labels = labelsFor(service)
  const changed = new Map<EndpointSlice, Endpoint[]>()
  const unchanged: EndpointSlice[] = []
  for (const slice of slices) {
    const { kept, isUpdated } = keep(slice, wanted)
    if (isUpdated && kept.length === 0) drafts.remove.push(slice)
    else if (isUpdated || !sameJson(slice.metadata.labels, labels)) changed.set(slice, kept)
    else unchanged.push(slice)
  }
  const fresh = [...wanted.values()]
  fillFullestFirst([...changed.values()], fresh)
  while (fresh.length > 0) {
    const roomy = fresh.length < MAX_ENDPOINTS_PER_SLICE ? closestFit(unchanged, fresh.length) : undefined
    if (roomy === undefined) {
      drafts.create.push(newSlice(service, group.ports, fresh.splice(0, MAX_ENDPOINTS_PER_SLICE)))
      continue
    }
    unchanged.splice(unchanged.indexOf(roomy), 1)
    changed.set(roomy, [...(roomy.endpoints ?? []), ...fresh.splice(0)])
  }
  for (const [slice, endpoints] of changed) {
    drafts.update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports: slice.ports })
  }
}

/** The endpoints of a slice that are still wanted, as they are now; takes them from `wanted`. */
const keep = (
  slice: EndpointSlice,
  wanted: Map<string, Endpoint>,
): { readonly kept: Endpoint[]; readonly isUpdated: boolean } => {
  const endpoints = slice.endpoints ?? []
  const kept: Endpoint[] = []
  let isUpdated = false
  for (const endpoint of endpoints) {
    const identity = identityOf(endpoint)
    const target = wanted.get(identity)
    if (target === undefined) continue
    wanted.delete(identity)
    kept.push(target)
    if (!sameJson(withoutHints(endpoint), target)) isUpdated = true
  }
  return { kept, isUpdated: isUpdated || kept.length !== endpoints.length }
}

const withoutHints = (endpoint: Endpoint): Endpoint => {
  if (endpoint.hints === undefined) return endpoint
  const { hints: _hints, ...rest } = endpoint
  return rest
}

/** Slices that change anyway take what is new. */
const fillFullestFirst = (slices: readonly Endpoint[][], fresh: Endpoint[]): void => {
  for (const endpoints of slices.toSorted((a, b) => b.length - a.length)) {
    endpoints.push(...fresh.splice(0, Math.max(0, MAX_ENDPOINTS_PER_SLICE - endpoints.length)))
  }
}

/** The slice that is the fullest with so many more, if one has room for them all. Source: endpointslice/utils.go, getSliceToFill. */
const closestFit = (slices: readonly EndpointSlice[], more: number): EndpointSlice | undefined => {
  let best: EndpointSlice | undefined
  let least = MAX_ENDPOINTS_PER_SLICE
  for (const slice of slices) {
    const room = MAX_ENDPOINTS_PER_SLICE - (slice.endpoints ?? []).length - more
    if (room < 0 || room >= least) continue
    best = slice
    least = room
  }
  return best
}

const newSlice = (service: Service, ports: readonly EndpointPort[], endpoints: readonly Endpoint[]): SliceDraft => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: `${service.metadata.name}-`,
    namespace: service.metadata.namespace,
    labels: labelsFor(service),
    ownerReferences: [controllerReference(service)],
  },
  addressType: 'IPv4',
  // Empty lists reach the API as null, as those of upstream's protobuf client do.
  endpoints: endpoints.length === 0 ? null : endpoints,
  ports: ports.length === 0 ? null : ports,
})

const RESERVED = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS])

/** A slice bears its Service's labels and those by which it is found. Source: endpointslice/utils.go, setEndpointSliceLabels. */
const labelsFor = (service: Service): Readonly<Record<string, string>> => {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !RESERVED.has(key))
  return {
    ...Object.fromEntries(own),
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: CONTROLLER,
  }
}

const isHeadless = ({ spec: { clusterIP = '' } }: Service): boolean => clusterIP === '' || clusterIP === 'None'
