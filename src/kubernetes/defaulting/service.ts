/** Defaults of Services and EndpointSlices. Source: pkg/apis/core/v1/defaults.go, pkg/apis/discovery/v1 (v1.36). */
import type { EndpointSlice, Service, ServiceSpec } from '../types/networking.ts'
import type { Draft } from '../draft.ts'

const AFFINITY_SECONDS = 10_800

export function defaultService(service: Draft<Service>): Draft<Service> {
  const spec = service.spec ?? {}
  const type = spec.type ?? 'ClusterIP'
  const isExternal =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  const { ports, externalTrafficPolicy, internalTrafficPolicy, allocateLoadBalancerNodePorts } = spec
  return {
    ...service,
    spec: {
      ...withAffinity(spec),
      ...(ports === undefined
        ? {}
        : {
            ports: ports.map((port) => ({
              ...port,
              protocol: port.protocol ?? 'TCP',
              targetPort: isUnset(port.targetPort) ? (port.port ?? 0) : port.targetPort,
            })),
          }),
      type,
      ...(isExternal ? { externalTrafficPolicy: externalTrafficPolicy ?? 'Cluster' } : {}),
      ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: internalTrafficPolicy ?? 'Cluster' }),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: allocateLoadBalancerNodePorts ?? true } : {}),
    },
  }
}

/** An address of a load balancer is one that its machines answer for, unless said otherwise. */
export function defaultServiceStatus(service: Draft<Service>): Draft<Service> {
  const { spec, status } = service
  const ingress = status?.loadBalancer?.ingress
  if (spec?.type !== 'LoadBalancer' || ingress === undefined) return service
  const moded = ingress.map((one) =>
    (one.ip ?? '') !== '' && one.ipMode === undefined ? { ...one, ipMode: 'VIP' } : one,
  )
  return { ...service, status: { ...status, loadBalancer: { ...status?.loadBalancer, ingress: moded } } }
}

const isUnset = (port: number | string | undefined): boolean => port === undefined || port === 0 || port === ''

function withAffinity(spec: Draft<ServiceSpec>): Draft<ServiceSpec> {
  const sessionAffinity = spec.sessionAffinity ?? 'None'
  if (sessionAffinity === 'None') {
    const { sessionAffinityConfig: _dropped, ...rest } = spec
    return { ...rest, sessionAffinity }
  }
  const timeoutSeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS
  return sessionAffinity === 'ClientIP'
    ? { ...spec, sessionAffinity, sessionAffinityConfig: { clientIP: { timeoutSeconds } } }
    : { ...spec, sessionAffinity }
}

/** Abridged: upstream keeps null where it is told of no endpoints, here it is an empty list. */
export function defaultEndpointSlice(slice: Draft<EndpointSlice>): Draft<EndpointSlice> {
  const { ports } = slice
  const filled = { ...slice, endpoints: slice.endpoints ?? [] }
  if (ports === undefined || ports === null) return filled
  return {
    ...filled,
    ports: ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' })),
  }
}
