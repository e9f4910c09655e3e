import type { Micros } from '../../../events/envelope.ts'
import { defineController, type Controller, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { availableAt } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ControllerRevision, StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { candidates, claim } from '../shared/claim.ts'
import { podChanged, type PodOwners } from '../shared/pod-wakes.ts'
import { byRevision } from '../shared/revisions.ts'
import { GO_ON } from './for-all.ts'
import { isMember, replicasOf } from './identity.ts'
import { arrange, moveOn } from './replicas.ts'
import { ownRevisions, resolveRevisions, truncateHistory } from './revisions.ts'
import { countPods, writeStatus } from './status.ts'

const STATEFUL_SETS: PodOwners<'StatefulSet'> = {
  kind: 'StatefulSet',
  selector: ({ spec }) => spec.selector,
  minReadySeconds: ({ spec }) => spec.minReadySeconds ?? 0,
}

/**
 * Keeps the Pods of each StatefulSet, each with a name and claims of its own that outlive it.
 *
 * Every pass looks at all of them and takes the next step, at most one where order matters. It knows no expectations:
 * names are the lock, and (gate StaleControllerConsistencyStatefulSet) a key waits until the view shows its own writes.
 * Source: pkg/controller/statefulset/stateful_set.go, sync (v1.36). Gate MaxUnavailableStatefulSet is off in v1.36.2.
 */
export const statefulSetController = (readsOwnWrites: boolean): Controller =>
  defineController({
    name: 'statefulset-controller',
    kinds: ['StatefulSet', 'Pod', 'ControllerRevision', 'PersistentVolumeClaim'],
    workers: 5,
    memory: () => undefined,
    readsOwnWrites,

    *wakes(change, world) {
      if (change.kind === 'StatefulSet') yield keyFor(change.namespace, change.name)
      else if (change.kind === 'Pod') yield* podChanged(change, world, STATEFUL_SETS)
    },

    *reconcile(key, world): Sync {
      const { namespace, name } = splitKey(key)
      const set = world.view.get('StatefulSet', namespace, name)
      if (set === undefined) return
      const { selector } = set.spec
      const known = yield* ownRevisions(set, world)
      if (known.failure !== undefined) return { retry: known.failure }
      const members = candidates('Pod', set, world.view).filter((pod) => isMember(set, pod))
      const { objects: pods, failure } = yield* claim('Pod', set, selector, members)
      if (failure !== undefined) return { retry: failure }
      return yield* update(set, pods, known.objects.toSorted(byRevision), world)
    },
  })

/** Source: stateful_set_control.go, UpdateStatefulSet and performUpdate. */
function* update(set: StatefulSet, pods: readonly Pod[], history: readonly ControllerRevision[], world: World): Sync {
  const revisions = yield* resolveRevisions(set, history)
  if ('failure' in revisions) {
    yield* truncateHistory(set, pods, history, {})
    return { retry: revisions.failure }
  }
  const counts = countPods(set, pods, revisions, world.now)
  const isDeleting = set.metadata.deletionTimestamp !== undefined
  const step = isDeleting ? GO_ON : yield* moveOn(set, arrange(set, pods), revisions, counts, world)
  const unwritten = yield* writeStatus(set, counts, revisions, world)
  const untidy = yield* truncateHistory(set, pods, history, revisions)
  const failure = step.failure ?? unwritten ?? untidy
  if (failure !== undefined) return { retry: failure }
  return counts.available === replicasOf(set) ? undefined : nextAvailability(set, pods, world.now)
}

/** A Pod that is ready but not for long enough becomes available with nobody writing anything. */
const nextAvailability = (
  { spec: { minReadySeconds = 0 } }: StatefulSet,
  pods: readonly Pod[],
  now: Micros,
): { readonly after: Micros } | undefined => {
  if (minReadySeconds === 0) return undefined
  let first: Micros | undefined
  for (const pod of pods) {
    const at = availableAt(pod, minReadySeconds)
    if (at !== undefined && at > now && (first === undefined || at < first)) first = at
  }
  return first === undefined ? undefined : { after: first - now }
}
