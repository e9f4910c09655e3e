import {
  ingressClassStrategy,
  ingressStrategy,
  ipAddressStrategy,
  networkPolicyStrategy,
  serviceCIDRStrategy,
} from '../strategy/networking.ts'
import { row, type KindRow } from './row.ts'

const group = 'networking.k8s.io'

export const NETWORKING_ROWS: readonly KindRow[] = [
  row('IngressClass', { group, resource: 'ingressclasses', clusterScoped: true, strategy: ingressClassStrategy }),
  row('Ingress', {
    group,
    resource: 'ingresses',
    shortNames: ['ing'],
    subresources: ['status'],
    storagePrefix: 'ingress',
    strategy: ingressStrategy,
  }),
  row('IPAddress', {
    group,
    resource: 'ipaddresses',
    shortNames: ['ip'],
    clusterScoped: true,
    strategy: ipAddressStrategy,
  }),
  row('NetworkPolicy', {
    group,
    resource: 'networkpolicies',
    shortNames: ['netpol'],
    strategy: networkPolicyStrategy,
  }),
  row('ServiceCIDR', { group, clusterScoped: true, subresources: ['status'], strategy: serviceCIDRStrategy }),
]
