import { controllerReference } from '../../../kubernetes/owners.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { Endpoint, EndpointSlice, Service } from '../../../kubernetes/types/networking.ts'
import { portKey, type PortGroup } from './endpoints.ts'

/** Source: pkg/controller/endpointslice/config: MaxEndpointsPerSlice. */
const MAX_ENDPOINTS_PER_SLICE = 100

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const CONTROLLER = 'endpointslice-controller.k8s.io'
const HEADLESS = 'service.kubernetes.io/headless'
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

/** What has to be written so that the slices say what they should. */
export interface SlicePlan {
  readonly create: readonly NewSlice[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

/** A slice whose name the API server makes up. */
export type NewSlice = Omit<EndpointSlice, 'metadata'> & { readonly metadata: Readonly<Record<string, unknown>> }

/**
 * Compares slices with what they should hold: unchanged ones stay, changed ones are updated in place, what is new fills
 * those that change anyway, then one that has room, then new ones.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByPortMapping (v1.36).
 */
export const planSlices = (
  service: Service,
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, PortGroup>,
): SlicePlan => {
  const create: NewSlice[] = []
  const update: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    const key = portKey(slice.ports ?? [])
    const list = byPorts.get(key)
    if (list === undefined) byPorts.set(key, [slice])
    else list.push(slice)
  }
  for (const [key, slices] of byPorts) if (!desired.has(key)) remove.push(...slices)
  for (const [key, group] of desired) planGroup(service, byPorts.get(key) ?? [], group, { create, update, remove })
  // A Service without a Pod has one empty slice, so that nobody takes silence for an answer.
  if (desired.size === 0 && service.spec.selector !== undefined)
    keepPlaceholder(service, existing, { create, update, remove })
  return { create, update, remove }
}

interface Drafts {
  readonly create: NewSlice[]
  readonly update: EndpointSlice[]
  readonly remove: EndpointSlice[]
}

const addressOf = (endpoint: Endpoint): string => `${endpoint.targetRef?.uid ?? ''}/${endpoint.addresses[0] ?? ''}`

function planGroup(service: Service, slices: readonly EndpointSlice[], group: PortGroup, drafts: Drafts): void {
  const wanted = new Map(group.endpoints.map((endpoint) => [addressOf(endpoint), endpoint]))
  const changed = new Map<EndpointSlice, Endpoint[]>()
  const unchanged: EndpointSlice[] = []
  for (const slice of slices) {
    const kept: Endpoint[] = []
    let differs = !sameJson(slice.metadata.labels, labelsFor(service))
    for (const endpoint of slice.endpoints ?? []) {
      const target = wanted.get(addressOf(endpoint))
      wanted.delete(addressOf(endpoint))
      if (target === undefined) differs = true
      else {
        kept.push(target)
        if (!sameJson(endpoint, target)) differs = true
      }
    }
    if (!differs) unchanged.push(slice)
    else if (kept.length === 0 && slices.length > 1) drafts.remove.push(slice)
    else changed.set(slice, kept)
  }
  const fresh = [...wanted.values()]
  fill(changed, fresh)
  if (fresh.length > 0) {
    const roomy = unchanged.find((slice) => (slice.endpoints ?? []).length + fresh.length <= MAX_ENDPOINTS_PER_SLICE)
    if (roomy !== undefined) changed.set(roomy, [...(roomy.endpoints ?? []), ...fresh.splice(0)])
  }
  for (const [slice, endpoints] of changed) {
    const metadata = { ...slice.metadata, labels: labelsFor(service) }
    drafts.update.push({ ...slice, metadata, endpoints })
  }
  while (fresh.length > 0) drafts.create.push(newSlice(service, group, fresh.splice(0, MAX_ENDPOINTS_PER_SLICE)))
}

/** Slices that change anyway take what is new, the fullest first. */
const fill = (changed: Map<EndpointSlice, Endpoint[]>, fresh: Endpoint[]): void => {
  const fullestFirst = [...changed.values()].toSorted((a, b) => b.length - a.length)
  for (const endpoints of fullestFirst) {
    endpoints.push(...fresh.splice(0, MAX_ENDPOINTS_PER_SLICE - endpoints.length))
  }
}

function keepPlaceholder(service: Service, existing: readonly EndpointSlice[], drafts: Drafts): void {
  const placeholder = existing.find((slice) => (slice.ports ?? []).length === 0)
  if (placeholder === undefined) {
    drafts.create.push(newSlice(service, { ports: [], endpoints: [] }, []))
    return
  }
  const index = drafts.remove.indexOf(placeholder)
  if (index >= 0) drafts.remove.splice(index, 1)
  if ((placeholder.endpoints ?? []).length > 0) drafts.update.push({ ...placeholder, endpoints: [] })
}

const newSlice = (service: Service, group: PortGroup, endpoints: readonly Endpoint[]): NewSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: `${service.metadata.name}-`,
    namespace: service.metadata.namespace,
    labels: labelsFor(service),
    ownerReferences: [controllerReference(service)],
  },
  addressType: 'IPv4',
  endpoints,
  ports: group.ports,
})

/** A slice bears its Service's labels and those by which it is found. Source: endpointslice/utils.go, setEndpointSliceLabels. */
const labelsFor = (service: Service): Record<string, string> => ({
  ...service.metadata.labels,
  [MANAGED_BY]: CONTROLLER,
  [SERVICE_NAME]: service.metadata.name,
  ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
})
