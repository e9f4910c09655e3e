import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import {
  defineController,
  type Controller,
  type ControllerDefinition,
  type World,
} from '../../../engine/client/controller.ts'
import { keyOf, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { availableAt, isActive } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet, ReplicaSetStatus } from '../../../kubernetes/types/workloads.ts'
import { candidates, claim } from '../shared/claim.ts'
import { readReplicaSet, type ReplicaKind } from './family.ts'
import { createPods, deletePods } from './replicas.ts'
import { statusOf, writeStatus } from './status.ts'
import { countPods, Tallies } from './tally.ts'
import { podChangedFor, replicaSetChanged } from './wakes.ts'

/** Most Pods that one sync creates or deletes. Source: pkg/controller/replicaset/replica_set.go, BurstReplicas. */
const BURST_REPLICAS = 500

/**
 * Keeps the number of active Pods of each ReplicaSet equal to `spec.replicas`.
 *
 * Level-driven: a wake-up carries only a key; everything else is read from this controller's own view, which may lag.
 * Two things stop it from acting twice on a view that does not yet show its own writes: expectations, which give up after
 * five minutes, and (gate StaleControllerConsistencyReplicaSet) waiting until the view has reached what was written.
 * Source: pkg/controller/replicaset/replica_set.go, syncReplicaSet and manageReplicas (v1.36).
 */
export const replicaSetController = (readsOwnWrites: boolean): Controller =>
  replicaController('ReplicaSet', { name: 'replicaset-controller', readsOwnWrites })

/** The same for ReplicationControllers. Source: pkg/controller/replication/replication_controller.go (v1.36). */
export const replicationController = (): Controller =>
  replicaController('ReplicationController', {
    name: 'replicationcontroller-controller',
    account: 'replication-controller',
    component: 'replication-controller',
    readsOwnWrites: false,
  })

const replicaController = (
  kind: ReplicaKind,
  identity: Pick<ControllerDefinition<Tallies>, 'name' | 'account' | 'component' | 'readsOwnWrites'>,
): Controller =>
  defineController<Tallies>({
    ...identity,
    kinds: [kind, 'Pod'],
    workers: 5,
    memory: () => new Tallies(),

    wakes(change, world) {
      world.memory.see(change)
      return change.kind === kind ? replicaSetChanged(change, world) : podChangedFor(kind, change, world)
    },

    *reconcile(key, world): Sync {
      const { namespace, name } = splitKey(key)
      const replicaSet = readReplicaSet(kind, world.view, namespace, name)
      if (replicaSet === undefined) {
        world.expectations.forget(key)
        return
      }
      const isDeleting = replicaSet.metadata.deletionTimestamp !== undefined
      const mayAct = world.expectations.satisfied(key, world.monotonic) && !isDeleting
      const counts = world.memory.counts(replicaSet, world.view)
      const isSettled = counts !== undefined && (!mayAct || counts.active === wantedReplicas(replicaSet))
      if (!isSettled) return yield* claimAndManage(replicaSet, mayAct, world)
      const failure = yield* writeStatus(replicaSet, statusOf(replicaSet, counts, undefined, world.now))
      return failure === undefined ? undefined : { retry: failure }
    },
  })

const wantedReplicas = ({ spec: { replicas = 1 } }: ReplicaSet): number => replicas

/** A pass over all Pods: takes what belongs to the ReplicaSet, creates and deletes, tells the status. */
function* claimAndManage(replicaSet: ReplicaSet, mayAct: boolean, world: World): Sync {
  const all = candidates('Pod', replicaSet, world.view)
  const { objects: active, failure } = yield* claim('Pod', replicaSet, replicaSet.spec.selector, all.filter(isActive))
  if (failure !== undefined) return { retry: failure }
  const problem = mayAct ? yield* manageReplicas(replicaSet, active, world) : undefined
  const status = statusOf(replicaSet, countPods(replicaSet, active, all, world.now), problem, world.now)
  const written = yield* writeStatus(replicaSet, status)
  if (written !== undefined) return { retry: written }
  return problem === undefined ? nextAvailability(replicaSet, status, active, world.now) : { retry: problem }
}

/** Gives the reason of the first write that failed. */
function* manageReplicas(replicaSet: ReplicaSet, active: readonly Pod[], world: World): Sync<string | undefined> {
  const wanted = wantedReplicas(replicaSet)
  const missing = Math.min(wanted - active.length, BURST_REPLICAS)
  const surplus = Math.min(active.length - wanted, BURST_REPLICAS)
  const key = keyOf(replicaSet)
  if (missing > 0) return yield* createPods(key, replicaSet, missing, world)
  if (surplus > 0) return yield* deletePods(key, replicaSet, active, surplus, world)
  return undefined
}

/** A Pod that is ready but not for long enough becomes available with nobody writing anything. */
const nextAvailability = (
  { spec: { minReadySeconds = 0 } }: ReplicaSet,
  { readyReplicas = 0, availableReplicas = 0 }: ReplicaSetStatus,
  active: readonly Pod[],
  now: Micros,
): { readonly after: Micros } | undefined => {
  if (minReadySeconds === 0 || readyReplicas === availableReplicas) return undefined
  let first: Micros | undefined
  for (const pod of active) {
    const at = availableAt(pod, minReadySeconds)
    if (at !== undefined && at > now && (first === undefined || at < first)) first = at
  }
  return { after: first === undefined ? seconds(minReadySeconds) : first - now }
}
