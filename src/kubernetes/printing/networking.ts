/** Services and what leads to them, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { formatSelector } from '../selectors.ts'
import type { LabelSelector } from '../types/meta.ts'
import type { Endpoints, EndpointSlice, LoadBalancerIngress, Service } from '../types/networking.ts'
import { age } from './age.ts'
import { labelsText, loadBalancerText, nameOf, withMore } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME, wide } from './table.ts'

/** So many addresses, ports or hosts are named. */
const MOST = 3

export const services = printer<Service>(
  [NAME, column('Type'), column('Cluster-IP'), column('External-IP'), column('Port(s)'), AGE, wide('Selector')],
  (service, now) => [
    nameOf(service),
    service.spec?.type ?? '',
    service.spec?.clusterIPs?.[0] ?? '<none>',
    externalIP(service),
    servicePorts(service),
    age(service, now),
    labelsText(service.spec?.selector),
  ],
)

function externalIP({ spec, status }: Draft<Service>): string {
  const given = spec?.externalIPs ?? []
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return given.length === 0 ? '<none>' : given.join(',')
    case 'LoadBalancer': {
      const balancer = loadBalancerText(status?.loadBalancer?.ingress)
      const all = balancer === '' ? given : [balancer, ...given]
      return all.length === 0 ? '<pending>' : all.join(',')
    }
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

function servicePorts({ spec }: Draft<Service>): string {
  const ports = (spec?.ports ?? []).map(({ port = 0, nodePort = 0, protocol = '' }) =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  )
  return ports.length === 0 ? '<none>' : ports.join(',')
}

export const endpoints = printer<Endpoints>([NAME, column('Endpoints'), AGE], ({ metadata, subsets = [] }, now) => [
  nameOf({ metadata }),
  subsets.length === 0 ? '<none>' : withMore(subsets.flatMap(hostPorts), MOST),
  age({ metadata }, now),
])

/** Every address with every port; the address alone where a headless Service has no ports. */
function hostPorts({
  addresses = [],
  ports = [],
}: NonNullable<Draft<Endpoints>['subsets']>[number]): readonly string[] {
  const ips = addresses.map(({ ip = '' }) => ip)
  if (ports.length === 0) return ips
  return ports.flatMap(({ port = 0 }) => ips.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)))
}

export const endpointSlices = printer<EndpointSlice>(
  [NAME, column('AddressType'), column('Ports'), column('Endpoints'), AGE],
  (slice, now) => {
    const ports = (slice.ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))
    const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? [])
    return [
      nameOf(slice),
      slice.addressType ?? '',
      orUnset(withMore(ports, MOST)),
      orUnset(withMore(addresses, MOST)),
      age(slice, now),
    ]
  },
)

const orUnset = (text: string): string => (text === '' ? '<unset>' : text)

interface Ingress extends ApiObject {
  readonly spec?: {
    readonly ingressClassName?: string
    readonly rules?: readonly { readonly host?: string }[]
    readonly tls?: readonly unknown[]
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] } }
}

export const ingresses = printer<Ingress>(
  [NAME, column('Class'), column('Hosts'), column('Address'), column('Ports'), AGE],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    spec?.ingressClassName ?? '<none>',
    hosts(spec?.rules ?? []),
    loadBalancerText(status?.loadBalancer?.ingress),
    (spec?.tls ?? []).length === 0 ? '80' : '80, 443',
    age({ metadata }, now),
  ],
)

/** What is left out is counted in rules, with a host or without. Source: formatHosts. */
function hosts(rules: readonly { readonly host?: string }[]): string {
  const named: string[] = []
  for (const { host = '' } of rules) {
    if (named.length === MOST) return `${named.join(',')} + ${rules.length - MOST} more...`
    if (host !== '') named.push(host)
  }
  return named.length === 0 ? '*' : named.join(',')
}

interface IngressClass extends ApiObject {
  readonly spec?: {
    readonly controller?: string
    readonly parameters?: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string }
  }
}

export const ingressClasses = printer<IngressClass>(
  [NAME, column('Controller'), column('Parameters'), AGE],
  ({ metadata, spec }, now) => [
    nameOf({ metadata }),
    spec?.controller ?? '',
    parametersText(spec?.parameters),
    age({ metadata }, now),
  ],
)

function parametersText(to: { apiGroup?: string; kind?: string; name?: string } | undefined): string {
  if (to === undefined) return '<none>'
  return `${to.kind ?? ''}${to.apiGroup === undefined ? '' : `.${to.apiGroup}`}/${to.name ?? ''}`
}

interface NetworkPolicy extends ApiObject {
  readonly spec?: { readonly podSelector?: LabelSelector }
}

export const networkPolicies = printer<NetworkPolicy>(
  [NAME, column('Pod-Selector'), AGE],
  ({ metadata, spec }, now) => [
    nameOf({ metadata }),
    formatSelector(spec?.podSelector as LabelSelector),
    age({ metadata }, now),
  ],
)

interface IPAddress extends ApiObject {
  readonly spec?: {
    readonly parentRef?: {
      readonly group?: string
      readonly resource?: string
      readonly namespace?: string
      readonly name?: string
    }
  }
}

/** Upstream fills a cell with the age, too, that has no column. */
export const ipAddresses = printer<IPAddress>([NAME, column('ParentRef')], ({ metadata, spec }, now) => [
  nameOf({ metadata }),
  parentText(spec?.parentRef),
  age({ metadata }, now),
])

function parentText(to: NonNullable<Draft<IPAddress>['spec']>['parentRef']): string {
  if (to === undefined) return '<none>'
  const { group = '', resource = '', namespace = '', name = '' } = to
  const kind = (group === '' ? resource : `${resource}.${group}`).toLowerCase()
  return [kind, ...(namespace === '' ? [] : [namespace]), name].join('/')
}

interface ServiceCIDR extends ApiObject {
  readonly spec?: { readonly cidrs?: readonly string[] }
}

export const serviceCIDRs = printer<ServiceCIDR>([NAME, column('CIDRs'), AGE], ({ metadata, spec }, now) => [
  nameOf({ metadata }),
  (spec?.cidrs ?? []).join(','),
  age({ metadata }, now),
])
