/**
 * Services and EndpointSlices. Source: pkg/registry/core/service/strategy.go, storage/alloc.go;
 * pkg/registry/discovery/endpointslice/strategy.go (v1.36).
 *
 * Abridged: a cluster has one family of addresses, IPv4. Addresses and node ports are given out by the API server.
 */
import type { EndpointSlice, Service, ServiceSpec } from '../types/networking.ts'
import type { Draft } from '../draft.ts'
import { defaultEndpointSlice, defaultService } from '../defaulting/service.ts'
import { sameJson } from '../hash.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/endpointslice.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { validateService, validateServiceUpdate } from '../validation/service.ts'
import { defineStrategy, resetStatus, keepSpec, keepStatus } from './strategy.ts'

export const serviceStrategy = defineStrategy<Service>({
  defaults: defaultService,
  prepareForCreate: (service) =>
    resetStatus({ ...service, spec: withFamilies(withClusterIPs(service.spec ?? {})) }, { loadBalancer: {} }),
  prepareForUpdate: (next, before) =>
    keepStatus(
      { ...next, spec: withFamilies(withClusterIPs(keepAllocated(next.spec ?? {}, before.spec), before.spec)) },
      before,
    ),
  prepareForStatusUpdate: keepSpec,
  allowCreateOnUpdate: true,
  check: validateService,
  checkUpdate: validateServiceUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

const needsClusterIP = (spec: Draft<ServiceSpec>): boolean => spec.type !== 'ExternalName'
const needsNodePorts = (spec: Draft<ServiceSpec>): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

/**
 * `clusterIP` and `clusterIPs[0]` are one value: whichever the user changed wins.
 * Source: storage/alloc.go, normalizeClusterIPs.
 */
function withClusterIPs(spec: Draft<ServiceSpec>, before?: Draft<ServiceSpec>): Draft<ServiceSpec> {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (before === undefined) {
    if (clusterIP !== '' && clusterIPs.length === 0) return { ...spec, clusterIPs: [clusterIP] }
    return spec
  }
  const old = before.clusterIP ?? ''
  if (clusterIP !== old) {
    if (clusterIP === '' && sameJson(clusterIPs, before.clusterIPs ?? [])) return { ...spec, clusterIPs: undefined }
    const unchanged = clusterIPs.length > 0 && clusterIPs[0] === (before.clusterIPs ?? [])[0]
    if (clusterIP !== '' && (unchanged || clusterIPs.length === 0)) {
      return { ...spec, clusterIPs: [clusterIP, ...clusterIPs.slice(1)] }
    }
  }
  return spec
}

/** What was given out stays while the Service needs it. Source: storage/alloc.go, patchAllocatedValues. */
function keepAllocated(spec: Draft<ServiceSpec>, before: Draft<ServiceSpec>): Draft<ServiceSpec> {
  let kept = spec
  if (
    needsClusterIP(before) &&
    needsClusterIP(spec) &&
    (spec.clusterIP ?? '') === '' &&
    (spec.clusterIPs ?? []).length === 0
  ) {
    kept = { ...kept, clusterIP: before.clusterIP, clusterIPs: before.clusterIPs }
  }
  if (needsNodePorts(before) && needsNodePorts(spec)) {
    const old = new Map((before.ports ?? []).map((port) => [`${port.protocol}/${port.port}`, port.nodePort]))
    kept = {
      ...kept,
      ports: kept.ports?.map((port) => {
        const nodePort = port.nodePort ?? old.get(`${port.protocol}/${port.port}`)
        return nodePort === undefined ? port : { ...port, nodePort }
      }),
    }
  }
  const isLocal = (some: Draft<ServiceSpec>): boolean =>
    some.type === 'LoadBalancer' && some.externalTrafficPolicy === 'Local'
  if (isLocal(before) && isLocal(spec)) {
    kept = { ...kept, healthCheckNodePort: spec.healthCheckNodePort ?? before.healthCheckNodePort }
  }
  return kept
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
    !sameJson({ ...next, metadata: undefined }, { ...before, metadata: undefined }) ||
    !sameJson(next.metadata?.labels ?? {}, before.metadata?.labels ?? {}),
  check: validateEndpointSlice,
  checkUpdate: validateEndpointSliceUpdate,
})
