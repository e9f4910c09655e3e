import { isReady, isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import type { Endpoint, EndpointPort, Service, ServicePort } from '../../../kubernetes/types/networking.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

const ZONE = 'topology.kubernetes.io/zone'

/** Endpoints that share their ports: one group of slices. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Endpoint[]
}

/** Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, ShouldPodBeInEndpoints. */
const isEligible = (pod: Pod): boolean => !isTerminal(pod) && (pod.status?.podIP ?? '') !== '' && hasNode(pod)

const hasNode = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== ''

/**
 * What a Service's slices should hold, by the ports that its Pods resolve to.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByAddressType (v1.36). Abridged: IPv4 only.
 */
export const desiredEndpoints = (
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
): ReadonlyMap<string, PortGroup> => {
  const groups = new Map<string, PortGroup>()
  for (const pod of pods) {
    if (!isEligible(pod)) continue
    const ports = portsFor(service, pod)
    const key = portKey(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    groups.set(key, group)
    group.endpoints.push(endpointOf(service, pod, nodeOf(pod.spec.nodeName ?? '')))
  }
  return groups
}

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
  const zone = node?.metadata.labels?.[ZONE]
  const { hostname, subdomain } = pod.spec
  const named =
    hostname !== undefined && subdomain === service.metadata.name && namespace === service.metadata.namespace
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(named ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    nodeName: pod.spec.nodeName,
    ...(zone === undefined ? {} : { zone }),
  }
}

const portsFor = (service: Service, pod: Pod): readonly EndpointPort[] =>
  (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(servicePort, pod)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })

/** A named target port is looked up in the Pod's own containers. Source: FindPort. */
const targetPort = ({ targetPort: target, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined => {
  if (target === undefined) return port
  if (typeof target === 'number') return target
  for (const container of pod.spec.containers) {
    for (const one of container.ports ?? []) {
      if (one.name === target && (one.protocol ?? 'TCP') === protocol) return one.containerPort
    }
  }
  return undefined
}
