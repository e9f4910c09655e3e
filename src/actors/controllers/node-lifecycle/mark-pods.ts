import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { podCondition } from '../../../kubernetes/pods.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/**
 * Nobody on a silent node can say that its Pods are no longer ready, so this says it, Pod by Pod. True if all was said.
 * Source: pkg/controller/util/node/controller_utils.go, MarkPodsNotReady (v1.36).
 */
export function* markPodsNotReady(pods: readonly Pod[], world: World): Sync<boolean> {
  let isDone = true
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')
    if (ready === undefined || ready.status === 'False') continue
    const { namespace, name, generation } = pod.metadata
    const now = rfc3339(world.now)
    const notReady = { ...ready, observedGeneration: generation, status: 'False', lastTransitionTime: now } as const
    const status = { ...pod.status, conditions: setCondition(pod.status?.conditions, notReady, now) }
    const body = { ...pod, status }
    const answer = yield* call({ verb: 'update', kind: 'Pod', namespace, name, subresource: 'status', body })
    if (!answer.ok && answer.code === 404) continue
    if (!answer.ok) isDone = false
    world.event('Pod', pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }
  return isDone
}
