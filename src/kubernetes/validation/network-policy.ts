/** NetworkPolicies. Source: pkg/apis/networking/validation/validation.go, ValidateNetworkPolicySpec (v1.36). */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../types/ingress.ts'
import type { Draft } from '../draft.ts'
import { cidrProblems, parseCIDR, rangeContains } from '../net.ts'
import { isPortName, isPortNumber } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const POLICY_TYPES = ['Ingress', 'Egress']

export function validateNetworkPolicy(policy: Draft<NetworkPolicy>, errors: FieldErrors): void {
  validateMetadata(policy.metadata, { namespaced: true, name: subdomainName }, errors)
  validateSpec(policy.spec ?? {}, errors)
}

export function validateNetworkPolicyUpdate(
  next: Draft<NetworkPolicy>,
  before: Draft<NetworkPolicy>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateSpec(next.spec ?? {}, errors)
}

function validateSpec(spec: Draft<NetworkPolicy['spec']>, errors: FieldErrors): void {
  validateLabelSelector(spec.podSelector, 'spec.podSelector', errors)
  for (const [i, { ports, from }] of (spec.ingress ?? []).entries()) {
    validateRule(ports, from, `spec.ingress[${i}]`, 'from', errors)
  }
  for (const [i, { ports, to }] of (spec.egress ?? []).entries()) {
    validateRule(ports, to, `spec.egress[${i}]`, 'to', errors)
  }
  const types = spec.policyTypes ?? []
  if (types.length > POLICY_TYPES.length) {
    return errors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')
  }
  for (const [i, type] of types.entries()) {
    if (!POLICY_TYPES.includes(type)) errors.unsupported(`spec.policyTypes[${i}]`, type, POLICY_TYPES)
  }
}

function validateRule(
  ports: readonly Draft<NetworkPolicyPort>[] | undefined,
  peers: readonly Draft<NetworkPolicyPeer>[] | undefined,
  at: string,
  peersField: string,
  errors: FieldErrors,
): void {
  for (const [i, port] of (ports ?? []).entries()) validatePort(port, `${at}.ports[${i}]`, errors)
  for (const [i, peer] of (peers ?? []).entries()) validatePeer(peer, `${at}.${peersField}[${i}]`, errors)
}

function validatePort({ protocol, port, endPort }: Draft<NetworkPolicyPort>, at: string, errors: FieldErrors): void {
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    errors.unsupported(`${at}.protocol`, protocol, PROTOCOLS)
  }
  if (port === undefined) {
    if (endPort !== undefined) {
      errors.invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified')
    }
  } else if (typeof port === 'number') {
    errors.invalids(`${at}.port`, port, isPortNumber(port))
    if (endPort === undefined) return
    if (endPort < port) errors.invalid(`${at}.endPort`, port, 'must be greater than or equal to `port`')
    errors.invalids(`${at}.endPort`, endPort, isPortNumber(endPort))
  } else {
    if (endPort !== undefined) {
      errors.invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric')
    }
    errors.invalids(`${at}.port`, port, isPortName(port))
  }
}

function validatePeer(peer: Draft<NetworkPolicyPeer>, at: string, errors: FieldErrors): void {
  const { podSelector, namespaceSelector, ipBlock } = peer
  validateLabelSelector(podSelector, `${at}.podSelector`, errors)
  validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`, errors)
  if (ipBlock !== undefined) validateBlock(ipBlock, `${at}.ipBlock`, errors)
  if (podSelector === undefined && namespaceSelector === undefined) {
    if (ipBlock === undefined) errors.required(at, 'must specify a peer')
  } else if (ipBlock !== undefined) errors.forbidden(at, 'may not specify both ipBlock and another peer')
}

function validateBlock(
  { cidr = '', except = [] }: Draft<NonNullable<NetworkPolicyPeer['ipBlock']>>,
  at: string,
  errors: FieldErrors,
): void {
  if (cidr === '') return errors.required(`${at}.cidr`)
  const whole = parseCIDR(cidr)
  errors.invalids(`${at}.cidr`, cidr, cidrProblems(cidr))
  if (whole === undefined) return
  for (const [i, text] of except.entries()) {
    const part = parseCIDR(text)
    errors.invalids(`${at}.except[${i}]`, text, cidrProblems(text))
    if (part !== undefined && (!rangeContains(whole, part.address) || whole.prefix >= part.prefix)) {
      errors.invalid(`${at}.except[${i}]`, text, 'must be a strict subset of `cidr`')
    }
  }
}
