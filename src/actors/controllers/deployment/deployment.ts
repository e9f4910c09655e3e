import { defineController, type World } from '../../../engine/client/controller.ts'
import { splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import type { Deployment } from '../../../kubernetes/types/workloads.ts'
import { candidates, claim } from '../shared/claim.ts'
import { isRolling, isScalingEvent } from './arithmetic.ts'
import { PAUSED, progressing, RESUMED, TIMED_OUT, withCondition } from './conditions.ts'
import { prepare } from './prepare.ts'
import { watchesProgress } from './progress.ts'
import { rolloutRecreate } from './recreate.ts'
import { allOf } from './replica-sets.ts'
import { rolloutRolling } from './rolling.ts'
import { syncScale } from './scale.ts'
import { syncDeploymentStatus } from './status.ts'
import { deploymentChanged, podChanged, replicaSetChanged } from './wakes.ts'

/**
 * Moves each Deployment's Pods from old templates to today's, by way of ReplicaSets, one per template.
 * Source: pkg/controller/deployment/deployment_controller.go, syncDeployment (v1.36).
 */
export const deploymentController = defineController({
  name: 'deployment-controller',
  kinds: ['Deployment', 'ReplicaSet', 'Pod'],
  workers: 5,
  maxRetries: 15,
  memory: () => undefined,

  wakes: (change, world) => {
    if (change.kind === 'Deployment') return deploymentChanged(change)
    return change.kind === 'ReplicaSet' ? replicaSetChanged(change, world) : podChanged(change, world)
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const seen = world.view.get('Deployment', namespace, name)
    if (seen === undefined) return
    const all = candidates('ReplicaSet', seen, world.view)
    const { objects: replicaSets, failure } = yield* claim('ReplicaSet', seen, seen.spec.selector, all)
    if (failure !== undefined) return { retry: failure }
    const isDeleting = seen.metadata.deletionTimestamp !== undefined
    const noted = isDeleting ? seen : yield* notePause(seen, world)
    if (typeof noted === 'string') return { retry: noted }
    if (!isDeleting && noted.spec.paused === true) return yield* syncScale(noted, replicaSets, world)
    // Upstream brings the revisions up to date here, and again, from what was first read, in what follows.
    const prepared = yield* prepare(noted, replicaSets, false, world)
    if ('failure' in prepared) return prepared.failure === undefined ? undefined : { retry: prepared.failure }
    const { deployment, generations } = prepared
    if (isDeleting) return yield* syncDeploymentStatus(deployment, generations, world)
    if (isScalingEvent(deployment, allOf(generations))) return yield* syncScale(deployment, replicaSets, world)
    const rollout = isRolling(deployment) ? rolloutRolling : rolloutRecreate
    return yield* rollout(deployment, replicaSets, world)
  },
})

/**
 * Says in the conditions that a rollout is paused or goes on; the deadline does not run in between. Gives the Deployment
 * with which the sync goes on, or why it cannot. Source: sync.go, checkPausedConditions.
 */
function* notePause(deployment: Deployment, world: World): Sync<Deployment | string> {
  const condition = findCondition(deployment.status?.conditions, 'Progressing')
  const isPaused = deployment.spec.paused === true
  if (!watchesProgress(deployment) || condition?.reason === TIMED_OUT) return deployment
  if (isPaused === (condition?.reason === PAUSED)) return deployment
  const next = isPaused
    ? progressing('Unknown', PAUSED, 'Deployment is paused')
    : progressing('Unknown', RESUMED, 'Deployment is resumed')
  const body = withCondition(deployment, next, world.now)
  const { namespace, name } = deployment.metadata
  const answer = yield* call({ verb: 'update', kind: 'Deployment', namespace, name, subresource: 'status', body })
  return answer.ok ? body : answer.message
}
