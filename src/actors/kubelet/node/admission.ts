import { amountIn, podRequests, resourcesOf, type Resources } from '../../../kubernetes/resources.ts'
import { allowsNode } from '../../../kubernetes/node-selector.ts'
import { untoleratedTaint } from '../../../kubernetes/tolerations.ts'
import type { ContainerPort } from '../../../kubernetes/types/container.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/** Why a node does not take a Pod. */
export interface Refusal {
  readonly reason: string
  readonly message: string
}

const COUNTED = ['cpu', 'memory', 'ephemeral-storage'] as const

/**
 * Whether a Pod fits beside those that a node has taken already; undefined if it does. A scheduler whose view was behind
 * may have placed it where it does not. Source: pkg/kubelet/lifecycle/predicate.go; pkg/scheduler/scheduler.go, AdmissionCheck (v1.36).
 */
export const admission = (
  pod: Pod,
  others: readonly Pod[],
  node: Node,
  allocatable: ResourceList,
): Refusal | undefined => {
  const { os } = pod.spec
  if (os !== undefined && os.name !== 'linux') {
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" }
  }
  return (
    outOfResources(pod, others, resourcesOf(allocatable)) ??
    predicate(allowsNode(pod.spec, node), 'NodeAffinity', "node(s) didn't match Pod's node affinity/selector") ??
    predicate(portsAreFree(pod, others), 'NodePorts', "node(s) didn't have free ports for the requested pod ports") ??
    predicate(
      untoleratedTaint(node.spec.taints, pod.spec.tolerations, ['NoExecute']) === undefined,
      'TaintToleration',
      'node(s) had untolerated taint(s)',
    )
  )
}

const predicate = (holds: boolean, name: string, why: string): Refusal | undefined =>
  holds ? undefined : { reason: name, message: `Predicate ${name} failed: ${why}` }

const outOfResources = (pod: Pod, others: readonly Pod[], allocatable: Resources): Refusal | undefined => {
  if (others.length + 1 > allocatable.pods) return refusal('pods', 1, others.length, allocatable.pods)
  const { requests } = podRequests(pod)
  const used = others.map((other) => podRequests(other).requests)
  for (const name of [...COUNTED, ...requests.scalars.keys()]) {
    const requested = amountIn(requests, name)
    if (requested === 0) continue
    // Resources that the node does not know are somebody else's business.
    const isScalar = requests.scalars.has(name)
    if (isScalar && !allocatable.scalars.has(name)) continue
    const capacity = amountIn(allocatable, name)
    const sum = used.reduce((total, one) => total + amountIn(one, name), 0)
    if (requested > capacity - sum) return refusal(name, requested, sum, capacity)
  }
  return undefined
}

const refusal = (name: string, requested: number, used: number, capacity: number): Refusal => ({
  reason: `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
})

const hostPorts = (pod: Pod): readonly ContainerPort[] => {
  const { containers, initContainers = [] } = pod.spec
  const ports: ContainerPort[] = []
  for (const container of [...containers, ...initContainers.filter((one) => one.restartPolicy === 'Always')]) {
    for (const port of container.ports ?? []) if ((port.hostPort ?? 0) > 0) ports.push(port)
  }
  return ports
}

const portsAreFree = (pod: Pod, others: readonly Pod[]): boolean => {
  const wanted = hostPorts(pod)
  if (wanted.length === 0) return true
  const taken = others.flatMap(hostPorts)
  return !wanted.some((port) => taken.some((other) => clash(port, other)))
}

const ANY = new Set(['', '0.0.0.0'])

const clash = (a: ContainerPort, b: ContainerPort): boolean => {
  if (a.hostPort !== b.hostPort || (a.protocol ?? 'TCP') !== (b.protocol ?? 'TCP')) return false
  const [left, right] = [a.hostIP ?? '', b.hostIP ?? '']
  return left === right || ANY.has(left) || ANY.has(right)
}
