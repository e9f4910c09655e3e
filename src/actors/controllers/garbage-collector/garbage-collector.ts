import type { ApiObject } from '../../../events/json.ts'
import { defineController, type Controller, type Wake, type World } from '../../../engine/client/controller.ts'
import { LruMap } from '../../../engine/client/lru-map.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { nameOnly } from '../shared/references.ts'
import { attemptToDelete } from './attempt.ts'
import { absentKey, type Collector } from './collector.ts'
import { OwnershipGraph, type Consequences } from './graph.ts'
import { orphanDependents } from './orphan.ts'

/** Source: pkg/controller/garbagecollector/garbagecollector.go, NewGarbageCollector: absentOwnerCache. */
const ABSENT_OWNERS = 500

/** Keys are uids; this before one asks for the object's dependents to be set free. */
const TO_ORPHAN = 'orphan/'

/**
 * Deletes what no living owner holds, keeps owners that wait for their dependents, and sets orphans free.
 *
 * Before it deletes anything it asks the API server itself, not its own view, whether the object and its owners are what
 * it believes: a cold or stale view must not cost a living object's children. What has a known owner is not looked at
 * until something happens to that owner.
 * Source: pkg/controller/garbagecollector/garbagecollector.go, graph_builder.go (v1.36).
 */
export const garbageCollectorController = (kinds: readonly Kind[]): Controller =>
  defineController<Collector>({
    name: 'garbage-collector-controller',
    account: 'generic-garbage-collector',
    kinds,
    customKinds: true,
    workers: 20,
    // Source: cmd/kube-controller-manager/app/core.go, newGarbageCollectorController: a deletion takes two calls.
    clients: 3,
    asks: 'at once',
    haste: { qps: 2, burst: 1 },
    memory: () => ({ graph: new OwnershipGraph(), absentOwners: new LruMap(ABSENT_OWNERS) }),
    wakes: changed,

    *reconcile(key, world): Sync {
      const { graph } = world.memory
      if (key.startsWith(TO_ORPHAN)) {
        const owner = graph.get(key.slice(TO_ORPHAN.length))
        return owner === undefined ? undefined : yield* orphanDependents(owner, world.view)
      }
      const node = graph.get(key)
      return node === undefined ? undefined : yield* attemptToDelete(node, world)
    },
  })

function* changed({ before, after }: Change, world: World<Collector>): Generator<Wake> {
  const { graph, absentOwners } = world.memory
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) {
    const gone = graph.remove(before.metadata.uid)
    if (gone !== undefined && gone.node.dependents.size > 0) {
      absentOwners.set(absentKey(gone.node.at, gone.node.uid, gone.node.at.namespace), true)
    }
    for (const { uid } of gone?.attempt ?? []) yield uid
  }
  if (after === undefined) return
  const isSame = before?.metadata.uid === after.metadata.uid
  const consequences = graph.observe(isSame ? before : undefined, after)
  reportMisplaced(consequences, world)
  if (consequences.orphan !== undefined) yield `${TO_ORPHAN}${consequences.orphan.uid}`
  for (const { uid } of consequences.attempt) yield uid
}

/** Source: graph_builder.go, reportInvalidNamespaceOwnerRef. */
const reportMisplaced = ({ misplaced }: Consequences, world: World<Collector>): void => {
  for (const [{ at, uid }, owner] of misplaced) {
    const { apiVersion, kind, namespace, name } = at
    const object: ApiObject = nameOnly(apiVersion, kind, name, namespace, uid)
    const place = namespace ?? ''
    const who = `[${owner.apiVersion}/${owner.kind}, namespace: ${place}, name: ${owner.name}, uid: ${owner.uid}]`
    const message = `ownerRef ${who} does not exist in namespace "${place}"`
    world.event(kind as Kind, object, 'Warning', 'OwnerRefInvalidNamespace', message)
  }
}
