import type { ApiObject, OwnerReference } from '../../../events/json.ts'
import {
  all,
  call,
  defineController,
  type Controller,
  type Sync,
  type Wake,
  type World,
} from '../../../engine/client/controller.ts'
import type { ApiCall } from '../../../engine/client/api-client.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { OwnershipGraph, type GraphNode } from './graph.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'

interface Memory {
  readonly graph: OwnershipGraph
}

/**
 * Deletes what no living owner holds, keeps owners that wait for their dependents, and sets orphans free.
 *
 * Before it deletes anything it asks the API server itself, not its own view, whether the object and its owners are what
 * it believes: a cold or stale view must not cost a living object's children.
 * Source: pkg/controller/garbagecollector/garbagecollector.go (v1.36).
 */
export const garbageCollectorController = (kinds: readonly Kind[]): Controller =>
  defineController<Memory>({
    name: 'garbage-collector-controller',
    account: 'generic-garbage-collector',
    kinds,
    workers: 20,
    memory: () => ({ graph: new OwnershipGraph() }),
    wakes,

    *reconcile(uid, world): Sync {
      const node = world.memory.graph.get(uid)
      if (node === undefined) return
      if (node.deleting && node.finalizers.includes(ORPHAN)) return yield* orphanDependents(node, world)
      if (node.deleting && !node.finalizers.includes(FOREGROUND)) return
      const live = yield* call({ verb: 'get', kind: node.kind, namespace: node.namespace, name: node.name })
      if (!live.ok) return live.code === 404 ? undefined : { retry: live.message }
      if (live.object === undefined || live.object.metadata.uid !== uid) return
      if (node.deleting) return yield* waitForDependents(node, live.object, world)
      return yield* judge(node, live.object, world)
    },
  })

function* wakes(change: Change, { memory }: World<Memory>): Generator<Wake> {
  const { graph } = memory
  const { before, after } = change
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) {
    const gone = graph.remove(before.metadata.uid)
    if (gone !== undefined) {
      for (const dependent of gone.dependents) yield dependent
      // An owner that waits for its dependents may go now.
      for (const owner of gone.owners) if (isWaiting(graph.get(owner.uid))) yield owner.uid
    }
  }
  if (after === undefined) return
  const known = graph.put(change.kind, after)
  const node = graph.get(after.metadata.uid)
  if (node === undefined) return
  if (node.deleting) yield node.uid
  else if (node.owners.length > 0 && (known === undefined || known.owners !== node.owners)) yield node.uid
  if (isWaiting(node)) for (const dependent of node.dependents) yield dependent
  if (node.deleting && known?.deleting !== true) {
    for (const owner of node.owners) if (isWaiting(graph.get(owner.uid))) yield owner.uid
  }
}

/** Whether an owner is being deleted in the foreground, so that it stays until its dependents are gone. */
const isWaiting = (node: GraphNode | undefined): boolean =>
  node?.deleting === true && node.finalizers.includes(FOREGROUND)

interface Owners {
  /** They live: the object stays. */
  readonly solid: readonly OwnerReference[]
  /** They are gone. */
  readonly dangling: readonly OwnerReference[]
  /** They wait for this object to go. */
  readonly waiting: readonly OwnerReference[]
}

/** Decides over an object whose owners may be gone. Source: attemptToDeleteItem. */
function* judge(node: GraphNode, live: ApiObject, world: World<Memory>): Sync {
  const references = live.metadata.ownerReferences ?? []
  if (references.length === 0) return
  const owners = yield* classify(references, node.namespace, world)
  if (typeof owners === 'string') return { retry: owners }
  const { solid, dangling, waiting } = owners
  if (solid.length > 0) {
    const lost = [...dangling, ...waiting]
    if (lost.length === 0) return
    return yield* dropOwners(node, lost)
  }
  if (waiting.length > 0 && node.dependents.size > 0) return yield* remove(node, live, 'Foreground')
  const { finalizers = [] } = live.metadata
  const policy = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background'
  return yield* remove(node, live, policy)
}

function* classify(
  references: readonly OwnerReference[],
  namespace: string | undefined,
  world: World<Memory>,
): Sync<Owners | string> {
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  for (const reference of references) {
    const known = world.memory.graph.get(reference.uid)
    // An owner in another namespace counts as absent.
    const reachable = known === undefined || known.namespace === undefined || known.namespace === namespace
    const kind = known?.kind ?? (reference.kind as Kind)
    const owner = reachable ? yield* liveOwner(kind, reference, known, namespace) : undefined
    if (typeof owner === 'string') return owner
    if (owner === undefined) dangling.push(reference)
    else if (isForeground(owner)) waiting.push(reference)
    else solid.push(reference)
  }
  return { solid, dangling, waiting }
}

const isForeground = ({ metadata }: ApiObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND)

/** The owner as the API server has it; undefined if it is gone or another one bears its name; a text if nobody knows. */
function* liveOwner(
  kind: Kind,
  reference: OwnerReference,
  known: GraphNode | undefined,
  namespace: string | undefined,
): Sync<ApiObject | undefined | string> {
  const clusterScoped = known !== undefined && known.namespace === undefined
  const answer = yield* call({
    verb: 'get',
    kind,
    namespace: clusterScoped ? undefined : namespace,
    name: reference.name,
  })
  if (!answer.ok) return answer.code === 404 ? undefined : answer.message
  return answer.object?.metadata.uid === reference.uid ? answer.object : undefined
}

function* remove(node: GraphNode, live: ApiObject, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Sync {
  const { uid, resourceVersion } = live.metadata
  const answer = yield* call({
    verb: 'delete',
    kind: node.kind,
    namespace: node.namespace,
    name: node.name,
    options: { propagationPolicy, preconditions: { uid, resourceVersion } },
  })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

const dropOwnersCall = (node: GraphNode, lost: readonly OwnerReference[]): ApiCall => ({
  verb: 'patch',
  kind: node.kind,
  namespace: node.namespace,
  name: node.name,
  patchType: 'strategic',
  body: {
    metadata: { uid: node.uid, ownerReferences: lost.map(({ uid }) => ({ $patch: 'delete', uid })) },
  },
})

function* dropOwners(node: GraphNode, lost: readonly OwnerReference[]): Sync {
  const answer = yield* call(dropOwnersCall(node, lost))
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}

/** A foreground deletion: dependents that block are deleted, and the owner goes when none is left. Source: processDeletingDependentsItem. */
function* waitForDependents(node: GraphNode, live: ApiObject, world: World<Memory>): Sync {
  const blocking = world.memory.graph
    .dependents(node.uid)
    .filter((dependent) =>
      dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === node.uid && blockOwnerDeletion === true),
    )
  if (blocking.length === 0) return yield* removeFinalizer(node, live, FOREGROUND)
  for (const dependent of blocking) if (!dependent.deleting) world.wake(dependent.uid)
}

/** Source: attemptToOrphanWorker: every dependent forgets its owner before the owner may go. */
function* orphanDependents(node: GraphNode, world: World<Memory>): Sync {
  const dependents = world.memory.graph.dependents(node.uid)
  const lost = [{ apiVersion: '', kind: node.kind, name: node.name, uid: node.uid }]
  const answers = yield* all(dependents.map((dependent) => dropOwnersCall(dependent, lost)))
  const failed = answers.find((answer) => !answer.ok && answer.code !== 404 && answer.code !== 422)
  if (failed !== undefined && !failed.ok) return { retry: failed.message }
  const live = yield* call({ verb: 'get', kind: node.kind, namespace: node.namespace, name: node.name })
  if (!live.ok) return live.code === 404 ? undefined : { retry: live.message }
  if (live.object !== undefined) return yield* removeFinalizer(node, live.object, ORPHAN)
}

function* removeFinalizer(node: GraphNode, live: ApiObject, finalizer: string): Sync {
  const rest = (live.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  if (rest.length === (live.metadata.finalizers ?? []).length) return
  const answer = yield* call({
    verb: 'patch',
    kind: node.kind,
    namespace: node.namespace,
    name: node.name,
    patchType: 'merge',
    body: {
      metadata: { resourceVersion: live.metadata.resourceVersion, finalizers: rest.length === 0 ? null : rest },
    },
  })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}
