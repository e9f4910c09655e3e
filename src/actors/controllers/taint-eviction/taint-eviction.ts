import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf, splitKey } from '../../../engine/client/keys.ts'
import { call, pause, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { isScheduled } from '../../../kubernetes/pods.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { matchingTolerations, minTolerationSeconds } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { deletePodCall } from '../shared/pod-control.ts'
import { patchPodStatus } from '../shared/pod-status.ts'
import { nameOnly } from '../shared/references.ts'

/** Source: pkg/controller/tainteviction/taint_eviction.go, retries and the pause between them. */
const TRIES = 5
const TRY_AGAIN: Micros = millis(10)

/** A Pod's eviction: planned for a moment, or done. While it stands here no other is planned for the Pod. */
interface Eviction {
  readonly uid: string
  /** When it is due, by a clock that nobody can set. */
  readonly due: Micros
  /** How long the Pod was patient with its taints. */
  readonly patience: number
  fired: boolean
}

interface Memory {
  /** By Pod. */
  readonly evictions: Map<string, Eviction>
}

/**
 * Deletes Pods from nodes whose NoExecute taints they do not tolerate, or no longer tolerate.
 *
 * A planned eviction is called off when the taints go or are tolerated for ever, and is brought forward when one is not
 * tolerated at all; other changes of taints and tolerations leave it where it is.
 * Source: pkg/controller/tainteviction/taint_eviction.go, processPodOnNode (v1.36).
 */
export const taintEvictionController = defineController<Memory>({
  name: 'taint-eviction-controller',
  account: 'node-controller',
  kinds: ['Node', 'Pod'],
  workers: 8,
  memory: () => ({ evictions: new Map() }),

  wakes: (change, world) => (change.kind === 'Node' ? nodeChanged(change, world) : podChanged(change, world)),

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const pod = world.view.get('Pod', namespace, name)
    const before = world.memory.evictions.get(key)
    if (pod === undefined || (before !== undefined && before.uid !== pod.metadata.uid)) cancel(key, world)
    if (pod === undefined) return
    const taints = noExecuteTaints(world.view.get('Node', undefined, pod.spec.nodeName ?? ''))
    const patience = patienceWith(pod, taints)
    if (patience === undefined) cancel(key, world)
    else plan(key, pod, patience, world)
    const eviction = world.memory.evictions.get(key)
    if (eviction === undefined || eviction.fired) return
    if (eviction.due > world.monotonic) return { after: eviction.due - world.monotonic }
    eviction.fired = true
    tellExpiry(pod, taints, eviction, world)
    if (!(yield* evict(key, world))) world.memory.evictions.delete(key)
  },
})

/** Stands for a taint that is not tolerated at all. */
const NONE = -1

/** Seconds that a Pod may stay, or NONE; undefined: for ever. */
const patienceWith = (pod: Pod, taints: readonly Taint[]): number | undefined => {
  if (taints.length === 0) return undefined
  const { all, used } = matchingTolerations(taints, pod.spec.tolerations)
  if (!all) return NONE
  const least = minTolerationSeconds(used)
  return least < 0 ? undefined : least
}

const noExecuteTaints = (node: Node | undefined): readonly Taint[] =>
  (node?.spec.taints ?? NO_TAINTS).filter((taint) => taint.effect === 'NoExecute')

const NO_TAINTS: readonly Taint[] = []

/** The first plan stands, unless there is no patience left at all. */
const plan = (key: string, pod: Pod, patience: number, world: World<Memory>): void => {
  const planned = world.memory.evictions.get(key)
  if (planned !== undefined && (planned.fired || patience !== NONE)) return
  cancel(key, world)
  const wait = patience === NONE ? 0 : patience
  const due = world.monotonic + seconds(wait)
  world.memory.evictions.set(key, { uid: pod.metadata.uid, due, patience: wait, fired: false })
}

/** Calls a planned eviction off, with an Event; forgets one that is done. */
const cancel = (key: string, world: World<Memory>): void => {
  const eviction = world.memory.evictions.get(key)
  world.memory.evictions.delete(key)
  if (eviction !== undefined && !eviction.fired) announce(key, `Cancelling deletion of Pod ${key}`, world)
}

/** The Event names the Pod, but no version of it. */
const announce = (key: string, message: string, world: World<Memory>): void => {
  const { namespace, name } = splitKey(key)
  world.event('Pod', nameOnly('v1', 'Pod', name, namespace), 'Normal', 'TaintManagerEviction', message)
}

const tellExpiry = (pod: Pod, taints: readonly Taint[], { patience }: Eviction, world: World<Memory>): void => {
  const { namespace = '', name, uid } = pod.metadata
  const taint = taints.map(({ key, effect }) => `${key}:${effect}`).join(',')
  const node = pod.spec.nodeName ?? ''
  world.fact('TolerationExpired', { namespace, name, uid, node, taint, seconds: patience })
}

/** True when the Pod's deletion is on its way. Source: deletePodHandler. */
function* evict(key: string, world: World<Memory>): Sync<boolean> {
  announce(key, `Marking for deletion Pod ${key}`, world)
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (yield* markAndDelete(key, world)) return true
    yield* pause(TRY_AGAIN)
  }
  return false
}

const DISRUPTION = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
} as const

/** Source: addConditionAndDeletePod. */
function* markAndDelete(key: string, world: World<Memory>): Sync<boolean> {
  const { namespace, name } = splitKey(key)
  const live = yield* call({ verb: 'get', kind: 'Pod', namespace, name })
  if (!live.ok || live.object === undefined) return false
  const patch = patchPodStatus(live.object, { condition: DISRUPTION }, rfc3339(world.now))
  if (patch !== undefined && !(yield* call(patch)).ok) return false
  return (yield* call(deletePodCall(live.object))).ok
}

/** Only a change of the NoExecute taints concerns the node's Pods. */
function* nodeChanged(change: Change, world: World<Memory>): Generator<Wake> {
  const before = noExecuteTaints(change.before as Node | undefined)
  const after = noExecuteTaints(change.after as Node | undefined)
  // A node that is gone takes no Pod along: that is the garbage collector's business.
  if (change.after === undefined || sameJson(before, after)) return
  for (const pod of world.view.indexed('Pod', 'node', change.name)) yield keyOf(pod)
}

/** A Pod matters when it comes to a tainted node, when its tolerations change and when it goes. */
function* podChanged(change: Change, { memory, view }: World<Memory>): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  const key = keyFor(change.namespace, change.name)
  if (after === undefined) {
    if (memory.evictions.has(key)) yield key
    return
  }
  const isSame =
    before?.spec.nodeName === after.spec.nodeName && sameJson(before?.spec.tolerations, after.spec.tolerations)
  if (isSame || !isScheduled(after)) return
  if (noExecuteTaints(view.get('Node', undefined, after.spec.nodeName ?? '')).length > 0) yield key
}
