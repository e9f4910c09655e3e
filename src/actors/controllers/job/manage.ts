import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { earliestStageFirst } from '../shared/deletion-rank.ts'
import { createPodsSlowly } from '../shared/pod-writes.ts'
import { remaining } from './back-off.ts'
import { deleteUncounted } from './deletions.ts'
import { indexOf, isIndexed } from './indexes.ts'
import { hasLimitPerIndex, remainingForIndex } from './per-index.ts'
import { isStopping, replacesOnlyFailed } from './pods.ts'
import { isSuspended, parallelismOf, type JobRun } from './run.ts'
import { createCall } from './template.ts'

/** Most Pods that one pass creates or deletes. Source: pkg/controller/job/job_controller.go, MaxPodCreateDeletePerSync. */
const MOST_AT_ONCE = 500
/** Passes for Pods' sake come at most this often. Source: job_controller.go, syncJobBatchPeriod. */
export const BATCH_PERIOD: Micros = seconds(1)

/** How many Pods are active then, and why not all could be written. */
export interface Managed {
  readonly active: number
  readonly failure?: string
}

/**
 * Deletes Pods that are too many or creates those that are missing, not both in one pass; none while a back-off runs.
 * Source: pkg/controller/job/job_controller.go, manageJob (v1.36).
 */
export function* manage(run: JobRun, world: World): Sync<Managed> {
  const { job, active } = run
  const wanted = isSuspended(job) ? 0 : wantedActive(run)
  const victims = toRemove(job, active, Math.max(0, active.length - wanted))
  // A suspended Job deletes all there are.
  const removed = isSuspended(job) ? victims : victims.slice(0, MOST_AT_ONCE)
  if (isSuspended(job) || removed.length > 0) {
    if (removed.length === 0) return { active: active.length }
    const deleted = yield* deleteUncounted(keyOf(job), job, removed, world)
    run.terminating += deleted.count
    run.ready -= deleted.ready
    return { active: active.length - deleted.count, failure: deleted.failure }
  }
  const stopping = replacesOnlyFailed(job) ? run.terminating : 0
  const missing = wanted - stopping - active.length
  return missing > 0 ? yield* create(run, missing, world) : { active: active.length }
}

const wantedActive = ({ job, active, succeeded }: JobRun): number => {
  const { completions } = job.spec
  const parallelism = parallelismOf(job)
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

function* create(run: JobRun, missing: number, world: World): Sync<Managed> {
  const { job, active } = run
  const key = keyOf(job)
  const perIndex = hasLimitPerIndex(job)
  const wait = perIndex ? 0 : remaining(run.backOff, world.now)
  if (wait > 0) return waitFor(key, wait, world)
  const count = Math.min(missing, MOST_AT_ONCE)
  let indexes: readonly (number | undefined)[] = Array.from({ length: count }, () => undefined)
  if (isIndexed(job)) {
    const pending = pendingIndexes(run, count)
    const waits = pending.map((index) => (perIndex ? remainingForIndex(run.indexes?.delayed.get(index), world.now) : 0))
    indexes = pending.filter((_, i) => waits[i] === 0)
    if (indexes.length === 0 && waits.length > 0) return waitFor(key, Math.min(...waits), world)
  }
  if (indexes.length === 0) return { active: active.length }
  world.expectations.expectCreations(key, indexes.length, world.monotonic)
  const calls = indexes.map((index) =>
    createCall(job, index, index === undefined ? undefined : run.indexes?.delayed.get(index)),
  )
  const { failures, failure } = yield* createPodsSlowly(key, job, calls, world)
  return { active: active.length + indexes.length - failures, failure }
}

const waitFor = (key: string, wait: Micros, world: World): Managed => {
  world.wake({ key, after: Math.max(wait, BATCH_PERIOD) })
  return { active: 0 }
}

/** The lowest indexes that nobody works on and that are not settled. Source: indexed_job_utils.go, firstPendingIndexes. */
const pendingIndexes = ({ job, active, pods, indexes }: JobRun, count: number): readonly number[] => {
  const busy = active.map((pod) => indexOf(pod, job))
  const stopping = replacesOnlyFailed(job) ? pods.filter(isStopping).map((pod) => indexOf(pod, job)) : []
  const taken = new Set([...(indexes?.succeeded ?? []), ...(indexes?.failed ?? []), ...busy, ...stopping])
  const pending: number[] = []
  const { completions = 0 } = job.spec
  for (let index = 0; index < completions && pending.length < count; index++) if (!taken.has(index)) pending.push(index)
  return pending
}

/** Pods of no index or of one that another has, then the cheapest. Source: job_controller.go, activePodsForRemoval (v1.36). */
const toRemove = (job: Job, active: readonly Pod[], atLeast: number): readonly Pod[] => {
  const stray = isIndexed(job) ? strays(job, active) : []
  if (stray.length >= atLeast) return stray
  const rest = earliestStageFirst(active.filter((pod) => !stray.includes(pod)))
  return [...stray, ...rest.slice(0, atLeast - stray.length)]
}

const strays = (job: Job, active: readonly Pod[]): readonly Pod[] => {
  const byIndex = new Map<number | undefined, Pod[]>()
  for (const pod of active) {
    const index = indexOf(pod, job)
    const others = byIndex.get(index)
    if (others === undefined) byIndex.set(index, [pod])
    else others.push(pod)
  }
  return [...byIndex].flatMap(([index, pods]) =>
    index === undefined ? pods : pods.length < 2 ? [] : earliestStageFirst(pods).slice(0, -1),
  )
}
