import { defineProjection, type Projection } from '../engine/projection.ts'
import type { Micros } from '../events/envelope.ts'
import type { ApiObject } from '../events/json.ts'
import type { EndpointSlice } from '../kubernetes/types/networking.ts'
import type { ObjectVersion } from './objects/store.ts'

/** Which Service a slice belongs to. Source: api/discovery/v1/well_known_labels.go, LabelServiceName. */
const SERVICE_NAME = 'kubernetes.io/service-name'
const SECOND: Micros = 1_000_000

/** How many endpoints of a Service were ready from a moment on. */
export interface ReadyStep {
  readonly at: Micros
  readonly ready: number
}

/** Requests to a Service in one second of virtual time. */
export interface RequestCount {
  readonly second: number
  served: number
  failed: number
}

/** What is known of one Service. */
export interface ServiceAvailability {
  /** Ready endpoints by slice. */
  readonly slices: Map<string, number>
  /** Each change of their sum, from the first slice on. */
  readonly steps: ReadyStep[]
  /** Seconds in which there were requests. */
  readonly requests: RequestCount[]
}

/** By `namespace/name` of the Service. */
export type Availability = Map<string, ServiceAvailability>

/** What a revision wrote; the projection asks it of the object store, which must be folded first. */
export interface WrittenObjects {
  written(revision: number): ObjectVersion | undefined
  /** What the last restore of etcd changed. */
  readonly restored: readonly ObjectVersion[]
}

/** Over time: how many endpoints of each Service are ready, how many requests to it were served and failed. */
export const availabilityProjection = (objects: WrittenObjects): Projection<Availability> =>
  defineProjection<Availability>({
    name: 'availability',
    initial: () => new Map(),
    on: {
      RevisionCommitted: (state, event) => {
        const version = objects.written(event.data.revision)
        if (version?.kind === 'EndpointSlice') foldSlice(state, event.at, version)
      },
      EtcdRestored: (state, { at }) => {
        for (const version of objects.restored) if (version.kind === 'EndpointSlice') foldSlice(state, at, version)
      },
      RequestServed: (state, event) => countRequest(state, event.at, event.data.service, true),
      RequestFailed: (state, event) => countRequest(state, event.at, event.data.service, false),
    },
    checkpoint: (state) =>
      Object.fromEntries(
        [...state].map(([service, { steps, requests }]) => [
          service,
          { steps: steps.map(({ at, ready }) => [at, ready]), requests: requests.map((count) => ({ ...count })) },
        ]),
      ),
  })

/** Takes in a version of a slice; tells how the ready endpoints of its Service changed, if they did. */
export const foldSlice = (
  state: Availability,
  at: Micros,
  version: ObjectVersion,
): { readonly service: string; readonly before: number; readonly after: number } | undefined => {
  const slice = (version.object ?? version.before) as EndpointSlice | undefined
  const service = slice === undefined ? undefined : serviceOf(slice)
  if (service === undefined) return undefined
  const availability = of(state, service)
  const before = readyNow(availability)
  if (version.object === undefined) availability.slices.delete(version.name)
  else availability.slices.set(version.name, readyEndpoints(version.object as EndpointSlice))
  let after = 0
  for (const ready of availability.slices.values()) after += ready
  if (after === before && availability.steps.length > 0) return undefined
  availability.steps.push({ at, ready: after })
  return { service, before, after }
}

const of = (state: Availability, service: string): ServiceAvailability => {
  let availability = state.get(service)
  if (availability === undefined) {
    availability = { slices: new Map(), steps: [], requests: [] }
    state.set(service, availability)
  }
  return availability
}

const serviceOf = (slice: ApiObject): string | undefined => {
  const name = slice.metadata.labels?.[SERVICE_NAME]
  return name === undefined ? undefined : `${slice.metadata.namespace ?? ''}/${name}`
}

/** Unknown counts as ready. Source: api/discovery/v1/types.go, EndpointConditions. */
const readyEndpoints = (slice: EndpointSlice): number => {
  let ready = 0
  for (const endpoint of slice.endpoints ?? []) if (endpoint.conditions?.ready !== false) ready++
  return ready
}

const countRequest = (state: Availability, at: Micros, service: string, ok: boolean): void => {
  const { requests } = of(state, serviceKey(service))
  const second = Math.floor(at / SECOND)
  let count = requests[requests.length - 1]
  if (count?.second !== second) {
    count = { second, served: 0, failed: 0 }
    requests.push(count)
  }
  if (ok) count.served++
  else count.failed++
}

/** `namespace/name` of what a client calls `name`, `name.namespace` or `namespace/name`, with or without `:port`. */
export const serviceKey = (service: string): string => {
  const [host = ''] = service.split(':')
  if (host.includes('/')) return host
  const [name = '', namespace = 'default'] = host.split('.')
  return `${namespace}/${name}`
}

/** Ready endpoints as of the newest event. */
export const readyNow = (availability: ServiceAvailability): number =>
  availability.steps[availability.steps.length - 1]?.ready ?? 0

/** Ready endpoints at a time; 0 before the first slice. */
export const readyAt = (availability: ServiceAvailability, at: Micros): number =>
  availability.steps.findLast((step) => step.at <= at)?.ready ?? 0

/** For how long of [`from`, `to`) a Service had fewer than `least` ready endpoints. */
export const shortFor = (availability: ServiceAvailability, from: Micros, to: Micros, least = 1): Micros => {
  let short = 0
  let since = from
  let ready = readyAt(availability, from)
  for (const step of availability.steps) {
    if (step.at <= from) continue
    if (step.at >= to) break
    if (ready < least) short += step.at - since
    since = step.at
    ready = step.ready
  }
  return ready < least ? short + to - since : short
}

/** Requests to a Service in [`from`, `to`), by whole seconds. */
export const requestsBetween = (
  availability: ServiceAvailability,
  from: Micros,
  to: Micros,
): { readonly served: number; readonly failed: number } => {
  let served = 0
  let failed = 0
  for (const count of availability.requests) {
    if (count.second * SECOND < from || count.second * SECOND >= to) continue
    served += count.served
    failed += count.failed
  }
  return { served, failed }
}
