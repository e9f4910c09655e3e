import { isReady, isTerminating } from '../../../kubernetes/pods.ts'
import type { Endpoint, EndpointPort, Service } from '../../../kubernetes/types/networking.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { hasEndpoint, isNamedBy, targetPort } from '../shared/endpoint-pods.ts'
import { ZONE } from './zone-cpu.ts'

/** Endpoints that share their ports: one group of slices. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[]
  /** By the identity of each: see `identityOf`. */
  readonly endpoints: Map<string, Endpoint>
}

/** What a Service's slices should hold, by the ports that its Pods resolve to, and what could not be published. */
export interface Desired {
  readonly groups: ReadonlyMap<string, PortGroup>
  readonly failures: readonly string[]
}

/**
 * A Pod on a node that is not there is left out, and the Service tried again, unless it publishes whatever it selects.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByAddressType (v1.36). Abridged: IPv4 only.
 */
export const desiredEndpoints = (
  service: Service,
  pods: Iterable<Pod>,
  nodeOf: (name: string) => Node | undefined,
): Desired => {
  const groups = new Map<string, PortGroup>()
  const failures: string[] = []
  for (const pod of pods) {
    if (!hasEndpoint(pod)) continue
    const ports = portsFor(service, pod)
    const key = portKey(ports)
    let group = groups.get(key)
    if (group === undefined) groups.set(key, (group = { ports, endpoints: new Map() }))
    const { nodeName = '' } = pod.spec
    const node = nodeOf(nodeName)
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      const { namespace, name } = service.metadata
      failures.push(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${nodeName} Not Found`)
      continue
    }
    const endpoint = endpointOf(service, pod, node)
    group.endpoints.set(identityOf(endpoint), endpoint)
  }
  return { groups, failures }
}

/** What makes two endpoints the same one, whatever else about it has changed. Source: util/endpointset.go, hashEndpoint. */
export const identityOf = ({ addresses, hostname = '', targetRef }: Endpoint): string =>
  `${addresses.join()}/${hostname}/${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`

/** What tells groups of ports apart, whatever their order. */
export const portKey = (ports: readonly EndpointPort[]): string =>
  ports
    .map(({ name = '', protocol = 'TCP', port = 0, appProtocol = '' }) => `${name}/${protocol}/${port}/${appProtocol}`)
    .toSorted()
    .join(',')

/** Source: endpointslice/utils.go, podToEndpoint. */
const endpointOf = (service: Service, pod: Pod, node: Node | undefined): Endpoint => {
  const serving = isReady(pod)
  const terminating = isTerminating(pod)
  const { namespace, name, uid } = pod.metadata
  const { hostname = '', nodeName = '' } = pod.spec
  const zone = node?.metadata.labels?.[ZONE] ?? ''
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(isNamedBy(pod, service) ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === '' ? {} : { nodeName }),
    ...(zone === '' ? {} : { zone }),
  }
}

/** Source: endpointslice/utils.go, getEndpointPorts: a port that the Pod does not have is left out. */
const portsFor = (service: Service, pod: Pod): readonly EndpointPort[] =>
  (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(servicePort, pod)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
