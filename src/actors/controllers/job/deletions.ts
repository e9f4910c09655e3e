import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import { all, call, type Sync } from '../../../engine/client/sync.ts'
import type { ApiCall } from '../../../engine/client/api-client.ts'
import { isReady } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { deletePodCall } from '../shared/pod-control.ts'
import { announceDeletion, deletionProblem } from '../shared/pod-writes.ts'
import { together } from '../shared/together.ts'
import { isTracked, TRACKING } from './pods.ts'

export interface Deleted {
  readonly count: number
  readonly ready: number
  readonly failure: string | undefined
}

/** Source: pkg/controller/job/job_controller.go, removeTrackingFinalizerPatch (v1.36). */
export const letGoCall = ({ metadata: { namespace, name } }: Pod): ApiCall<'Pod'> => ({
  verb: 'patch',
  kind: 'Pod',
  namespace,
  name,
  patchType: 'strategic',
  body: { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING] } },
})

/** Deletes Pods of a Job that has ended; they stay until they are counted. Source: job_controller.go, deleteActivePods. */
export function* deleteActive(job: Job, pods: readonly Pod[], world: World): Sync<Deleted> {
  let failure: string | undefined
  let failures = 0
  yield* all(pods.map(deletePodCall), (answer, index) => {
    const pod = pods[index]
    if (pod !== undefined) announceDeletion(job, pod, answer, world)
    if (answer.ok || answer.code === 404) return
    failures++
    failure ??= deletionProblem(answer)
  })
  return { count: pods.length - failures, ready: pods.filter(isReady).length, failure }
}

/** Deletes Pods that are too many; they need not be counted. Source: job_controller.go, deleteJobPods. */
export function* deleteUncounted(key: string, job: Job, pods: readonly Pod[], world: World): Sync<Deleted> {
  world.expectations.expectDeletions(key, pods.map(keyOf), world.monotonic)
  const outcomes = yield* together(pods.map((pod) => deleteOne(key, job, pod, world)))
  const failures = outcomes.filter((outcome) => outcome.failure !== undefined)
  return {
    count: pods.length - failures.length,
    ready: outcomes.filter(({ ready }) => ready).length,
    failure: failures[0]?.failure,
  }
}

interface One {
  readonly ready: boolean
  readonly failure?: string
}

function* deleteOne(key: string, job: Job, pod: Pod, world: World): Sync<One> {
  if (isTracked(pod)) {
    const freed = yield* call(letGoCall(pod))
    if (!freed.ok) {
      world.expectations.deleted(key, keyOf(pod))
      const failure = freed.code === 404 ? undefined : `removing completion finalizer: ${freed.message}`
      return { ready: false, failure }
    }
  }
  const answer = yield* call(deletePodCall(pod))
  announceDeletion(job, pod, answer, world)
  if (answer.ok) return { ready: isReady(pod) }
  world.expectations.deleted(key, keyOf(pod))
  return { ready: isReady(pod), failure: answer.code === 404 ? undefined : deletionProblem(answer) }
}
