import { seconds } from '../../../events/time.ts'
import {
  all,
  defineController,
  keyFor,
  keyOf,
  slowStart,
  splitKey,
  type Sync,
  type Wake,
  type World,
} from '../../../engine/client/controller.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { availableAt, isActive } from '../../../kubernetes/pods.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { claim, isOrphan } from '../shared/claim.ts'
import { cheapestToLoseFirst } from '../shared/deletion-rank.ts'
import { createPodCall, deletePodCall } from '../shared/pod-control.ts'
import { writeStatus } from './status.ts'

/** Most Pods that one sync creates or deletes. Source: pkg/controller/replicaset/replica_set.go, BurstReplicas. */
const BURST_REPLICAS = 500

/**
 * Keeps the number of active Pods of each ReplicaSet equal to `spec.replicas`.
 *
 * Level-driven: a wake-up carries only a key; everything else is read from this controller's own view, which may lag.
 * Expectations stop it from acting twice on a view that does not yet show its own writes.
 * Source: pkg/controller/replicaset/replica_set.go, syncReplicaSet and manageReplicas (v1.36).
 */
export const replicaSetController = defineController({
  name: 'replicaset-controller',
  kinds: ['ReplicaSet', 'Pod'],
  workers: 5,
  memory: () => undefined,

  wakes: (change, world) => (change.kind === 'ReplicaSet' ? replicaSetChanged(change) : podChanged(change, world)),

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const replicaSet = world.view.get('ReplicaSet', namespace, name)
    if (replicaSet === undefined) {
      world.expectations.forget(key)
      return
    }
    const mayAct = world.expectations.satisfied(key, world.now)
    const pods = yield* claim('Pod', replicaSet, replicaSet.spec.selector, world.view, isActive)
    const active = pods.filter(isActive)
    let failure: string | undefined
    if (mayAct && replicaSet.metadata.deletionTimestamp === undefined) {
      failure = yield* manageReplicas(key, replicaSet, active, world)
    }
    const written = yield* writeStatus(replicaSet, active, failure, world)
    if (failure !== undefined) return { retry: failure }
    if (!written) return { retry: 'status not written' }
    return nextAvailability(replicaSet, active, world)
  },
})

/** Gives the reason of the first write that failed. */
function* manageReplicas(
  key: string,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  world: World,
): Sync<string | undefined> {
  const wanted = replicaSet.spec.replicas ?? 1
  const missing = Math.min(wanted - active.length, BURST_REPLICAS)
  const surplus = Math.min(active.length - wanted, BURST_REPLICAS)
  if (missing > 0) return yield* createPods(key, replicaSet, missing, world)
  if (surplus > 0) return yield* deletePods(key, replicaSet, active, surplus, world)
  return undefined
}

function* createPods(key: string, replicaSet: ReplicaSet, count: number, world: World): Sync<string | undefined> {
  const { template } = replicaSet.spec
  if (template === undefined) return undefined
  world.expectations.expectCreations(key, count, world.now)
  const answers = yield* slowStart(Array.from({ length: count }, () => createPodCall(replicaSet, template)))
  // Nobody will see what was never created.
  world.expectations.created(key, count - answers.length)
  let failure: string | undefined
  for (const answer of answers) {
    if (answer.ok) {
      const name = answer.object?.metadata.name ?? ''
      world.event('ReplicaSet', replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`)
      continue
    }
    world.expectations.created(key)
    // A namespace that goes away takes the ReplicaSet with it: no reason to try again.
    if (answer.code === 403 && answer.message.includes('because it is being terminated')) continue
    world.event('ReplicaSet', replicaSet, 'Warning', 'FailedCreate', `Error creating: ${answer.message}`)
    failure ??= answer.message
  }
  return failure
}

function* deletePods(
  key: string,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  count: number,
  world: World,
): Sync<string | undefined> {
  const victims = cheapestToLoseFirst(active, relatedPods(replicaSet, world), world.now).slice(0, count)
  world.expectations.expectDeletions(key, victims.map(keyOf), world.now)
  const answers = yield* all(victims.map(deletePodCall))
  let failure: string | undefined
  victims.forEach((pod, index) => {
    const answer = answers[index]
    if (answer?.ok === true) {
      const message = `Deleted pod: ${pod.metadata.name}`
      world.event('ReplicaSet', replicaSet, 'Normal', 'SuccessfulDelete', message)
      return
    }
    world.expectations.deleted(key, keyOf(pod))
    if (answer === undefined || answer.code === 404) return
    world.event('ReplicaSet', replicaSet, 'Warning', 'FailedDelete', `Error deleting: ${answer.message}`)
    failure ??= answer.message
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

/** A Pod that is ready but not for long enough becomes available with nobody writing anything. */
const nextAvailability = (
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  world: World,
): { after: number } | undefined => {
  const minReady = replicaSet.spec.minReadySeconds ?? 0
  if (minReady === 0) return undefined
  const due = active
    .map((pod) => availableAt(pod, minReady))
    .filter((at) => at !== undefined && at > world.now)
    .reduce<number | undefined>((first, at) => (first === undefined || (at ?? first) < first ? at : first), undefined)
  return due === undefined ? undefined : { after: Math.max(due - world.now, seconds(0)) }
}

const replicaSetChanged = (change: Change): readonly Wake[] => [keyFor(change.namespace, change.name)]

function* podChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  const owner = ownerKey(after ?? before)
  if (owner !== undefined) {
    if (before === undefined && after !== undefined) world.expectations.created(owner)
    const gone = after === undefined || after.metadata.deletionTimestamp !== undefined
    if (gone) world.expectations.deleted(owner, keyFor(change.namespace, change.name))
    yield owner
  }
  const former = before === undefined ? undefined : ownerKey(before)
  if (former !== undefined && former !== owner) yield former
  if (after !== undefined && isOrphan(after)) yield* adopters(after, world)
}

const ownerKey = (pod: Pod | undefined): string | undefined => {
  if (pod === undefined) return undefined
  const owner = controllerOf(pod)
  return owner?.kind === 'ReplicaSet' ? keyFor(pod.metadata.namespace, owner.name) : undefined
}

function* adopters(pod: Pod, world: World): Generator<Wake> {
  for (const replicaSet of world.view.list('ReplicaSet', pod.metadata.namespace)) {
    if (matchesSelector(replicaSet.spec.selector, pod.metadata.labels)) yield keyOf(replicaSet)
  }
}
