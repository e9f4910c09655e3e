import type { ApiAnswer } from '../../../engine/client/api-client.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { deletePodCall } from '../shared/pod-control.ts'
import { createClaims } from './claims.ts'
import { corrected, newPod, podName, storageMatches } from './identity.ts'
import { applyRetention } from './retention.ts'

/** Source: stateful_pod_control.go, recordPodEvent; the words as a v1.36.2 cluster shows them. */
const announce = (
  verb: 'Create' | 'Update' | 'Delete',
  set: StatefulSet,
  pod: string,
  failure: string | undefined,
  world: World,
): void => {
  const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`
  if (failure === undefined) world.event('StatefulSet', set, 'Normal', `Successful${verb}`, `${what} successful`)
  else world.event('StatefulSet', set, 'Warning', `Failed${verb}`, `${what} failed error: ${failure}`)
}

/** First the claims, then the Pod. Gives why it could not. Source: stateful_pod_control.go, CreateStatefulPod (v1.36). */
export function* createPod(
  set: StatefulSet,
  template: PodTemplateSpec,
  ordinal: number,
  revision: string,
  world: World,
): Sync<string | undefined> {
  const { namespace } = set.metadata
  const name = podName(set, ordinal)
  const unclaimed = yield* createClaims(set, ordinal, world)
  if (unclaimed !== undefined) {
    announce('Create', set, name, unclaimed, world)
    return unclaimed
  }
  const body = newPod(set, template, ordinal, revision)
  const answer = yield* call({ verb: 'create', kind: 'Pod', namespace, name, body })
  if (!answer.ok) {
    // One that exists already will be seen in time.
    if (answer.reason !== 'AlreadyExists') announce('Create', set, name, answer.message, world)
    return answer.message
  }
  const kept = answer.object === undefined ? undefined : yield* applyRetention(set, answer.object, world)
  announce(kept === undefined ? 'Create' : 'Update', set, name, kept, world)
  return kept
}

/** Source: stateful_pod_control.go, DeleteStatefulPod. */
export function* deletePod(set: StatefulSet, pod: Pod, world: World): Sync<ApiAnswer<'Pod'>> {
  const answer = yield* call(deletePodCall(pod))
  announce('Delete', set, pod.metadata.name, answer.ok ? undefined : answer.message, world)
  return answer
}

/** Claims of a Pod that waits for them. Source: stateful_pod_control.go, createMissingPersistentVolumeClaims. */
export function* createMissingClaims(
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
  world: World,
): Sync<string | undefined> {
  const unclaimed = yield* createClaims(set, ordinal, world)
  if (unclaimed !== undefined) return unclaimed
  const kept = yield* applyRetention(set, pod, world)
  if (kept !== undefined) announce('Update', set, pod.metadata.name, kept, world)
  return kept
}

/**
 * Gives a Pod its name, its volumes and their claims again. The Pod is written even if only owners of its claims were not right.
 * Source: stateful_pod_control.go, UpdateStatefulPod.
 */
export function* correctPod(set: StatefulSet, pod: Pod, ordinal: number, world: World): Sync<string | undefined> {
  const { name, namespace } = pod.metadata
  const failure =
    (storageMatches(set, pod) ? undefined : yield* createClaims(set, ordinal, world)) ??
    (yield* applyRetention(set, pod, world))
  if (failure !== undefined) {
    announce('Update', set, name, failure, world)
    return failure
  }
  const answer = yield* call({ verb: 'update', kind: 'Pod', namespace, name, body: corrected(set, pod) })
  announce('Update', set, name, answer.ok ? undefined : answer.message, world)
  return answer.ok ? undefined : answer.message
}
