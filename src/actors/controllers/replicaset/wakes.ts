import { seconds } from '../../../events/time.ts'
import type { Wake, World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf } from '../../../engine/client/keys.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { isReady, isTerminating } from '../../../kubernetes/pods.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'

/** What was expected of a ReplicaSet says nothing about its successor of the same name. Source: updateRS, deleteRS. */
export function* replicaSetChanged({ namespace, name, before, after }: Change, world: World): Generator<Wake> {
  const key = keyFor(namespace, name)
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) world.expectations.forget(key)
  yield key
}

/**
 * Notes what was expected and wakes the Pod's ReplicaSet; a Pod without an owner wakes whoever may adopt it.
 * Source: pkg/controller/replicaset/replica_set.go, addPod, updatePod and deletePod (v1.36).
 */
export function* podChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (after === undefined || isTerminating(after)) {
    const gone = after ?? before
    if (gone !== undefined) yield* leaving(gone, world)
    const wasElsewhere = before !== undefined && after !== undefined && !sameLabels(before, after)
    if (wasElsewhere) yield* leaving(before, world)
    return
  }
  const owner = ownerOf(after, world)
  const former = before === undefined ? undefined : ownerOf(before, world)
  if (former !== undefined && former !== owner) yield keyOf(former)
  if (controllerOf(after) === undefined) {
    if (before === undefined || !sameLabels(before, after) || controllerOf(before) !== undefined) {
      yield* adopters(after, world)
    }
    return
  }
  if (owner === undefined) return
  if (before === undefined) world.expectations.created(keyOf(owner))
  yield keyOf(owner)
  const { minReadySeconds = 0 } = owner.spec
  if (before !== undefined && !isReady(before) && isReady(after) && minReadySeconds > 0) {
    // A second late rather than early: ready times are whole seconds.
    yield { key: keyOf(owner), after: seconds(minReadySeconds + 1) }
  }
}

/** A Pod that stops is gone for its ReplicaSet, which need not wait until it is. */
function* leaving(pod: Pod, world: World): Generator<Wake> {
  const owner = ownerOf(pod, world)
  if (owner === undefined) return
  world.expectations.deleted(keyOf(owner), keyOf(pod))
  yield keyOf(owner)
}

/** The living ReplicaSet that a Pod's reference means: name and uid must fit. Source: resolveControllerRef. */
const ownerOf = (pod: Pod, world: World): ReplicaSet | undefined => {
  const reference = controllerOf(pod)
  if (reference?.kind !== 'ReplicaSet') return undefined
  const replicaSet = world.view.get('ReplicaSet', pod.metadata.namespace, reference.name)
  return replicaSet?.metadata.uid === reference.uid ? replicaSet : undefined
}

const sameLabels = (a: Pod, b: Pod): boolean => sameJson(a.metadata.labels, b.metadata.labels)

function* adopters(pod: Pod, world: World): Generator<Wake> {
  for (const replicaSet of world.view.list('ReplicaSet', pod.metadata.namespace)) {
    if (matchesSelector(replicaSet.spec.selector, pod.metadata.labels)) yield keyOf(replicaSet)
  }
}
