/**
 * Services.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateService and ValidateServiceUpdate (v1.36). Which addresses and ports
 * are free is said by the API server's allocators, not here.
 */
import type { Service, ServicePort, ServiceSpec } from '../types/networking.ts'
import type { Draft } from '../draft.ts'
import { cidrProblems, endpointIPProblems, ipProblems, parseIP } from '../net.ts'
import { inclusiveRangeError, isDNS1123Label, isDNS1123Subdomain, isLabelKey, isPortNumber } from '../syntax.ts'
import { Shown, type FieldErrors } from './field-error.ts'
import { validateLabels } from './labels.ts'
import { labelName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validatePort } from './pod/probes.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const IP_MODES = ['Proxy', 'VIP']
const POLICIES = ['Cluster', 'Local']
const KUBELET_PORT = 10_250
const MAX_AFFINITY_SECONDS = 86_400

export function validateService(service: Draft<Service>, errors: FieldErrors): void {
  validateMetadata(service.metadata, { namespaced: true, name: labelName }, errors)
  validateSpec(service.spec ?? {}, errors)
}

const isHeadless = (spec: Draft<ServiceSpec>): boolean =>
  spec.clusterIPs?.[0] === 'None' && spec.clusterIPs.length === 1

function validateSpec(spec: Draft<ServiceSpec>, errors: FieldErrors): void {
  const { ports = [], type = '', selector, externalIPs = [] } = spec
  if (ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName') errors.required('spec.ports')
  validateType(spec, errors)
  const names = new Set<string>()
  for (const [i, port] of ports.entries())
    validateServicePort(port, ports.length > 1, names, `spec.ports[${i}]`, errors)
  validateLabels(selector, 'spec.selector', errors)
  validateAffinity(spec, errors)
  validateClusterIPs(spec, errors)
  for (const [i, ip] of externalIPs.entries()) {
    const problems = ipProblems(ip)
    errors.invalids(`spec.externalIPs[${i}]`, ip, problems.length > 0 ? problems : endpointIPProblems(ip))
  }
  errors.oneOf('spec.type', type, TYPES)
  validateNodePorts(spec, errors)
  validateUniquePorts(ports, errors)
  for (const [i, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    errors.invalids(`spec.LoadBalancerSourceRanges[${i}]`, range, cidrProblems(range.trim()))
  }
  if (spec.loadBalancerClass !== undefined) {
    errors.invalids('spec.loadBalancerClass', spec.loadBalancerClass, isLabelKey(spec.loadBalancerClass))
    if (type !== 'LoadBalancer')
      errors.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")
  }
  validateTrafficPolicies(spec, errors)
}

function validateType(spec: Draft<ServiceSpec>, errors: FieldErrors): void {
  const { type, clusterIPs = [], externalName = '' } = spec
  if (type === 'LoadBalancer' || type === 'NodePort') {
    if (type === 'LoadBalancer') {
      for (const [i, { port }] of (spec.ports ?? []).entries()) {
        if (port === KUBELET_PORT) {
          const words = `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`
          errors.invalid(`spec.ports[${i}]`, port, words)
        }
      }
    }
    if (isHeadless(spec)) errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)
  } else if (type === 'ExternalName') {
    const words = 'may not be set for ExternalName services'
    if (clusterIPs.length > 0) errors.forbidden('spec.clusterIPs', words)
    if ((spec.ipFamilies ?? []).length > 0) errors.forbidden('spec.ipFamilies', words)
    if (spec.ipFamilyPolicy !== undefined) errors.forbidden('spec.ipFamilyPolicy', words)
    const name = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName
    if (name === '') errors.required('spec.externalName')
    else errors.invalids('spec.externalName', name, isDNS1123Subdomain(name))
  }
}

function validateServicePort(
  port: Draft<ServicePort>,
  needsName: boolean,
  names: Set<string>,
  at: string,
  errors: FieldErrors,
): void {
  const { name = '', protocol, appProtocol } = port
  if (name === '') {
    if (needsName) errors.required(`${at}.name`)
  } else {
    errors.invalids(`${at}.name`, name, isDNS1123Label(name))
    if (names.has(name)) errors.duplicate(`${at}.name`, name)
    names.add(name)
  }
  errors.invalids(`${at}.port`, port.port ?? 0, isPortNumber(port.port ?? 0))
  errors.oneOf(`${at}.protocol`, protocol, PROTOCOLS)
  validatePort(port.targetPort ?? 0, `${at}.targetPort`, errors)
  if (appProtocol !== undefined) errors.invalids(`${at}.appProtocol`, appProtocol, isLabelKey(appProtocol))
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Draft<ServiceSpec>, errors: FieldErrors): void {
  errors.oneOf('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])
  const at = 'spec.sessionAffinityConfig'
  if (sessionAffinity === 'None') {
    if (sessionAffinityConfig !== undefined) {
      errors.forbidden(at, 'must not be set when session affinity is None')
    }
  } else if (sessionAffinity === 'ClientIP') {
    const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
    if (sessionAffinityConfig === undefined) errors.required(at, 'when session affinity type is ClientIP')
    else if (seconds !== undefined && (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)) {
      const words = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`
      errors.invalid(`${at}.clientIP.timeoutSeconds`, seconds, words)
    }
  }
}

function validateClusterIPs(spec: Draft<ServiceSpec>, errors: FieldErrors): void {
  const { type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec
  if (type === 'ExternalName') return
  if (clusterIP !== '' && clusterIPs.length === 0) errors.required('spec.clusterIPs')
  if (clusterIP === '' && clusterIPs.length > 0) {
    errors.invalid('spec.clusterIPs', clusterIPs, 'must be empty when `clusterIP` is not specified')
  }
  if (clusterIP !== '' && clusterIPs.length > 0 && clusterIP !== clusterIPs[0]) {
    errors.invalid('spec.clusterIP', clusterIP, 'must match clusterIPs[0]')
  }
  for (const [i, family] of ipFamilies.entries()) {
    if (family !== 'IPv4' && family !== 'IPv6') {
      errors.unsupported(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6'])
    } else if (ipFamilies.indexOf(family) < i) errors.duplicate(`spec.ipFamilies[${i}]`, family)
  }
  if (ipFamilyPolicy !== undefined) {
    const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
    if (!policies.includes(ipFamilyPolicy)) errors.unsupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies)
  }
  for (const [i, ip] of clusterIPs.entries()) {
    const at = `spec.clusterIPs[${i}]`
    if (ip === 'None') {
      if (i > 0) errors.invalid(at, ip, "must be empty when `clusterIPs` has 'None' value")
      continue
    }
    const problems = ipProblems(ip)
    errors.invalids(at, ip, problems)
    const family = ipFamilies[i]
    if (problems.length === 0 && family !== undefined && parseIP(ip)?.family !== family) {
      errors.invalid(at, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)
    }
  }
}

function validateNodePorts({ type, ports = [] }: Draft<ServiceSpec>, errors: FieldErrors): void {
  const taken = new Set<string>()
  for (const [i, { nodePort = 0, protocol }] of ports.entries()) {
    if (nodePort === 0) continue
    const at = `spec.ports[${i}].nodePort`
    if (type === 'ClusterIP') errors.forbidden(at, "may not be used when `type` is 'ClusterIP'")
    const place = `${protocol}/${nodePort}`
    if (taken.has(place)) errors.duplicate(at, nodePort)
    taken.add(place)
  }
}

function validateUniquePorts(ports: readonly Draft<ServicePort>[], errors: FieldErrors): void {
  const taken = new Set<string>()
  for (const [i, { port = 0, protocol = '' }] of ports.entries()) {
    const place = `${protocol}/${port}`
    if (taken.has(place)) {
      // As the server's own structure, of which only these two are set.
      const key = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }
      errors.duplicate(`spec.ports[${i}]`, new Shown(JSON.stringify(key)))
    }
    taken.add(place)
  }
}

function validateTrafficPolicies(spec: Draft<ServiceSpec>, errors: FieldErrors): void {
  const { type, externalTrafficPolicy, healthCheckNodePort = 0, internalTrafficPolicy } = spec
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
  if (externalTrafficPolicy === undefined) {
    if (type === 'NodePort' || type === 'LoadBalancer') errors.required('spec.externalTrafficPolicy')
  } else if (!isExternal) {
    const words = 'may only be set for externally-accessible services'
    errors.invalid('spec.externalTrafficPolicy', externalTrafficPolicy, words)
  } else if (!POLICIES.includes(externalTrafficPolicy)) {
    errors.unsupported('spec.externalTrafficPolicy', externalTrafficPolicy, POLICIES)
  }
  if (healthCheckNodePort !== 0) {
    if (healthCheckNodePort < 1 || healthCheckNodePort > 65_535) {
      errors.invalid('spec.healthCheckNodePort', healthCheckNodePort, inclusiveRangeError(1, 65_535))
    } else if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local') {
      const words = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
      errors.invalid('spec.healthCheckNodePort', healthCheckNodePort, words)
    }
  }
  if (internalTrafficPolicy === undefined) {
    if (type !== 'ExternalName') errors.required('spec.internalTrafficPolicy')
  } else if (!POLICIES.includes(internalTrafficPolicy)) {
    errors.unsupported('spec.internalTrafficPolicy', internalTrafficPolicy, POLICIES)
  }
  const { trafficDistribution } = spec
  const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone']
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    errors.unsupported('spec.trafficDistribution', trafficDistribution, distributions)
  }
}

/** Source: ValidateServiceStatusUpdate, ValidateLoadBalancerStatus. */
export function validateServiceStatusUpdate(next: Draft<Service>, before: Draft<Service>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const ingress = next.status?.loadBalancer?.ingress ?? []
  const at = 'status.loadBalancer.ingress'
  if (next.spec?.type !== 'LoadBalancer') {
    if (ingress.length > 0) errors.forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")
    return
  }
  for (const [i, { ip = '', ipMode, hostname = '' }] of ingress.entries()) {
    if (ip !== '') errors.invalids(`${at}[${i}].ip`, ip, ipProblems(ip))
    if (ip !== '' && ipMode === undefined) errors.required(`${at}[${i}].ipMode`, 'must be specified when `ip` is set')
    else if (ipMode !== undefined && ip === '') {
      errors.forbidden(`${at}[${i}].ipMode`, 'may not be specified when `ip` is not set')
    } else if (ipMode !== undefined && !IP_MODES.includes(ipMode)) {
      errors.unsupported(`${at}[${i}].ipMode`, ipMode, IP_MODES)
    }
    if (hostname === '') continue
    errors.invalids(`${at}[${i}].hostname`, hostname, isDNS1123Subdomain(hostname))
    if (parseIP(hostname) !== undefined) {
      errors.invalid(`${at}[${i}].hostname`, hostname, 'must be a DNS name, not an IP address')
    }
  }
}

/** The address of a Service stays while it needs one. */
export function validateServiceUpdate(next: Draft<Service>, before: Draft<Service>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const old = before.spec ?? {}
  const spec = next.spec ?? {}
  if (old.type !== 'ExternalName' && spec.type !== 'ExternalName') {
    const [first = ''] = old.clusterIPs ?? []
    if (first !== '' && spec.clusterIPs?.[0] !== first) {
      errors.invalid('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set')
    }
  }
  validateSpec(spec, errors)
}
