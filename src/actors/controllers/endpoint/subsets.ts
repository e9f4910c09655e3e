import { isReady, isTerminating } from '../../../kubernetes/pods.ts'
import type { EndpointAddress, EndpointSubset, Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { hasEndpoint, isNamedBy, targetPort } from '../shared/endpoint-pods.ts'

type Port = NonNullable<EndpointSubset['ports']>[number]

/** The addresses that offer one port, by address and Pod. */
interface Offer {
  /** Undefined for a headless Service without ports. */
  readonly port: Port | undefined
  readonly ready: Map<string, EndpointAddress>
  readonly notReady: Map<string, EndpointAddress>
}

/**
 * The Pods of a Service as Endpoints have them: the ports that the same addresses offer share one subset.
 * Source: pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/api/v1/endpoints/util.go, RepackSubsets (v1.36).
 * Abridged: IPv4 only; ports and subsets are in the order of their names and numbers, upstream's follows a hash.
 */
export const desiredSubsets = (service: Service, pods: Iterable<Pod>): readonly EndpointSubset[] => {
  const offers = new Map<string, Offer>()
  const { publishNotReadyAddresses = false } = service.spec
  for (const pod of pods) {
    if (!hasEndpoint(pod) || (isTerminating(pod) && !publishNotReadyAddresses)) continue
    const address = addressOf(service, pod)
    const key = `${address.ip}/${pod.metadata.uid}`
    for (const port of portsOf(service, pod)) {
      const name = portKey(port)
      let offer = offers.get(name)
      if (offer === undefined) offers.set(name, (offer = { port, ready: new Map(), notReady: new Map() }))
      const isServing = publishNotReadyAddresses || isReady(pod)
      ;(isServing ? offer.ready : offer.notReady).set(key, address)
    }
  }
  return repack(offers)
}

const addressOf = (service: Service, pod: Pod): EndpointAddress => {
  const { namespace, name, uid } = pod.metadata
  return {
    ip: pod.status?.podIP ?? '',
    ...(isNamedBy(pod, service) ? { hostname: pod.spec.hostname } : {}),
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

/** A port that the Pod does not have is left out; a headless Service may have none, and is published all the same. */
const portsOf = ({ spec }: Service, pod: Pod): readonly (Port | undefined)[] => {
  const { ports = [], clusterIP } = spec
  if (ports.length === 0) return clusterIP === 'None' ? [undefined] : []
  return ports.flatMap((servicePort) => {
    const port = targetPort(servicePort, pod)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [
      {
        ...(name === '' ? {} : { name }),
        port,
        protocol,
        ...(appProtocol === undefined ? {} : { appProtocol }),
      },
    ]
  })
}

const portKey = (port: Port | undefined): string =>
  port === undefined ? '' : `${port.name ?? ''}/${port.port}/${port.protocol ?? ''}/${port.appProtocol ?? ''}`

const repack = (offers: ReadonlyMap<string, Offer>): readonly EndpointSubset[] => {
  const byAddresses = new Map<string, Offer[]>()
  for (const [, offer] of [...offers].toSorted(([a], [b]) => compare(a, b))) {
    const key = `${[...offer.ready.keys()].toSorted().join()}|${[...offer.notReady.keys()].toSorted().join()}`
    const same = byAddresses.get(key)
    if (same === undefined) byAddresses.set(key, [offer])
    else same.push(offer)
  }
  const subsets: EndpointSubset[] = []
  for (const same of byAddresses.values()) {
    const [first] = same
    if (first === undefined) continue
    const addresses = sorted(first.ready)
    const notReadyAddresses = sorted(first.notReady)
    const ports = same.flatMap(({ port }) => (port === undefined ? [] : [port]))
    subsets.push({
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ...(ports.length === 0 ? {} : { ports }),
    })
  }
  return subsets
}

/** By address, then by the Pod's uid. Source: pkg/api/v1/endpoints/util.go, LessEndpointAddress. */
const sorted = (addresses: ReadonlyMap<string, EndpointAddress>): readonly EndpointAddress[] =>
  [...addresses.values()].toSorted(
    (a, b) => compare(a.ip, b.ip) || compare(a.targetRef?.uid ?? '', b.targetRef?.uid ?? ''),
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
