import { millis } from '../../../events/time.ts'
import { call, pause, type Sync } from '../../../engine/client/sync.ts'
import { conditionStatus } from '../../../kubernetes/conditions.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Time } from '../../../kubernetes/types/meta.ts'
import type { Node, NodeCondition, NodeStatus } from '../../../kubernetes/types/node.ts'
import type { LifecycleWorld } from './monitor.ts'

/** Source: node_lifecycle_controller.go, retrySleepTime; nodelifecycle/scheduler/rate_limited_queue.go, NodeHealthUpdateRetry. */
const TRY_AGAIN = millis(20)
const TRIES = 5

/** The conditions that a silent node loses. NetworkUnavailable is the control plane's own affair. */
const OBSERVED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/**
 * Writes that nothing is known of a node any more, unless it is heard of while this is tried. Gives the node as written and
 * whether it was ready until then; undefined when nothing was written.
 * Source: node_lifecycle_controller.go, tryUpdateNodeHealth (v1.36).
 */
export function* writeUnknown(
  seen: Node,
  world: LifecycleWorld,
): Sync<{ readonly node: Node; readonly wasReady: boolean } | undefined> {
  const { name } = seen.metadata
  const health = world.memory.health.get(name)
  let node = seen
  for (let attempt = 1; health !== undefined; attempt++) {
    const ready = conditionStatus(node.status?.conditions, 'Ready')
    if (!health.isSilent || ready === 'Unknown') return undefined
    const body = { ...node, status: unknownStatus(node, rfc3339(world.now)) }
    const answer = yield* call({ verb: 'update', kind: 'Node', name, subresource: 'status', body })
    if (answer.ok) {
      health.wrote(body)
      return { node: answer.object ?? body, wasReady: ready === 'True' }
    }
    const fresh = yield* call({ verb: 'get', kind: 'Node', name })
    if (!fresh.ok || fresh.object === undefined || attempt === TRIES) return undefined
    node = fresh.object
    yield* pause(TRY_AGAIN)
    health.look(node, world.view.get('Lease', 'kube-node-lease', name), world.monotonic)
  }
  return undefined
}

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
