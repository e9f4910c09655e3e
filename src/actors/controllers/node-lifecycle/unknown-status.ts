import type { Time } from '../../../kubernetes/types/meta.ts'
import type { Node, NodeCondition, NodeStatus } from '../../../kubernetes/types/node.ts'

/** The conditions that a silent node loses. Source: node_lifecycle_controller.go, tryUpdateNodeHealth. */
const OBSERVED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The status of a node of which nothing is known any more. */
export const unknownStatus = (node: Node, now: Time): NodeStatus => {
  const conditions: NodeCondition[] = (node.status?.conditions ?? []).map((condition) =>
    OBSERVED.includes(condition.type) && condition.status !== 'Unknown'
      ? {
          ...condition,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        }
      : condition,
  )
  for (const type of OBSERVED) {
    if (conditions.some((condition) => condition.type === type)) continue
    conditions.push({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: node.metadata.creationTimestamp,
      lastTransitionTime: now,
    })
  }
  return { ...node.status, conditions }
}
