import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import {
  call,
  defineController,
  keyFor,
  keyOf,
  splitKey,
  type Sync,
  type Wake,
  type World,
} from '../../../engine/client/controller.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { isScheduled, isTerminating } from '../../../kubernetes/pods.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { matchingTolerations, minTolerationSeconds } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'
import type { Change } from '../../../kubernetes/view.ts'

interface Eviction {
  /** When the taint was first seen: what the toleration counts from. */
  readonly since: Micros
  readonly due: Micros
}

interface Memory {
  /** Planned evictions, by Pod. */
  readonly planned: Map<string, Eviction & { readonly uid: string }>
}

/**
 * Deletes Pods from nodes whose NoExecute taints they do not tolerate, or no longer tolerate.
 * Source: pkg/controller/tainteviction/taint_eviction.go, handlePodUpdate and processPodOnNode (v1.36).
 */
export const taintEvictionController = defineController<Memory>({
  name: 'taint-eviction-controller',
  account: 'node-controller',
  kinds: ['Node', 'Pod'],
  workers: 8,
  memory: () => ({ planned: new Map() }),

  wakes: (change, world) => (change.kind === 'Node' ? nodeChanged(change, world) : podChanged(change)),

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const pod = world.view.get('Pod', namespace, name)
    const planned = world.memory.planned.get(key)
    if (pod === undefined || isTerminating(pod) || (planned !== undefined && planned.uid !== pod.metadata.uid)) {
      world.memory.planned.delete(key)
      if (pod === undefined || isTerminating(pod)) return
    }
    const taints = noExecuteTaints(world.view.get('Node', undefined, pod.spec.nodeName ?? ''))
    const patience = patienceWith(pod, taints)
    if (patience === undefined) {
      if (world.memory.planned.delete(key)) cancelled(pod, world)
      return
    }
    const since = world.memory.planned.get(key)?.since ?? world.now
    const due = since + seconds(patience)
    if (due > world.now) {
      world.memory.planned.set(key, { since, due, uid: pod.metadata.uid })
      return { after: due - world.now }
    }
    world.memory.planned.delete(key)
    return yield* evict(pod, taints, patience, world)
  },
})

/** Seconds that a Pod may stay; undefined: for ever. */
const patienceWith = (pod: Pod, taints: readonly Taint[]): number | undefined => {
  if (taints.length === 0) return undefined
  const { all, used } = matchingTolerations(taints, pod.spec.tolerations)
  if (!all) return 0
  const least = minTolerationSeconds(used)
  return least < 0 ? undefined : least
}

const noExecuteTaints = (node: Node | undefined): readonly Taint[] =>
  (node?.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute')

function* evict(pod: Pod, taints: readonly Taint[], waited: number, world: World<Memory>): Sync {
  const { namespace, name, uid, generation } = pod.metadata
  world.fact('TolerationExpired', {
    namespace: namespace ?? '',
    name,
    uid,
    node: pod.spec.nodeName ?? '',
    taint: taints.map(({ key, effect }) => `${key}:${effect}`).join(','),
    seconds: waited,
  })
  world.event('Pod', pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`)
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    observedGeneration: generation,
  } as const
  const conditions = setCondition(pod.status?.conditions, condition, rfc3339(world.now))
  const body = { metadata: { uid }, status: { conditions: conditions.filter(({ type }) => type === condition.type) } }
  const marked = yield* call({
    verb: 'patch',
    kind: 'Pod',
    namespace,
    name,
    subresource: 'status',
    patchType: 'strategic',
    body,
  })
  if (!marked.ok && marked.code !== 404) return { retry: marked.message }
  const deleted = yield* call({ verb: 'delete', kind: 'Pod', namespace, name })
  if (!deleted.ok && deleted.code !== 404) return { retry: deleted.message }
}

const cancelled = (pod: Pod, world: World<Memory>): void => {
  const message = `Cancelling deletion of Pod ${pod.metadata.namespace}/${pod.metadata.name}`
  world.event('Pod', pod, 'Normal', 'TaintManagerEviction', message)
}

/** Only a change of the NoExecute taints concerns the node's Pods. */
function* nodeChanged(change: Change, world: World<Memory>): Generator<Wake> {
  const before = noExecuteTaints(change.before as Node | undefined)
  const after = noExecuteTaints(change.after as Node | undefined)
  if (sameTaints(before, after)) return
  for (const pod of world.view.indexed('Pod', 'node', change.name)) yield keyOf(pod)
}

const sameTaints = (a: readonly Taint[], b: readonly Taint[]): boolean =>
  a.length === b.length && a.every((taint, index) => taint.key === b[index]?.key && taint.value === b[index]?.value)

/** A Pod matters when it comes to a node, when its tolerations change and when it goes. */
function* podChanged(change: Change): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  const moved = before?.spec.nodeName !== after?.spec.nodeName || before?.spec.tolerations !== after?.spec.tolerations
  if (after === undefined || isTerminating(after) || (moved && isScheduled(after))) {
    yield keyFor(change.namespace, change.name)
  }
}
