import type { Wake, World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf } from '../../../engine/client/keys.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { isRolling } from './arithmetic.ts'
import { podsOf } from './replica-sets.ts'

export const deploymentChanged = ({ namespace, name }: Change): readonly Wake[] => [keyFor(namespace, name)]

/**
 * Wakes the ReplicaSet's Deployment, and the one it had before; a ReplicaSet without an owner wakes who may adopt it.
 * Source: pkg/controller/deployment/deployment_controller.go, addReplicaSet, updateReplicaSet, deleteReplicaSet (v1.36).
 */
export function* replicaSetChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as ReplicaSet | undefined
  const after = change.after as ReplicaSet | undefined
  const owner = ownerOf(after ?? before, world)
  const former = ownerOf(before, world)
  if (owner !== undefined) yield keyOf(owner)
  if (former !== undefined && former !== owner) yield keyOf(former)
  if (after === undefined || after.metadata.deletionTimestamp !== undefined || controllerOf(after) !== undefined) return
  const isNews =
    before === undefined ||
    controllerOf(before) !== undefined ||
    !sameJson(before.metadata.labels, after.metadata.labels)
  if (!isNews) return
  for (const deployment of world.view.list('Deployment', change.namespace)) {
    if (matchesSelector(deployment.spec.selector, after.metadata.labels)) yield keyOf(deployment)
  }
}

/** A Recreate rollout waits for the last Pod to be gone; no other change of a Pod matters here. Source: deletePod. */
export function* podChanged(change: Change, world: World): Generator<Wake> {
  const pod = change.before as Pod | undefined
  if (change.after !== undefined || pod === undefined) return
  const reference = controllerOf(pod)
  if (reference?.kind !== 'ReplicaSet') return
  const deployment = ownerOf(world.view.get('ReplicaSet', change.namespace, reference.name), world)
  if (deployment === undefined || isRolling(deployment)) return
  const all = world.view.indexed('ReplicaSet', 'controller', deployment.metadata.uid)
  if (podsOf(all, world).length === 0) yield keyOf(deployment)
}

/** The living Deployment that a ReplicaSet's reference means: name and uid must fit. Source: resolveControllerRef. */
const ownerOf = (replicaSet: ReplicaSet | undefined, world: World): Deployment | undefined => {
  const reference = replicaSet === undefined ? undefined : controllerOf(replicaSet)
  if (reference?.kind !== 'Deployment') return undefined
  const deployment = world.view.get('Deployment', replicaSet?.metadata.namespace, reference.name)
  return deployment?.metadata.uid === reference.uid ? deployment : undefined
}
