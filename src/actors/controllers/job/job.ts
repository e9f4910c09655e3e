import { seconds } from '../../../events/time.ts'
import { defineController, type Controller, type World } from '../../../engine/client/controller.ts'
import { splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { candidates, claim } from '../shared/claim.ts'
import { hasEnded } from '../shared/job-end.ts'
import { livingOwner } from '../shared/living-owner.ts'
import { letGoCall } from './deletions.ts'
import { JobMemory } from './memory.ts'
import { isTracked, TRACKING } from './pods.ts'
import { syncJob } from './sync.ts'
import { jobChanged, jobPodChanged, STRAY } from './wakes.ts'

/**
 * Runs Pods until enough of them have succeeded, or too many have failed. Each Pod bears a finalizer until its end is
 * counted, so that none is counted twice or never.
 * Source: pkg/controller/job/job_controller.go, syncJob (v1.36). Gate StaleControllerConsistencyJob: a key waits until the
 * view shows what was last written for it.
 * Abridged: gang scheduling by Workload and PodGroup objects (alpha) is left out.
 */
export const jobController = (readsOwnWrites: boolean): Controller =>
  defineController<JobMemory>({
    name: 'job-controller',
    kinds: ['Job', 'Pod'],
    workers: 5,
    memory: () => new JobMemory(),
    readsOwnWrites,
    // Source: job_controller.go, DefaultJobApiBackOff and MaxJobApiBackOff.
    queue: { base: seconds(1), max: seconds(60) },

    wakes: (change, world) => (change.kind === 'Job' ? jobChanged(change, world) : jobPodChanged(change, world)),

    *reconcile(key, world): Sync {
      if (key.startsWith(STRAY)) return yield* freeStray(key.slice(STRAY.length), world)
      const { namespace, name } = splitKey(key)
      const job = world.view.get('Job', namespace, name)
      if (job === undefined || hasEnded(job)) {
        if (job === undefined) world.expectations.forget(key)
        world.memory.forget(key)
        return
      }
      if (isForeign(job)) return
      const mayAct = world.expectations.satisfied(key, world.monotonic)
      const all = candidates('Pod', job, world.view)
      const { objects: pods, failure } = yield* claim('Pod', job, job.spec.selector, all, [TRACKING])
      if (failure !== undefined) return { retry: failure }
      return yield* syncJob(job, pods, mayAct, world)
    },
  })

/** Somebody else runs it. Source: job_controller.go, managedByExternalController. */
const isForeign = ({ spec }: Job): boolean =>
  spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller'

/** Lets go a Pod that no Job counts any more. Source: job_controller.go, syncOrphanPod. */
function* freeStray(key: string, world: World): Sync {
  const { namespace, name } = splitKey(key)
  const pod = world.view.get('Pod', namespace, name)
  if (pod === undefined || !isTracked(pod)) return
  const reference = controllerOf(pod)
  if (reference !== undefined && reference.kind !== 'Job') return
  const job = livingOwner('Job', pod, world.view)
  if (job !== undefined && (isForeign(job) || !hasEnded(job))) return
  const answer = yield* call(letGoCall(pod))
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}
