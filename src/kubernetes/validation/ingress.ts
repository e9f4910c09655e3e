/** Ingresses and their classes. Source: pkg/apis/networking/validation/validation.go (v1.36). */
import type { HTTPIngressPath, Ingress, IngressBackend, IngressClass, IngressRule } from '../types/ingress.ts'
import type { Draft } from '../draft.ts'
import { parseIP } from '../net.ts'
import {
  byteLength,
  isDNS1035Label,
  isDNS1123Subdomain,
  isPortName,
  isPortNumber,
  isWildcardDNS1123Subdomain,
  regexError,
} from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { validateImmutable } from './immutable.ts'
import { pathSegmentName, subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
const CONTROLLER_MAX_BYTES = 250
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const NOT_WITHIN = ['//', '/./', '/../', '%2f', '%2F']
const NOT_AT_END = ['/..', '/.']

export function validateIngress(ingress: Draft<Ingress>, errors: FieldErrors): void {
  validateMetadata(ingress.metadata, { namespaced: true, name: subdomainName }, errors)
  const annotated = ingress.metadata?.annotations?.[CLASS_ANNOTATION]
  if (annotated !== undefined && ingress.spec?.ingressClassName !== undefined) {
    const words = 'can not be set when the class field is also set'
    errors.invalid(`annotations.${CLASS_ANNOTATION}`, annotated, words)
  }
  validateIngressSpec(ingress.spec ?? {}, errors)
}

export function validateIngressUpdate(next: Draft<Ingress>, before: Draft<Ingress>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateMetadata(next.metadata, { namespaced: true, name: subdomainName }, errors)
  validateIngressSpec(next.spec ?? {}, errors)
}

function validateIngressSpec(spec: Draft<Ingress['spec']>, errors: FieldErrors): void {
  const { rules = [], defaultBackend, ingressClassName, tls = [] } = spec
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.invalid('spec', undefined, 'either `defaultBackend` or `rules` must be specified')
  }
  if (defaultBackend !== undefined) validateBackend(defaultBackend, 'spec.defaultBackend', errors)
  for (const [i, rule] of rules.entries()) validateRule(rule, `spec.rules[${i}]`, errors)
  for (const [i, { hosts = [], secretName = '' }] of tls.entries()) {
    for (const [j, host] of hosts.entries()) validateHost(host, `spec.tls[${i}].hosts[${j}]`, errors)
    if (secretName !== '') {
      errors.invalids(`spec.tls[${i}].secretName`, secretName, isDNS1123Subdomain(secretName))
    }
  }
  if (ingressClassName !== undefined) {
    errors.invalids('spec.ingressClassName', ingressClassName, isDNS1123Subdomain(ingressClassName))
  }
}

function validateHost(host: string, at: string, errors: FieldErrors): void {
  errors.invalids(at, host, host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host))
}

function validateRule({ host = '', http }: Draft<IngressRule>, at: string, errors: FieldErrors): void {
  if (host !== '') {
    if (parseIP(host) !== undefined) errors.invalid(`${at}.host`, host, 'must be a DNS name, not an IP address')
    validateHost(host, `${at}.host`, errors)
  }
  if (http === undefined) return
  const paths = http.paths ?? []
  if (paths.length === 0) errors.required(`${at}.http.paths`)
  for (const [i, path] of paths.entries()) validatePath(path, `${at}.http.paths[${i}]`, errors)
}

function validatePath({ path = '', pathType: type, backend }: Draft<HTTPIngressPath>, at: string, errors: FieldErrors) {
  const pathType: string = type ?? ''
  if (pathType === '') errors.required(`${at}.pathType`, 'pathType must be specified')
  else if (!PATH_TYPES.includes(pathType)) errors.unsupported(`${at}.pathType`, pathType, PATH_TYPES)
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.invalid(`${at}.path`, path, 'must be an absolute path')
  } else {
    if (!path.startsWith('/')) errors.invalid(`${at}.path`, path, 'must be an absolute path')
    for (const part of path === '' ? [] : NOT_WITHIN) {
      if (path.includes(part)) errors.invalid(`${at}.path`, path, `must not contain '${part}'`)
    }
    for (const end of NOT_AT_END) {
      if (path.endsWith(end)) errors.invalid(`${at}.path`, path, `cannot end with '${end}'`)
    }
  }
  validateBackend(backend ?? {}, `${at}.backend`, errors)
}

function validateBackend({ service, resource }: Draft<IngressBackend>, at: string, errors: FieldErrors): void {
  if (service !== undefined && resource !== undefined) {
    return errors.invalid(at, '', 'cannot set both resource and service backends')
  }
  if (resource !== undefined) {
    const { kind = '', name = '', apiGroup = '' } = resource
    if (apiGroup !== '') errors.invalids(`${at}.resource.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup))
    for (const [field, value] of Object.entries({ kind, name })) {
      if (value === '') errors.required(`${at}.resource.${field}`)
      else errors.invalids(`${at}.resource.${field}`, value, pathSegmentName(value))
    }
    return
  }
  if (service === undefined) return errors.invalid(at, '', 'resource or service backend is required')
  const { name = '', port = {} } = service
  if (name === '') errors.required(`${at}.service.name`)
  else errors.invalids(`${at}.service.name`, name, isDNS1035Label(name))
  const { name: portName = '', number = 0 } = port
  if (portName !== '' && number !== 0) errors.invalid(at, '', 'cannot set both port name & port number')
  else if (portName !== '') errors.invalids(`${at}.service.port.name`, portName, isPortName(portName))
  else if (number !== 0) errors.invalids(`${at}.service.port.number`, number, isPortNumber(number))
  else errors.required(at, 'port name or number is required')
}

export function validateIngressStatusUpdate(next: Draft<Ingress>, before: Draft<Ingress>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  for (const [i, { ip = '', hostname = '' }] of (next.status?.loadBalancer?.ingress ?? []).entries()) {
    const at = `status.loadBalancer.ingress[${i}]`
    if (ip !== '' && parseIP(ip) === undefined) errors.invalid(`${at}.ip`, ip, 'must be a valid IP address')
    if (hostname === '') continue
    errors.invalids(`${at}.hostname`, hostname, isDNS1123Subdomain(hostname))
    if (parseIP(hostname) !== undefined) {
      errors.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address')
    }
  }
}

export function validateIngressClass(ingressClass: Draft<IngressClass>, errors: FieldErrors): void {
  validateMetadata(ingressClass.metadata, { namespaced: false, name: subdomainName }, errors)
  const { controller = '', parameters } = ingressClass.spec ?? {}
  if (byteLength(controller) > CONTROLLER_MAX_BYTES) errors.tooLong('spec.controller', CONTROLLER_MAX_BYTES)
  validateDomainPrefixedPath(controller, 'spec.controller', errors)
  if (parameters !== undefined) validateParameters(parameters, 'spec.parameters', errors)
}

/** `example.com/name`. Source: apimachinery/pkg/util/validation/validation.go, IsDomainPrefixedPath. */
export function validateDomainPrefixedPath(text: string, at: string, errors: FieldErrors): void {
  if (text === '') return errors.required(at)
  const slash = text.indexOf('/')
  const [host, path] = slash < 0 ? ['', ''] : [text.slice(0, slash), text.slice(slash + 1)]
  if (host === '' || path === '') {
    return errors.invalid(at, text, 'must be a domain-prefixed path (such as "acme.io/foo")')
  }
  errors.invalids(at, host, isDNS1123Subdomain(host))
  const shape = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) errors.invalid(at, path, regexError('Invalid path', shape))
}

function validateParameters(
  { apiGroup = '', kind = '', name = '', scope, namespace }: Draft<NonNullable<IngressClass['spec']['parameters']>>,
  at: string,
  errors: FieldErrors,
): void {
  if (apiGroup !== '') errors.invalids(`${at}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup))
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') errors.required(`${at}.${field}`)
    else errors.invalids(`${at}.${field}`, value, pathSegmentName(value))
  }
  errors.oneOf(`${at}.scope`, scope, ['Cluster', 'Namespace'])
  if (namespace !== undefined && namespace !== '') {
    if (scope === 'Cluster') errors.forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'")
    else errors.invalids(`${at}.namespace`, namespace, pathSegmentName(namespace))
  } else if (scope === 'Namespace') {
    errors.required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'")
  }
}

export function validateIngressClassUpdate(
  next: Draft<IngressClass>,
  before: Draft<IngressClass>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateImmutable(next.spec?.controller, before.spec?.controller, 'spec.controller', errors)
  validateIngressClass(next, errors)
}
