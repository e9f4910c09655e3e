/**
 * Services and EndpointSlices. Source: pkg/registry/core/service/strategy.go, storage/alloc.go;
 * pkg/registry/discovery/endpointslice/strategy.go (v1.36).
 *
 * Abridged: a cluster has one family of addresses, IPv4. Addresses and node ports are given out by the API server.
 */
import type { EndpointSlice, Service, ServiceSpec } from '../types/networking.ts'
import type { Draft } from '../draft.ts'
import { defaultEndpointSlice, defaultService, defaultServiceStatus } from '../defaulting/service.ts'
import { sameJson } from '../hash.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/endpointslice.ts'
import { validateService, validateServiceStatusUpdate, validateServiceUpdate } from '../validation/service.ts'
import { defineStrategy, resetStatus, keepSpec, keepStatus } from './strategy.ts'

export const serviceStrategy = defineStrategy<Service>({
  defaults: defaultService,
  prepareForCreate: (service) =>
    resetStatus({ ...service, spec: withFamilies(withClusterIPs(service.spec ?? {})) }, { loadBalancer: {} }),
  prepareForUpdate: (next, before) => {
    const kept = keepAllocated(dropUnneeded(next.spec ?? {}, before.spec), before.spec)
    return keepStatus({ ...next, spec: withFamilies(withClusterIPs(kept, before.spec)) }, before)
  },
  // Of a status update nobody reads the spec: what follows from the type is filled in here.
  prepareForStatusUpdate: (next, before) => defaultServiceStatus(keepSpec(next, before)),
  allowCreateOnUpdate: true,
  warnings: ({ spec }) =>
    (spec?.externalIPs ?? []).length > 0
      ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']
      : [],
  check: validateService,
  checkUpdate: validateServiceUpdate,
  checkStatusUpdate: validateServiceStatusUpdate,
})

const needsClusterIP = (spec: Draft<ServiceSpec>): boolean => spec.type !== 'ExternalName'
const needsNodePorts = (spec: Draft<ServiceSpec>): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

const needsHealthPort = (spec: Draft<ServiceSpec>): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
const isExternal = (spec: Draft<ServiceSpec>): boolean => needsNodePorts(spec) || (spec.externalIPs ?? []).length > 0

/**
 * `clusterIP` and `clusterIPs[0]` are one value: whichever the user changed wins.
 * Source: storage/alloc.go, normalizeClusterIPs.
 */
function withClusterIPs(spec: Draft<ServiceSpec>, before?: Draft<ServiceSpec>): Draft<ServiceSpec> {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (before === undefined) {
    return clusterIP !== '' && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec
  }
  if (clusterIP === (before.clusterIP ?? '')) return spec
  if (clusterIPs.length > 0 && !sameJson(clusterIPs, before.clusterIPs ?? [])) return spec
  return { ...spec, clusterIPs: clusterIP === '' ? undefined : [clusterIP] }
}

/** What was given out stays while the Service needs it. Source: storage/alloc.go, patchAllocatedValues. */
function keepAllocated(spec: Draft<ServiceSpec>, before: Draft<ServiceSpec>): Draft<ServiceSpec> {
  let kept = spec
  if (needsClusterIP(before) && needsClusterIP(spec)) {
    const clusterIP = (spec.clusterIP ?? '') === '' ? before.clusterIP : spec.clusterIP
    const isEmpty = (spec.clusterIPs ?? []).length === 0 && clusterIP === before.clusterIP
    kept = { ...kept, clusterIP, clusterIPs: isEmpty ? before.clusterIPs : spec.clusterIPs }
  }
  if (needsNodePorts(before) && needsNodePorts(spec)) kept = { ...kept, ports: keepNodePorts(spec, before) }
  if (needsHealthPort(before) && needsHealthPort(spec)) {
    kept = { ...kept, healthCheckNodePort: spec.healthCheckNodePort ?? before.healthCheckNodePort }
  }
  return kept
}

/** By the ports' names, whatever else of them changed. */
function keepNodePorts(spec: Draft<ServiceSpec>, before: Draft<ServiceSpec>): Draft<ServiceSpec>['ports'] {
  const taken = new Set((spec.ports ?? []).map((port) => port.nodePort))
  const byName = new Map((before.ports ?? []).map((port) => [port.name ?? '', port.nodePort]))
  return spec.ports?.map((port) => {
    const known = byName.get(port.name ?? '')
    if ((port.nodePort ?? 0) !== 0 || known === undefined || taken.has(known)) return port
    taken.add(known)
    return { ...port, nodePort: known }
  })
}

/**
 * What a type no longer has goes with the type, unless the user set it anew.
 * Source: core/service/strategy.go, dropTypeDependentFields.
 */
function dropUnneeded(spec: Draft<ServiceSpec>, before: Draft<ServiceSpec>): Draft<ServiceSpec> {
  const gone = new Set<keyof ServiceSpec>()
  const drop = (needs: (some: Draft<ServiceSpec>) => boolean, ...fields: readonly (keyof ServiceSpec)[]): void => {
    if (!needs(before) || needs(spec)) return
    for (const field of fields) if (sameJson(spec[field], before[field])) gone.add(field)
  }
  const isLoadBalancer = (some: Draft<ServiceSpec>): boolean => some.type === 'LoadBalancer'
  drop(needsClusterIP, 'clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy')
  drop(isLoadBalancer, 'allocateLoadBalancerNodePorts', 'loadBalancerClass')
  drop(needsHealthPort, 'healthCheckNodePort')
  drop(isExternal, 'externalTrafficPolicy')
  const kept: Draft<ServiceSpec> = Object.fromEntries(
    Object.entries(spec).filter(([field]) => !gone.has(field as keyof ServiceSpec)),
  )
  const losesNodePorts = needsNodePorts(before) && !needsNodePorts(spec)
  const old = new Map((before.ports ?? []).map((port) => [port.name ?? '', port.nodePort]))
  if (!losesNodePorts || kept.ports === undefined) return kept
  return {
    ...kept,
    ports: kept.ports.map((port) => {
      const { nodePort, ...rest } = port
      return nodePort === old.get(port.name ?? '') ? rest : port
    }),
  }
}

function withFamilies(spec: Draft<ServiceSpec>): Draft<ServiceSpec> {
  if (!needsClusterIP(spec)) return spec
  return {
    ...spec,
    ipFamilies: spec.ipFamilies ?? ['IPv4'],
    ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
  }
}

export const endpointSliceStrategy = defineStrategy<EndpointSlice>({
  defaults: defaultEndpointSlice,
  initialGeneration: 1,
  // All but the metadata; of that, the labels.
  bumpsGeneration: (next, before) =>
    !sameJson(contentOf(next), contentOf(before)) ||
    !sameJson(next.metadata?.labels ?? {}, before.metadata?.labels ?? {}),
  check: validateEndpointSlice,
  checkUpdate: validateEndpointSliceUpdate,
})

const contentOf = ({ addressType, endpoints, ports }: Draft<EndpointSlice>): unknown => ({
  addressType,
  endpoints: endpoints ?? [],
  ports: ports ?? [],
})
