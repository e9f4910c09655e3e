import { seconds } from '../../../events/time.ts'
import type { Wake, World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf } from '../../../engine/client/keys.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { isTerminating } from '../../../kubernetes/pods.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { hasEnded } from '../shared/job-end.ts'
import { livingOwner } from '../shared/living-owner.ts'
import { podChanged, type PodOwners } from '../shared/pod-wakes.ts'
import { BATCH_PERIOD } from './manage.ts'
import type { JobMemory } from './memory.ts'
import { isTracked } from './pods.ts'

/** Before a Pod's key where what is to be done is to let go a Pod that no Job counts. */
export const STRAY = 'stray-pod:'

const JOBS: PodOwners<'Job'> = { kind: 'Job', selector: ({ spec }) => spec.selector, minReadySeconds: () => 0 }

/**
 * A new Job and a new spec are looked at at once, what Pods do to its status only after a while, all together.
 * Source: pkg/controller/job/job_controller.go, addJob, updateJob and deleteJob (v1.36).
 */
export function* jobChanged(change: Change, world: World<JobMemory>): Generator<Wake> {
  const before = change.before as Job | undefined
  const after = change.after as Job | undefined
  const key = keyFor(change.namespace, change.name)
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) {
    world.expectations.forget(key)
    world.memory.forget(key)
    yield* straysOf(before, world)
  }
  const isSpec = before === undefined || after === undefined || before.metadata.generation !== after.metadata.generation
  yield isSpec ? key : { key, after: BATCH_PERIOD }
  if (after === undefined) return
  if (hasEnded(after)) yield* straysOf(after, world)
  const { activeDeadlineSeconds } = after.spec
  const started = parseTime(after.status?.startTime ?? '')
  if (before === undefined || started === undefined || activeDeadlineSeconds === undefined) return
  if (before.spec.activeDeadlineSeconds !== activeDeadlineSeconds) {
    yield { key, after: Math.max(0, started + seconds(activeDeadlineSeconds) - world.now) }
  }
}

function* straysOf(job: Job, world: World): Generator<Wake> {
  for (const pod of world.view.indexed('Pod', 'controller', job.metadata.uid)) {
    if (isTracked(pod)) yield STRAY + keyOf(pod)
  }
}

/** Source: job_controller.go, addPod, updatePod and deletePod. */
export function* jobPodChanged(change: Change, world: World<JobMemory>): Generator<Wake> {
  const pod = (change.after ?? change.before) as Pod | undefined
  if (pod === undefined) return
  if (controllerOf(pod) === undefined || controllerOf(pod)?.kind === 'Job') yield* trackingChanged(change, pod, world)
  for (const wake of podChanged(change, world, JOBS)) {
    yield typeof wake === 'string' ? { key: wake, after: BATCH_PERIOD } : wake
  }
}

function* trackingChanged(change: Change, pod: Pod, world: World<JobMemory>): Generator<Wake> {
  const job = livingOwner('Job', pod, world.view)
  if (job !== undefined && (change.after === undefined || !isTracked(pod))) {
    world.memory.gone(keyOf(job), pod.metadata.uid)
  }
  if (change.after === undefined || !isTracked(pod)) return
  const isNobodys = controllerOf(pod) === undefined
  // Of one that is not on its way out the Job may just not be in view yet.
  if (isNobodys || (isTerminating(pod) && (job === undefined || hasEnded(job)))) yield STRAY + keyOf(pod)
}
