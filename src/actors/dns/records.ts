import { isEndpointReady } from '../../kubernetes/endpoint-slices.ts'
import type { Endpoint, EndpointSlice, Service } from '../../kubernetes/types/networking.ts'

/** What DNS reads of the cluster. */
export interface Zone {
  service(namespace: string, name: string): Service | undefined
  slices(namespace: string, name: string): readonly EndpointSlice[]
}

export type Lookup =
  /** Addresses; none means that the name is there without any. */
  { readonly addresses: readonly string[] } | { readonly canonical: string } | undefined

export const CLUSTER_DOMAIN = 'cluster.local'
/** Names with fewer dots are tried with the search path first. Source: pkg/kubelet/network/dns/dns.go, defaultDNSOptions. */
const NDOTS = 5

/** Full names to try in turn for a name as a process in `namespace` writes it. A final dot makes it full already. */
export const searchPath = (name: string, namespace: string): readonly string[] => {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const search = [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN].map(
    (end) => `${name}.${end}`,
  )
  const dots = name.split('.').length - 1
  return dots >= NDOTS ? [name, ...search] : [...search, name]
}

/**
 * What the cluster's zone holds under a full name; undefined if nothing.
 * Source: kubernetes/dns, docs/specification.md §2.3-2.5: `service.namespace.svc`, `hostname.service.namespace.svc`.
 * Abridged: A records only; no Pod records, no reverse look-ups, no IPv6.
 */
export const lookUp = (name: string, zone: Zone): Lookup => {
  const suffix = `.svc.${CLUSTER_DOMAIN}`
  if (!name.endsWith(suffix)) return undefined
  const labels = name.slice(0, -suffix.length).toLowerCase().split('.')
  const [namespace, service, hostname, ...more] = labels.reverse()
  if (namespace === undefined || service === undefined || more.length > 0) return undefined
  const found = zone.service(namespace, service)
  if (found === undefined) return undefined
  const { spec } = found
  if (spec.type === 'ExternalName') {
    return hostname === undefined && spec.externalName !== undefined ? { canonical: spec.externalName } : undefined
  }
  if (spec.clusterIP !== 'None') {
    return hostname === undefined && spec.clusterIP !== undefined ? { addresses: [spec.clusterIP] } : undefined
  }
  const endpoints = zone
    .slices(namespace, service)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(isEndpointReady)
  if (hostname === undefined) return { addresses: addressesOf(endpoints) }
  const addresses = addressesOf(endpoints.filter((endpoint) => nameOf(endpoint) === hostname))
  return addresses.length === 0 ? undefined : { addresses }
}

/** Its hostname, else its address with dashes. */
const nameOf = ({ hostname, addresses }: Endpoint): string => hostname ?? (addresses[0] ?? '').replaceAll('.', '-')

const addressesOf = (endpoints: readonly Endpoint[]): readonly string[] => [
  ...new Set(endpoints.flatMap(({ addresses }) => addresses)),
]
