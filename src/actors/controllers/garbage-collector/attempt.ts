import type { ApiObject, OwnerReference } from '../../../events/json.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { classify } from './classify.ts'
import { absentKey, getLive, removeFinalizer, rowOf, type Collector } from './collector.ts'
import { FOREGROUND, ORPHAN, type Coordinates, type GraphNode } from './graph.ts'
import { dropOwnersCall, patchTypeOf } from './orphan.ts'

/**
 * Looks at one object: may it go, must it wait, or is it kept?
 * Source: garbagecollector.go, attemptToDeleteWorker and attemptToDeleteItem (v1.36).
 */
export function* attemptToDelete(node: GraphNode, world: World<Collector>): Sync {
  // What is being deleted goes on its way.
  if (node.deleting && !node.waiting) return
  const { at } = node
  const row = rowOf(at, world.view)
  if (typeof row === 'string') return { retry: row }
  // What an object of the cluster names as its owner in a namespace is nowhere: no retry mends that.
  if (row.namespaced && at.namespace === undefined) return
  const live = yield* getLive(row, at)
  if (!live.ok && live.code !== 404) return { retry: live.message }
  if (!live.ok || live.object?.metadata.uid !== node.uid) return isNotThere(node, at, world)
  if (node.waiting) return yield* waitForDependents(node, world)
  const result = yield* judge(node, row, live.object, world)
  // What was never seen is asked for until it is.
  return result === undefined && node.virtual ? { retry: 'the item has not been observed via informer yet' } : result
}

/** What was looked for is not there: its dependents may have to go. */
const isNotThere = (node: GraphNode, at: Coordinates, world: World<Collector>): void => {
  const { graph, absentOwners } = world.memory
  const concerned = graph.disprove(node, at)
  if (concerned.length > 0) absentOwners.set(absentKey(at, node.uid, at.namespace), true)
  for (const { uid } of concerned) world.wake(uid)
}

/** Decides over an object whose owners may be gone. */
function* judge(node: GraphNode, row: KindRow, live: ApiObject, world: World<Collector>): Sync {
  const references = live.metadata.ownerReferences ?? []
  if (references.length === 0) return
  const owners = yield* classify(node, references, world)
  if (owners === undefined) return
  if (typeof owners === 'string') return { retry: owners }
  const { solid, dangling, waiting } = owners
  if (solid.length > 0) {
    const lost = [...dangling, ...waiting].map(({ uid }) => uid)
    return lost.length === 0 ? undefined : yield* forgetOwners(node, lost, world)
  }
  if (waiting.length > 0 && node.dependents.size > 0) {
    const problem = yield* breakCircle(node, row)
    return problem === undefined ? yield* remove(node, row, live, 'Foreground', world) : { retry: problem }
  }
  const { finalizers = [] } = live.metadata
  const policy = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background'
  return yield* remove(node, row, live, policy, world)
}

function* forgetOwners(node: GraphNode, owners: readonly string[], world: World<Collector>): Sync {
  const patch = dropOwnersCall(node, owners, world.view)
  if (typeof patch === 'string') return { retry: patch }
  const answer = yield* call(patch)
  if (!answer.ok) return { retry: answer.message }
}

/** A dependent that waits as well might wait for this one: then this one may no longer hold up its owners. */
function* breakCircle(node: GraphNode, { kind }: KindRow): Sync<string | undefined> {
  if (![...node.dependents].some((dependent) => dependent.waiting)) return undefined
  const { namespace, name } = node.at
  const ownerReferences = node.owners
    .filter((owner) => owner.blockOwnerDeletion === true)
    .map((owner): OwnerReference => ({ ...owner, blockOwnerDeletion: false }))
  const body = { metadata: { uid: node.uid, ownerReferences } }
  const answer = yield* call({ verb: 'patch', kind, namespace, name, patchType: patchTypeOf(kind), body })
  return answer.ok ? undefined : answer.message
}

/**
 * Deletes the object if it still is what was read. If only something else about it changed, its owners being the same, it
 * is deleted all the same. Source: operations.go, deleteObject.
 */
function* remove(
  node: GraphNode,
  row: KindRow,
  live: ApiObject,
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
  world: World<Collector>,
): Sync {
  const { at, uid } = node
  const { namespace, name } = at
  const { kind } = row
  const { resourceVersion, ownerReferences } = live.metadata
  const options = { propagationPolicy, preconditions: { uid, resourceVersion } }
  let answer = yield* call({ verb: 'delete', kind, namespace, name, options })
  if (!answer.ok && answer.code === 409) {
    const fresh = yield* getLive(row, at)
    const isSame = fresh.ok && fresh.object?.metadata.uid === uid
    if (isSame && sameJson(fresh.object?.metadata.ownerReferences, ownerReferences)) {
      answer = yield* call({
        verb: 'delete',
        kind,
        namespace,
        name,
        options: { propagationPolicy, preconditions: { uid } },
      })
    }
  }
  if (answer.ok) return
  if (answer.code !== 404) return { retry: answer.message }
  isNotThere(node, at, world)
}

/** A foreground deletion: dependents that block it are deleted first. Source: processDeletingDependentsItem. */
function* waitForDependents(node: GraphNode, world: World<Collector>): Sync {
  const blocking = [...node.dependents].filter((dependent) =>
    dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === node.uid && blockOwnerDeletion === true),
  )
  if (blocking.length === 0) {
    const failure = yield* removeFinalizer(node, FOREGROUND, world.view)
    return failure === undefined ? undefined : { retry: failure }
  }
  for (const dependent of blocking) if (!dependent.waiting) world.wake(dependent.uid)
}
