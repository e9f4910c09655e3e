import { call, type Sync, type World } from '../../../engine/client/controller.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { isReady } from '../../../kubernetes/pods.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/**
 * Nobody on a silent node can say that its Pods are no longer ready, so this says it, Pod by Pod.
 * Source: pkg/controller/util/node/controller_utils.go, MarkPodsNotReady (v1.36).
 */
export function* markPodsNotReady(node: Node, world: World): Sync {
  let failure: string | undefined
  for (const pod of world.view.indexed('Pod', 'node', node.metadata.name)) {
    if (!isReady(pod)) continue
    const { namespace, name } = pod.metadata
    const body = { ...pod, status: notReady(pod, rfc3339(world.now)) }
    const answer = yield* call({ verb: 'update', kind: 'Pod', namespace, name, subresource: 'status', body })
    if (answer.ok) world.event('Pod', pod, 'Warning', 'NodeNotReady', 'Node is not ready')
    else if (answer.code !== 404) failure ??= answer.message
  }
  return failure === undefined ? undefined : { retry: failure }
}

const notReady = (pod: Pod, now: string): Pod['status'] => ({
  ...pod.status,
  conditions: setCondition(pod.status?.conditions, { type: 'Ready', status: 'False' }, now),
})
