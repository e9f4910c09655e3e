/** What Endpoints and EndpointSlices have in common: which Pods are endpoints of a Service, at which ports. */
import type { Wake } from '../../../engine/client/controller.ts'
import { keyFor } from '../../../engine/client/keys.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { isReady, isSidecar, isTerminal } from '../../../kubernetes/pods.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Service, ServicePort } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { Membership } from './membership.ts'

/** Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, ShouldPodBeInEndpoints. */
export const hasEndpoint = (pod: Pod): boolean => !isTerminal(pod) && (pod.status?.podIP ?? '') !== ''

/** Whether the Pod is known under its own name in the Service's domain. Source: controller_utils.go, ShouldSetHostname. */
export const isNamedBy = ({ metadata, spec }: Pod, service: Service): boolean =>
  (spec.hostname ?? '') !== '' &&
  spec.subdomain === service.metadata.name &&
  metadata.namespace === service.metadata.namespace

/** A named target port is looked up in the Pod's own containers, sidecars last. Source: pkg/api/v1/pod/util.go, FindPort. */
export const targetPort = (
  { targetPort: target, port, protocol = 'TCP' }: ServicePort,
  pod: Pod,
): number | undefined => {
  if (target === undefined) return port
  if (typeof target === 'number') return target
  const { containers, initContainers = [] } = pod.spec
  for (const container of containers) {
    const found = portNamed(container, target, protocol)
    if (found !== undefined) return found
  }
  for (const container of initContainers) {
    const found = isSidecar(container) ? portNamed(container, target, protocol) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const portNamed = ({ ports = [] }: Container, name: string, protocol: string): number | undefined =>
  ports.find((one) => one.name === name && (one.protocol ?? 'TCP') === protocol)?.containerPort

/**
 * A Pod concerns the Services that select it if something that endpoints show has changed, and those that select it no
 * longer or only now if its labels have.
 * Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, GetServicesToUpdateOnPodChange (v1.36).
 */
export function* podChanged(change: Change, membership: Membership): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  const { former, current } = membership.podChanged(keyFor(change.namespace, change.name), before, after)
  const isNews = before === undefined || after === undefined || endpointChanged(before, after)
  for (const service of current) if (isNews || !former.has(service)) yield service
  for (const service of former) if (!current.has(service)) yield service
}

/** Upstream compares the addresses of the two deletion times: every change of a Pod that stops counts. */
const endpointChanged = (before: Pod, after: Pod): boolean =>
  before.metadata.deletionTimestamp !== undefined ||
  after.metadata.deletionTimestamp !== undefined ||
  isReady(before) !== isReady(after) ||
  before.status?.podIP !== after.status?.podIP ||
  before.spec.hostname !== after.spec.hostname ||
  before.spec.subdomain !== after.spec.subdomain ||
  !sameJson(before.status?.podIPs, after.status?.podIPs)
