/** EndpointSlices by the Service they belong to. Source: api/discovery/v1/well_known_labels.go, LabelServiceName (v1.36). */
import type { Endpoint, EndpointSlice } from './types/networking.ts'
import type { Change } from './view.ts'

const SERVICE_LABEL = 'kubernetes.io/service-name'

/** `namespace/name` of the Service that a slice belongs to. */
export const serviceOf = (slice: EndpointSlice): string | undefined => {
  const name = slice.metadata.labels?.[SERVICE_LABEL]
  return name === undefined ? undefined : `${slice.metadata.namespace ?? ''}/${name}`
}

/** Absent conditions count as ready and serving. Source: api/discovery/v1/types.go, EndpointConditions. */
export const isEndpointReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false
export const isEndpointServing = (endpoint: Endpoint): boolean =>
  endpoint.conditions?.serving ?? isEndpointReady(endpoint)
export const isEndpointTerminating = ({ conditions }: Endpoint): boolean => conditions?.terminating === true

const NONE: readonly EndpointSlice[] = []

/** The slices of each Service, kept up by a reader as its view moves. */
export class SliceIndex {
  private readonly byService = new Map<string, Map<string, EndpointSlice>>()

  /** In order of creation. */
  of(service: string): readonly EndpointSlice[] {
    const slices = this.byService.get(service)
    return slices === undefined ? NONE : [...slices.values()]
  }

  /** Takes in a change of an EndpointSlice; gives the Services whose endpoints it touches. */
  apply({ before, after, name }: Change): readonly string[] {
    const old = before === undefined ? undefined : serviceOf(before as EndpointSlice)
    const slice = after as EndpointSlice | undefined
    const now = slice === undefined ? undefined : serviceOf(slice)
    if (old !== undefined && old !== now) this.remove(old, name)
    if (slice !== undefined && now !== undefined) this.put(now, name, slice)
    if (old === undefined) return now === undefined ? [] : [now]
    return now === undefined || now === old ? [old] : [old, now]
  }

  private put(service: string, name: string, slice: EndpointSlice): void {
    const slices = this.byService.get(service)
    if (slices === undefined) this.byService.set(service, new Map([[name, slice]]))
    else slices.set(name, slice)
  }

  private remove(service: string, name: string): void {
    const slices = this.byService.get(service)
    slices?.delete(name)
    if (slices?.size === 0) this.byService.delete(service)
  }
}
