import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import { all, isNamespaceTerminating, slowStart, type Sync } from '../../../engine/client/sync.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { isActive } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { cheapestToLoseFirst } from '../shared/deletion-rank.ts'
import { createPodCall, deletePodCall } from '../shared/pod-control.ts'

/**
 * Creates Pods in growing batches; what is not created will not be seen, so it is no longer expected.
 * A namespace that goes away refuses all Pods. That counts as done: nobody need try again, and the expectations stay.
 */
export function* createPods(
  key: string,
  replicaSet: ReplicaSet,
  count: number,
  world: World,
): Sync<string | undefined> {
  const { template } = replicaSet.spec
  if (template === undefined) return undefined
  let failure: string | undefined
  world.expectations.expectCreations(key, count, world.monotonic)
  const sent = yield* slowStart(
    Array.from({ length: count }, () => createPodCall(replicaSet, template)),
    (answer) => {
      if (answer.ok) {
        const message = `Created pod: ${answer.object?.metadata.name ?? ''}`
        world.event('ReplicaSet', replicaSet, 'Normal', 'SuccessfulCreate', message)
      } else if (!isNamespaceTerminating(answer)) {
        world.expectations.created(key)
        world.event('ReplicaSet', replicaSet, 'Warning', 'FailedCreate', `Error creating: ${answer.message}`)
        failure ??= answer.message
      }
    },
    (answer) => !answer.ok && !isNamespaceTerminating(answer),
  )
  world.expectations.created(key, count - sent)
  return failure
}

/** Deletes the Pods that are the least loss, all at once. One that is gone already is a failure too, though a silent one. */
export function* deletePods(
  key: string,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  count: number,
  world: World,
): Sync<string | undefined> {
  const ranked = count < active.length ? cheapestToLoseFirst(active, relatedPods(replicaSet, world), world.now) : active
  const victims = ranked.slice(0, count)
  let failure: string | undefined
  world.expectations.expectDeletions(key, victims.map(keyOf), world.monotonic)
  yield* all(victims.map(deletePodCall), (answer, index) => {
    const victim = victims[index]
    if (victim === undefined) return
    if (answer.ok) {
      const message = `Deleted pod: ${victim.metadata.name}`
      world.event('ReplicaSet', replicaSet, 'Normal', 'SuccessfulDelete', message)
      return
    }
    world.expectations.deleted(key, keyOf(victim))
    if (answer.code === 404) failure ??= answer.message
    else {
      world.event('ReplicaSet', replicaSet, 'Warning', 'FailedDelete', `Error deleting: ${answer.message}`)
      failure ??= `unable to delete pods: ${answer.message}`
    }
  })
  return failure
}

/** The active Pods of all ReplicaSets that have the same controlling owner: the other revisions of one Deployment. */
const relatedPods = (replicaSet: ReplicaSet, world: World): readonly Pod[] => {
  const owner = controllerOf(replicaSet)
  const siblings = owner === undefined ? [replicaSet] : world.view.indexed('ReplicaSet', 'controller', owner.uid)
  return siblings
    .flatMap((sibling) => world.view.indexed('Pod', 'controller', sibling.metadata.uid))
    .filter((pod) => isActive(pod))
}
