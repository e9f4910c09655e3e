import type { Service, ServicePort, ServiceSpec } from '../../../kubernetes/types/networking.ts'

/**
 * Which addresses and ports a Service has by its type, and which it gives back with another type.
 * Source: pkg/registry/core/service/strategy.go, dropTypeDependentFields (v1.36).
 */

export const needsClusterIP = ({ type }: ServiceSpec): boolean => type !== 'ExternalName'

export const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)

export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

/** The addresses that are drawn from the range: not those of a headless Service. */
export const clusterIPsOf = ({ clusterIP, clusterIPs }: ServiceSpec): readonly string[] =>
  (clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP])).filter((ip) => ip !== '' && ip !== 'None')

/** All node ports, the one for health checks included, each once. */
export const nodePortsOf = ({ ports = [], healthCheckNodePort = 0 }: ServiceSpec): readonly number[] => {
  const all = ports.map((port) => port.nodePort ?? 0)
  return [...new Set([...all, healthCheckNodePort])].filter((port) => port !== 0)
}

/** A Service without what it had by its old type and does not need by its new one. */
export const withoutUnneeded = (next: Service, old: Service): Service => {
  const spec = unneededLeftOut(next.spec, old.spec)
  return spec === next.spec ? next : { ...next, spec }
}

const unneededLeftOut = (next: ServiceSpec, old: ServiceSpec): ServiceSpec => {
  let spec = next
  if (!needsClusterIP(next) && needsClusterIP(old) && next.clusterIP === old.clusterIP) {
    const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec
    spec = rest
  }
  if (!needsNodePorts(next) && needsNodePorts(old)) {
    const given = new Set(nodePortsOf(old))
    const ports = spec.ports?.map((port) => (given.has(port.nodePort ?? 0) ? withoutNodePort(port) : port))
    if (ports !== undefined) spec = { ...spec, ports }
  }
  if (!needsHealthCheckPort(next) && spec.healthCheckNodePort === old.healthCheckNodePort) {
    const { healthCheckNodePort: _port, ...rest } = spec
    spec = rest
  }
  return spec
}

const withoutNodePort = ({ nodePort: _port, ...rest }: ServicePort): ServicePort => rest
