/** Whether a node has room for what a Pod asks for. Source: pkg/kubelet/lifecycle/predicate.go (v1.36). */
import { amountIn, podRequests, resourcesOf } from '../../../kubernetes/resources.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { withMembers } from '../../../kubernetes/with-members.ts'
import { admission, type Refusal } from '../node/admission.ts'

export interface Room {
  readonly node: Node
  readonly allocatable: ResourceList
  /** Those that the node has taken, with what it has granted them. */
  readonly others: readonly Pod[]
}

/** A Pod that comes, or comes back after a restart of the kubelet: by what it asks for, whatever its status shows. */
export const admit = (pod: Pod, { node, allocatable, others }: Room): Refusal | undefined =>
  admission(withoutStatus(pod), others, node, allocatable)

/** A Pod that asks for something else now. What the node could never give is infeasible; else it waits for room. */
export const admitResize = (pod: Pod, { node, allocatable, others }: Room): Refusal | undefined => {
  const wanted = podRequests(withoutStatus(pod)).requests
  const capacity = resourcesOf(allocatable)
  for (const name of ['memory', 'cpu']) {
    const [requested, has] = [amountIn(wanted, name), amountIn(capacity, name)]
    if (requested <= has) continue
    const message = `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${has}`
    return { reason: 'Infeasible', message }
  }
  const refusal = admission(withoutStatus(pod), others, node, allocatable)
  return refusal === undefined ? undefined : { reason: 'Deferred', message: refusal.message }
}

const withoutStatus = (pod: Pod): Pod =>
  pod.status?.containerStatuses === undefined ? pod : withMembers<Pod>(pod, { status: undefined })
