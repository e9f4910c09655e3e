import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import { all, call, type Sync } from '../../../engine/client/sync.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { JobCondition } from '../../../kubernetes/types/workloads.ts'
import { ensureCondition, newCondition } from './conditions.ts'
import { letGoCall } from './deletions.ts'
import { judge } from './failure-policy.ts'
import { formatIndexes, indexOf, isIndexed, union } from './indexes.ts'
import type { JobMemory } from './memory.ts'
import { hasFailed, hasSucceeded, isTracked } from './pods.ts'
import { statusOf, type JobRun } from './run.ts'

/** Most Pods that a status lists as not yet counted. Source: pkg/controller/job/job_controller.go, MaxUncountedPods. */
const MOST_UNCOUNTED = 500

/**
 * Counts Pods that have ended, exactly once: first the status lists them, then they lose their finalizer, then the totals
 * grow. The same holds for the conditions: one that says how the Job will end, and one that it has, when all are counted.
 * Gives why it could not.
 * Source: pkg/controller/job/job_controller.go, trackJobStatusAndRemoveFinalizers (v1.36).
 */
export function* track(run: JobRun, isNews: boolean, world: World<JobMemory>): Sync<string | undefined> {
  const key = keyOf(run.job)
  const tracked = new Set(ours(run).map(({ metadata }) => metadata.uid))
  const cleaned = countLetGo(run, tracked)
  const listing = listEnded(run)
  const indexed = tellIndexes(run, listing.indexes)
  const announced = announceEnd(run, world)
  let pending = isNews || cleaned || listing.isNews || indexed || announced
  if (pending) {
    const failure = yield* write(run)
    if (failure !== undefined) return `tracking status: adding uncounted pods to status: ${failure}`
    world.memory.keep(key, run.backOff)
    pending = false
  }
  const { freed, failure } = yield* letGo(key, listing.ended, world)
  for (const uid of freed) tracked.delete(uid)
  pending = countLetGo(run, tracked)
  if (failure !== undefined) {
    if (pending) yield* write(run)
    return `tracking status: ${failure}`
  }
  const isOver = !listing.isFull && end(run, world)
  if (!pending && !isOver) return undefined
  const unwritten = yield* write(run)
  if (unwritten !== undefined) return `tracking status: removing uncounted pods from status: ${unwritten}`
  if (isOver) tellEnd(run, world)
  return undefined
}

/** Pods that hold their finalizer still, as far as is known. */
const ours = ({ pods, letGo: gone }: JobRun): readonly Pod[] =>
  pods.filter((pod) => isTracked(pod) && !gone.has(pod.metadata.uid))

/** Source: job_controller.go, cleanUncountedPodsWithoutFinalizers. */
const countLetGo = ({ status }: JobRun, tracked: ReadonlySet<string>): boolean => {
  const { succeeded, failed } = status.uncounted
  const left = {
    succeeded: succeeded.filter((uid) => tracked.has(uid)),
    failed: failed.filter((uid) => tracked.has(uid)),
  }
  status.succeeded = (status.succeeded ?? 0) + succeeded.length - left.succeeded.length
  status.failed = (status.failed ?? 0) + failed.length - left.failed.length
  status.uncounted = left
  return left.succeeded.length < succeeded.length || left.failed.length < failed.length
}

interface Listing {
  readonly ended: readonly Pod[]
  readonly indexes: readonly number[]
  readonly isNews: boolean
  readonly isFull: boolean
}

const listEnded = (run: JobRun): Listing => {
  const { job, status, uncounted, indexes } = run
  const succeeded = [...status.uncounted.succeeded]
  const failed = [...status.uncounted.failed]
  const [before, ended, news] = [succeeded.length + failed.length, [] as Pod[], [] as number[]]
  let isFull = false
  for (const pod of inOrder(run)) {
    const isFailed = hasFailed(pod, job)
    if (!canLetGo(run, pod, isFailed)) continue
    ended.push(pod)
    const { uid } = pod.metadata
    const index = indexOf(pod, job)
    if (hasSucceeded(pod) && !uncounted.failed.has(uid)) {
      if (!isIndexed(job)) {
        if (!uncounted.succeeded.has(uid)) succeeded.push(uid)
      } else if (index !== undefined && indexes?.before.has(index) !== true) news.push(index)
    } else if (isFailed || (run.finished !== undefined && run.finished.type !== 'SuccessCriteriaMet')) {
      const isCounted = (!isIndexed(job) || index !== undefined) && judge(pod, job).counts
      if (isCounted && !uncounted.failed.has(uid)) failed.push(uid)
    }
    isFull = news.length + succeeded.length + failed.length >= MOST_UNCOUNTED
    if (isFull) break
  }
  status.uncounted = { succeeded, failed }
  return { ended, indexes: news, isNews: news.length > 0 || succeeded.length + failed.length > before, isFull }
}

const inOrder = (run: JobRun): readonly Pod[] => {
  const { job } = run
  return isIndexed(job) ? ours(run).toSorted((a, b) => (indexOf(a, job) ?? -1) - (indexOf(b, job) ?? -1)) : ours(run)
}

/** Source: job_controller.go, canRemoveFinalizer. */
const canLetGo = ({ job, finished, indexes }: JobRun, pod: Pod, isFailed: boolean): boolean => {
  if (job.metadata.deletionTimestamp !== undefined || finished !== undefined || hasSucceeded(pod)) return true
  if (!isFailed) return false
  const index = indexOf(pod, job)
  return index === undefined || indexes?.delayed.get(index)?.metadata.uid !== pod.metadata.uid
}

const tellIndexes = ({ job, status, indexes }: JobRun, news: readonly number[]): boolean => {
  if (!isIndexed(job) || indexes === undefined) return false
  indexes.succeeded = union(indexes.succeeded, news)
  const completed = formatIndexes(indexes.succeeded)
  const failed = indexes.failed === undefined ? undefined : formatIndexes(indexes.failed)
  const isNews = completed !== (status.completedIndexes ?? '') || failed !== status.failedIndexes
  status.succeeded = indexes.succeeded.size
  status.completedIndexes = completed
  status.failedIndexes = failed
  return isNews
}

/** Says how the Job is going to end, and makes of it what will be said when it has. */
const announceEnd = (run: JobRun, world: World): boolean => {
  const { finished, status } = run
  if (finished?.type !== 'FailureTarget' && finished?.type !== 'SuccessCriteriaMet') return false
  const isNews = !status.conditions.some(({ type, status: state }) => type === finished.type && state === 'True')
  if (isNews) status.conditions = [...status.conditions, finished]
  const type = finished.type === 'FailureTarget' ? 'Failed' : 'Complete'
  run.finished = newCondition(type, 'True', finished.reason ?? '', finished.message ?? '', world.now)
  return isNews
}

/** Takes the finalizers away, all at once. Source: job_controller.go, removeTrackingFinalizerFromPods. */
function* letGo(
  key: string,
  pods: readonly Pod[],
  world: World<JobMemory>,
): Sync<{ readonly freed: readonly string[]; readonly failure: string | undefined }> {
  const freed: string[] = []
  let failure: string | undefined
  world.memory.lets(
    key,
    pods.map(({ metadata }) => metadata.uid),
  )
  yield* all(pods.map(letGoCall), (answer, index) => {
    const uid = pods[index]?.metadata.uid ?? ''
    if (answer.ok || answer.code === 404) freed.push(uid)
    else failure ??= answer.message
    if (!answer.ok) world.memory.gone(key, uid)
  })
  return { freed, failure }
}

/** Whether everything is counted, so that the Job is over. Source: job_controller.go, enactJobFinished. */
const end = (run: JobRun, world: World): boolean => {
  const { finished, status } = run
  const { succeeded, failed } = status.uncounted
  if (finished === undefined || succeeded.length + failed.length > 0 || run.terminating > 0) return false
  const { type, reason = '', message = '' } = finished
  status.conditions = ensureCondition(status.conditions, newCondition(type, 'True', reason, message, world.now))
  if (type === 'Complete') status.completionTime = finished.lastTransitionTime
  return true
}

/** Source: job_controller.go, recordJobFinished. */
const tellEnd = ({ job, finished, status }: JobRun, world: World): void => {
  if (finished?.type !== 'Complete') {
    const { reason = '', message = '' }: Partial<JobCondition> = finished ?? {}
    world.event('Job', job, 'Warning', reason, message)
    return
  }
  const { completions } = job.spec
  if (completions !== undefined && (status.succeeded ?? 0) > completions) {
    const message = 'Too many succeeded pods running after completion count reached'
    world.event('Job', job, 'Warning', 'TooManySucceededPods', message)
  }
  world.event('Job', job, 'Normal', 'Completed', 'Job completed')
}

function* write(run: JobRun): Sync<string | undefined> {
  const { namespace, name } = run.job.metadata
  const body = { ...run.job, status: statusOf(run) }
  const answer = yield* call({ verb: 'update', kind: 'Job', namespace, name, subresource: 'status', body })
  if (!answer.ok) return answer.message
  run.job = answer.object ?? run.job
  return undefined
}
