import type * as t from 'io-ts'
import type { forwardingRule } from '../../events/catalogue/networking.ts'
import { isEndpointReady, isEndpointServing, isEndpointTerminating } from '../../kubernetes/endpoint-slices.ts'
import type { Endpoint, EndpointSlice, Service, ServicePort } from '../../kubernetes/types/networking.ts'

export type ForwardingRule = t.TypeOf<typeof forwardingRule>

/** Where the proxy runs, for policies that look at it. */
export interface Place {
  readonly node: string
  readonly zone?: string
}

interface Candidate {
  readonly endpoint: Endpoint
  readonly ip: string
  readonly port: number
}

/** Source: api/core/v1/defaults.go, DefaultClientIPServiceAffinitySeconds. */
const AFFINITY_SECONDS = 10_800

/**
 * The rules of one Service on one node: one for each address under which it can be reached, none for a headless or
 * external one. A Service without endpoints has rules too: they refuse.
 * Source: pkg/proxy/topology.go, CategorizeEndpoints; pkg/proxy/iptables/proxier.go (v1.36).
 */
export const serviceRules = (
  service: Service,
  slices: readonly EndpointSlice[],
  place: Place,
): readonly ForwardingRule[] => {
  const { spec, metadata } = service
  if (spec.type === 'ExternalName' || spec.clusterIP === undefined || ['', 'None'].includes(spec.clusterIP))
    return NO_RULES
  const isSame =
    spec.internalTrafficPolicy !== 'Local' &&
    spec.externalTrafficPolicy !== 'Local' &&
    place.zone === undefined &&
    !isForNodes(slices)
  // On every node the same: made once for all kube-proxies that see these versions.
  if (isSame) return shared(service, slices)
  return makeRules(service, slices, place, `${metadata.namespace ?? ''}/${metadata.name}`)
}

/** Hints for nodes count only where each ready endpoint has one: the first tells whether they may. */
const isForNodes = (slices: readonly EndpointSlice[]): boolean => {
  for (const { endpoints } of slices) {
    const ready = endpoints?.find(isEndpointReady)
    if (ready !== undefined) return ready.hints?.forNodes !== undefined
  }
  return false
}

const NO_RULES: readonly ForwardingRule[] = []

const sharedRules = new WeakMap<
  Service,
  { readonly slices: readonly EndpointSlice[]; readonly rules: readonly ForwardingRule[] }
>()

const shared = (service: Service, slices: readonly EndpointSlice[]): readonly ForwardingRule[] => {
  const known = sharedRules.get(service)
  if (
    known !== undefined &&
    known.slices.length === slices.length &&
    known.slices.every((one, i) => one === slices[i])
  ) {
    return known.rules
  }
  const { namespace = '', name } = service.metadata
  const rules = makeRules(service, slices, { node: '' }, `${namespace}/${name}`)
  sharedRules.set(service, { slices, rules })
  return rules
}

const makeRules = (
  service: Service,
  slices: readonly EndpointSlice[],
  place: Place,
  fullName: string,
): readonly ForwardingRule[] => {
  const { spec, status } = service
  const affinity = spec.sessionAffinity === 'ClientIP'
  const affinitySeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS
  const outside = [
    ...(spec.externalIPs ?? []),
    ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip])),
  ]
  const rules: ForwardingRule[] = []
  for (const port of spec.ports ?? []) {
    const candidates = candidatesOf(port, slices)
    const add = (address: string, isLocal: boolean): void => {
      const endpoints = choose(candidates, place, isLocal).map(({ ip, port: target }) => ({ ip, port: target }))
      const name = `${fullName}:${port.name ?? port.port}`
      rules.push({ address, service: name, endpoints, ...(affinity ? { affinitySeconds } : {}) })
    }
    for (const ip of spec.clusterIPs ?? [spec.clusterIP ?? ''])
      add(`${ip}:${port.port}`, spec.internalTrafficPolicy === 'Local')
    for (const ip of outside) add(`${ip}:${port.port}`, spec.externalTrafficPolicy === 'Local')
    if ((port.nodePort ?? 0) > 0) add(`*:${port.nodePort}`, spec.externalTrafficPolicy === 'Local')
  }
  return rules
}

/** Each address once, as the slices list them. */
const candidatesOf = (port: ServicePort, slices: readonly EndpointSlice[]): readonly Candidate[] => {
  const seen = new Set<string>()
  const candidates: Candidate[] = []
  for (const { ports, endpoints } of slices) {
    const target = ports?.find(({ name }) => (name ?? '') === (port.name ?? ''))?.port
    if (target === undefined) continue
    for (const endpoint of endpoints ?? []) {
      const [ip] = endpoint.addresses
      if (ip === undefined || seen.has(ip)) continue
      seen.add(ip)
      candidates.push({ endpoint, ip, port: target })
    }
  }
  return candidates
}

/** Ready ones; where there are none, those that still serve while they terminate. */
const choose = (all: readonly Candidate[], place: Place, isLocal: boolean): readonly Candidate[] => {
  const reachable = isLocal ? all.filter(({ endpoint }) => endpoint.nodeName === place.node) : all
  const ready = reachable.filter(({ endpoint }) => isEndpointReady(endpoint))
  if (ready.length > 0) return isLocal ? ready : nearby(ready, place)
  return reachable.filter(({ endpoint }) => isEndpointServing(endpoint) && isEndpointTerminating(endpoint))
}

/**
 * Those hinted for this node, if every ready endpoint has a hint for nodes and some are for it; else the same of zones.
 * Source: topology.go, topologyModeFromHints (v1.36).
 */
const nearby = (ready: readonly Candidate[], { node, zone }: Place): readonly Candidate[] =>
  hintedFor(ready, node, ({ endpoint }) => endpoint.hints?.forNodes) ??
  hintedFor(ready, zone, ({ endpoint }) => endpoint.hints?.forZones) ??
  ready

const hintedFor = (
  ready: readonly Candidate[],
  here: string | undefined,
  hintsIn: (candidate: Candidate) => readonly { readonly name: string }[] | undefined,
): readonly Candidate[] | undefined => {
  if (here === undefined || ready.some((candidate) => (hintsIn(candidate) ?? []).length === 0)) return undefined
  const near = ready.filter((candidate) => hintsIn(candidate)?.some(({ name }) => name === here) === true)
  return near.length === 0 ? undefined : near
}

/** Whether two rules do the same. */
export const sameRule = (a: ForwardingRule, b: ForwardingRule): boolean =>
  a === b ||
  (a.affinitySeconds === b.affinitySeconds &&
    a.endpoints.length === b.endpoints.length &&
    a.endpoints.every(({ ip, port }, i) => b.endpoints[i]?.ip === ip && b.endpoints[i]?.port === port))
