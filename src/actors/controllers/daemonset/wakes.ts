import type { Wake, World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf } from '../../../engine/client/keys.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { ControllerRevision } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { livingOwner } from '../shared/living-owner.ts'
import { choiceOf } from './node-choice.ts'

/** What was expected of a DaemonSet says nothing about its successor of the same name. */
export function* daemonSetChanged({ namespace, name, before, after }: Change, world: World): Generator<Wake> {
  const key = keyFor(namespace, name)
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) world.expectations.forget(key)
  yield key
}

/**
 * Wakes the DaemonSets for which the node became another choice; that a node is gone wakes nobody.
 * Source: pkg/controller/daemon/daemon_controller.go, addNode and updateNode (v1.36).
 */
export function* nodeChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as Node | undefined
  const after = change.after as Node | undefined
  if (after === undefined || (before !== undefined && looksAlike(before, after))) return
  for (const daemon of world.view.list('DaemonSet')) {
    const now = choiceOf(after, daemon)
    const then = before === undefined ? undefined : choiceOf(before, daemon)
    if (then === undefined ? now.run : then.run !== now.run || then.stay !== now.stay) yield keyOf(daemon)
  }
}

/** A choice depends on labels and taints: what a kubelet reports again and again changes neither. */
const looksAlike = (a: Node, b: Node): boolean =>
  (a.spec === b.spec || sameJson(a.spec.taints, b.spec.taints)) &&
  (a.metadata.labels === b.metadata.labels || sameJson(a.metadata.labels, b.metadata.labels))

/** Source: daemon_controller.go, addHistory, updateHistory and deleteHistory. */
export function* revisionChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as ControllerRevision | undefined
  const after = change.after as ControllerRevision | undefined
  const former = before === undefined ? undefined : livingOwner('DaemonSet', before, world.view)
  const owner = after === undefined ? undefined : livingOwner('DaemonSet', after, world.view)
  if (former !== undefined) yield keyOf(former)
  if (owner !== undefined && before !== undefined && owner !== former) yield keyOf(owner)
  if (after === undefined || controllerOf(after) !== undefined) return
  const isNews =
    before === undefined ||
    controllerOf(before) !== undefined ||
    !sameJson(before.metadata.labels, after.metadata.labels)
  if (!isNews) return
  for (const daemon of world.view.list('DaemonSet', change.namespace)) {
    if (matchesSelector(daemon.spec.selector, after.metadata.labels)) yield keyOf(daemon)
  }
}
