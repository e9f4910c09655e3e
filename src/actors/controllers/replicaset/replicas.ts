import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { isActive } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { cheapestToLoseFirst } from '../shared/deletion-rank.ts'
import { createPodCall } from '../shared/pod-control.ts'
import { createPodsSlowly, deletePodsAtOnce } from '../shared/pod-writes.ts'
import type { ReplicaKind } from './family.ts'

/** Creates Pods; gives why the first was not. */
export function* createPods(
  key: string,
  replicaSet: ReplicaSet,
  count: number,
  world: World,
): Sync<string | undefined> {
  const { template } = replicaSet.spec
  if (template === undefined) return undefined
  world.expectations.expectCreations(key, count, world.monotonic)
  const calls = Array.from({ length: count }, () => createPodCall(replicaSet, template))
  return (yield* createPodsSlowly(key, replicaSet, calls, world)).failure
}

/** Deletes the Pods that are the least loss, all at once; gives why the first was not. */
export function* deletePods(
  key: string,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  count: number,
  world: World,
): Sync<string | undefined> {
  const ranked = count < active.length ? cheapestToLoseFirst(active, relatedPods(replicaSet, world), world.now) : active
  const victims = ranked.slice(0, count)
  world.expectations.expectDeletions(key, victims.map(keyOf), world.monotonic)
  return (yield* deletePodsAtOnce(key, replicaSet, victims, world, true)).failure
}

/** The active Pods of all ReplicaSets that have the same controlling owner: the other revisions of one Deployment. */
const relatedPods = (replicaSet: ReplicaSet, world: World): readonly Pod[] => {
  const owner = controllerOf(replicaSet)
  const siblings =
    owner === undefined ? [replicaSet] : world.view.indexed(replicaSet.kind as ReplicaKind, 'controller', owner.uid)
  return siblings
    .flatMap((sibling) => world.view.indexed('Pod', 'controller', sibling.metadata.uid))
    .filter((pod) => isActive(pod))
}
