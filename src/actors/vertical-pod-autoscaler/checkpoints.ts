import type { World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Micros } from '../../events/envelope.ts'
import { minutes } from '../../events/time.ts'
import type { View } from '../../kubernetes/view.ts'
import type { Memory } from './recommender.ts'
import {
  CHECKPOINT_KIND,
  VPA_GROUP,
  type VerticalPodAutoscaler,
  type VerticalPodAutoscalerCheckpoint,
} from './types.ts'

/**
 * How often each autoscaler's knowledge is written down.
 * Abridged: upstream writes a few of all in each loop, at least ten.
 * Source: pkg/recommender/checkpoint/checkpoint_writer.go, StoreCheckpoints (VPA 1.5).
 */
const SAVE_EVERY: Micros = minutes(10)

export const checkpoints = (
  { metadata }: VerticalPodAutoscaler,
  view: View,
): readonly VerticalPodAutoscalerCheckpoint[] =>
  (
    view.list(CHECKPOINT_KIND, metadata.namespace) as readonly ApiObject[] as readonly VerticalPodAutoscalerCheckpoint[]
  ).filter(({ spec }) => spec.vpaObjectName === metadata.name)

export function* saveCheckpoints(autoscalers: readonly VerticalPodAutoscaler[], world: World<Memory>): Sync<void> {
  for (const autoscaler of autoscalers) {
    const known = world.memory.known.get(autoscaler.metadata.uid)
    if (known === undefined || known.savedAt + SAVE_EVERY > world.now) continue
    known.savedAt = world.now
    const { namespace, name: vpaObjectName } = autoscaler.metadata
    for (const [containerName, state] of known.states) {
      if (state.samples === 0) continue
      const name = `${vpaObjectName}-${containerName}`
      const body = {
        apiVersion: `${VPA_GROUP}/v1`,
        kind: 'VerticalPodAutoscalerCheckpoint',
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
        spec: { vpaObjectName, containerName },
        status: state.save(world.now),
      }
      const where = { kind: CHECKPOINT_KIND, namespace } as const
      const patched = yield* call({ ...where, verb: 'patch', name, patchType: 'merge', body })
      if (!patched.ok && patched.code === 404) yield* call({ ...where, verb: 'create', name, body })
    }
  }
}
