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
import { findCondition } from '../../../kubernetes/conditions.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { claim, isOrphan } from '../shared/claim.ts'
import { isRolling, isScalingEvent } from './arithmetic.ts'
import { PAUSED, progressing, RESUMED, TIMED_OUT, withCondition } from './conditions.ts'
import { rolloutRecreate } from './recreate.ts'
import { generationsOf, podsOf, watchesProgress } from './replica-sets.ts'
import { rolloutRolling } from './rolling.ts'
import { syncScale } from './scale.ts'
import { syncStatusOnly } from './status.ts'

/**
 * Moves each Deployment's Pods from old templates to today's, by way of ReplicaSets, one per template.
 * Source: pkg/controller/deployment/deployment_controller.go, syncDeployment (v1.36).
 */
export const deploymentController = defineController({
  name: 'deployment-controller',
  kinds: ['Deployment', 'ReplicaSet', 'Pod'],
  workers: 5,
  memory: () => undefined,

  wakes: (change, world) => {
    if (change.kind === 'Deployment') return [keyFor(change.namespace, change.name)]
    return change.kind === 'ReplicaSet' ? replicaSetChanged(change, world) : podChanged(change, world)
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const deployment = world.view.get('Deployment', namespace, name)
    if (deployment === undefined) return
    const replicaSets = yield* claim('ReplicaSet', deployment, deployment.spec.selector, world.view)
    if (deployment.metadata.deletionTimestamp !== undefined) {
      return yield* syncStatusOnly(deployment, generationsOf(deployment, replicaSets), world)
    }
    const noted = yield* notePause(deployment, world)
    if (noted !== undefined) return noted
    if (deployment.spec.paused === true || isScalingEvent(deployment, replicaSets)) {
      return yield* syncScale(deployment, replicaSets, world)
    }
    const rollout = isRolling(deployment) ? rolloutRolling : rolloutRecreate
    return yield* rollout(deployment, replicaSets, world)
  },
})

/** Says in the conditions that a rollout is paused or goes on. Source: sync.go, checkPausedConditions. */
function* notePause(deployment: Deployment, world: World): Sync {
  if (!watchesProgress(deployment)) return
  const condition = findCondition(deployment.status?.conditions, 'Progressing')
  if (condition?.reason === TIMED_OUT) return
  const paused = deployment.spec.paused === true
  const noted = condition?.reason === PAUSED
  if (paused === noted) return
  const next = paused
    ? progressing('Unknown', PAUSED, 'Deployment is paused')
    : progressing('Unknown', RESUMED, 'Deployment is resumed')
  const body = withCondition(deployment, next, world.now)
  const { namespace, name } = deployment.metadata
  const answer = yield* call({ verb: 'update', kind: 'Deployment', namespace, name, subresource: 'status', body })
  // The write wakes this key again, with a version on which the rest can build.
  return answer.ok ? undefined : { retry: answer.message }
}

const ownerKey = (object: ReplicaSet | undefined): string | undefined => {
  const owner = object === undefined ? undefined : controllerOf(object)
  return owner?.kind === 'Deployment' ? keyFor(object?.metadata.namespace, owner.name) : undefined
}

function* replicaSetChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as ReplicaSet | undefined
  const after = change.after as ReplicaSet | undefined
  const owner = ownerKey(after ?? before)
  if (owner !== undefined) yield owner
  const former = ownerKey(before)
  if (former !== undefined && former !== owner) yield former
  if (after === undefined || !isOrphan(after)) return
  for (const deployment of world.view.list('Deployment', change.namespace)) {
    if (matchesSelector(deployment.spec.selector, after.metadata.labels)) yield keyOf(deployment)
  }
}

/** A Recreate rollout waits for the last old Pod to be gone; no other change of a Pod matters here. */
function* podChanged(change: Change, world: World): Generator<Wake> {
  const pod = change.before as Pod | undefined
  if (change.after !== undefined || pod === undefined) return
  const owner = controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return
  const replicaSet = world.view.get('ReplicaSet', change.namespace, owner.name)
  const key = ownerKey(replicaSet)
  const deployment = key === undefined ? undefined : world.view.get('Deployment', change.namespace, splitKey(key).name)
  if (deployment === undefined || isRolling(deployment)) return
  const all = world.view.indexed('ReplicaSet', 'controller', deployment.metadata.uid)
  if (podsOf(all, world).length === 0) yield keyOf(deployment)
}
