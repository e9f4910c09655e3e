import { seconds } from '../../../events/time.ts'
import type { Wake, World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { isReady, isTerminating } from '../../../kubernetes/pods.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { livingOwner } from './living-owner.ts'

/** What has Pods of its own. */
export interface PodOwners<K extends Kind> {
  readonly kind: K
  selector(owner: KindMap[K]): LabelSelector | undefined
  minReadySeconds(owner: KindMap[K]): number
}

/**
 * Notes what was expected and wakes the Pod's owner; a Pod without an owner wakes whoever may adopt it.
 * Source: addPod, updatePod and deletePod of pkg/controller/{replicaset,statefulset,daemon} (v1.36).
 */
export function* podChanged<K extends Kind>(change: Change, world: World, owners: PodOwners<K>): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (after === undefined || isTerminating(after)) {
    const gone = after ?? before
    if (gone !== undefined) yield* leaving(gone, world, owners)
    const wasElsewhere = before !== undefined && after !== undefined && !sameLabels(before, after)
    if (wasElsewhere) yield* leaving(before, world, owners)
    return
  }
  const owner = livingOwner(owners.kind, after, world.view)
  const former = before === undefined ? undefined : livingOwner(owners.kind, before, world.view)
  if (former !== undefined && former !== owner) yield keyOf(former)
  if (controllerOf(after) === undefined) {
    if (before === undefined || !sameLabels(before, after) || controllerOf(before) !== undefined) {
      yield* adopters(after, world, owners)
    }
    return
  }
  if (owner === undefined) return
  if (before === undefined) world.expectations.created(keyOf(owner))
  yield keyOf(owner)
  const minReadySeconds = owners.minReadySeconds(owner)
  if (before !== undefined && !isReady(before) && isReady(after) && minReadySeconds > 0) {
    // A second late rather than early: ready times are whole seconds.
    yield { key: keyOf(owner), after: seconds(minReadySeconds + 1) }
  }
}

/** A Pod that stops is gone for its owner, which need not wait until it is. */
function* leaving<K extends Kind>(pod: Pod, world: World, { kind }: PodOwners<K>): Generator<Wake> {
  const owner = livingOwner(kind, pod, world.view)
  if (owner === undefined) return
  world.expectations.deleted(keyOf(owner), keyOf(pod))
  yield keyOf(owner)
}

const sameLabels = (a: Pod, b: Pod): boolean => sameJson(a.metadata.labels, b.metadata.labels)

function* adopters<K extends Kind>(pod: Pod, world: World, { kind, selector }: PodOwners<K>): Generator<Wake> {
  for (const owner of world.view.list(kind, pod.metadata.namespace)) {
    if (matchesSelector(selector(owner), pod.metadata.labels)) yield keyOf(owner)
  }
}
