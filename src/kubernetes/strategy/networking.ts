/**
 * What comes in from outside, who may talk to whom, and the ranges of Services' addresses.
 *
 * Source: pkg/registry/networking/<kind>/strategy.go; pkg/apis/networking/v1/defaults.go (v1.36).
 */
import type {
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  NetworkPolicyPort,
  ServiceCIDR,
} from '../types/ingress.ts'
import type { Draft } from '../draft.ts'
import {
  validateIngress,
  validateIngressClass,
  validateIngressClassUpdate,
  validateIngressStatusUpdate,
  validateIngressUpdate,
} from '../validation/ingress.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { validateNetworkPolicy, validateNetworkPolicyUpdate } from '../validation/network-policy.ts'
import {
  validateIPAddress,
  validateIPAddressUpdate,
  validateServiceCIDR,
  validateServiceCIDRUpdate,
} from '../validation/service-addresses.ts'
import { ingressWarnings } from '../warnings/ingress.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

export const ingressStrategy = defineStrategy<Ingress>({
  prepareForCreate: (ingress) => resetStatus(ingress, { loadBalancer: {} }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: ingressWarnings,
  check: validateIngress,
  checkUpdate: validateIngressUpdate,
  checkStatusUpdate: validateIngressStatusUpdate,
})

export const ingressClassStrategy = defineStrategy<IngressClass>({
  defaults: withScope,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  check: validateIngressClass,
  checkUpdate: validateIngressClassUpdate,
})

function withScope(ingressClass: Draft<IngressClass>): Draft<IngressClass> {
  const parameters = ingressClass.spec?.parameters
  if (parameters === undefined || parameters.scope !== undefined) return ingressClass
  return { ...ingressClass, spec: { ...ingressClass.spec, parameters: { ...parameters, scope: 'Cluster' } } }
}

export const networkPolicyStrategy = defineStrategy<NetworkPolicy>({
  defaults: defaultNetworkPolicy,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  check: validateNetworkPolicy,
  checkUpdate: validateNetworkPolicyUpdate,
})

/** It is about what comes in, and about what goes out if it says anything of that. */
function defaultNetworkPolicy(policy: Draft<NetworkPolicy>): Draft<NetworkPolicy> {
  const { ingress, egress, policyTypes = [] } = policy.spec ?? {}
  const types = (egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  const withProtocol = (port: Draft<NetworkPolicyPort>): Draft<NetworkPolicyPort> => ({ protocol: 'TCP', ...port })
  const withProtocols = <R extends { readonly ports?: readonly Draft<NetworkPolicyPort>[] }>(rule: R): R =>
    rule.ports === undefined ? rule : { ...rule, ports: rule.ports.map(withProtocol) }
  return {
    ...policy,
    spec: {
      ...policy.spec,
      ...(ingress === undefined ? {} : { ingress: ingress.map(withProtocols) }),
      ...(egress === undefined ? {} : { egress: egress.map(withProtocols) }),
      policyTypes: policyTypes.length > 0 ? policyTypes : types,
    },
  }
}

export const ipAddressStrategy = defineStrategy<IPAddress>({
  check: validateIPAddress,
  checkUpdate: validateIPAddressUpdate,
})

export const serviceCIDRStrategy = defineStrategy<ServiceCIDR>({
  prepareForCreate: (range) => resetStatus(range, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  check: validateServiceCIDR,
  checkUpdate: validateServiceCIDRUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})
