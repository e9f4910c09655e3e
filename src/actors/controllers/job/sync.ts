import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import type { Sync } from '../../../engine/client/sync.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { ensureCondition, newCondition } from './conditions.ts'
import { deleteActive } from './deletions.ts'
import { isIndexed } from './indexes.ts'
import { manage, type Managed } from './manage.ts'
import type { JobMemory } from './memory.ts'
import { isSuspended, startRun, withIndexes, type JobRun } from './run.ts'
import { track } from './track.ts'
import { deadlineIn, verdictOf } from './verdict.ts'

/** One pass over a Job that has not ended. Source: pkg/controller/job/job_controller.go, syncJob (v1.36). */
export function* syncJob(job: Job, pods: readonly Pod[], mayAct: boolean, world: World<JobMemory>): Sync {
  const key = keyOf(job)
  const run = startRun(job, pods, world.memory.lettingGo(key), world.memory.record(key))
  const { status } = run
  if (status.startTime === undefined && !isSuspended(job)) status.startTime = rfc3339(world.now)
  if (isIndexed(job)) {
    run.indexes = withIndexes(run)
    run.succeeded = run.indexes.succeeded.size
  }
  run.finished = verdictOf(run, world.now)
  const deadline = run.finished === undefined ? deadlineIn(run, world.now) : undefined
  if (deadline !== undefined) world.wake({ key, after: deadline })
  const before = status.conditions
  const { active, failure } =
    run.finished === undefined ? yield* goOn(run, mayAct, world) : yield* stop(run, mayAct, world)
  const isNews =
    status.conditions !== before ||
    active !== (status.active ?? 0) ||
    run.ready !== status.ready ||
    run.terminating !== status.terminating
  status.active = active
  status.ready = run.ready
  status.terminating = run.terminating
  const untracked = yield* track(run, isNews, world)
  const problem = untracked ?? failure
  return problem === undefined ? undefined : { retry: problem }
}

/** The Job is about to end: its Pods are deleted. It has not ended while some could not be, or are not in view yet. */
function* stop(run: JobRun, mayAct: boolean, world: World): Sync<Managed> {
  const { job, active } = run
  const deleted = yield* deleteActive(job, active, world)
  if (deleted.count !== active.length || !mayAct) run.finished = undefined
  run.terminating += deleted.count
  run.ready -= deleted.ready
  return { active: active.length - deleted.count, failure: deleted.failure }
}

function* goOn(run: JobRun, mayAct: boolean, world: World): Sync<Managed> {
  const { job } = run
  const manages = mayAct && job.metadata.deletionTimestamp === undefined
  const managed: Managed = manages ? yield* manage(run, world) : { active: run.active.length }
  const { completions } = job.spec
  const isEnough = completions === undefined ? run.succeeded > 0 : run.succeeded >= completions
  if (isEnough && managed.active === 0) {
    const message = 'Reached expected number of succeeded pods'
    run.finished = newCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', message, world.now)
  } else if (manages) noteSuspension(run, world)
  return managed
}

/** Says whether the Job is suspended; its time starts anew when it goes on. */
const noteSuspension = ({ job, status }: JobRun, world: World): void => {
  const suspends = isSuspended(job)
  const [reason, message] = suspends ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
  const state = suspends ? 'True' : 'False'
  const conditions = ensureCondition(
    status.conditions,
    newCondition('Suspended', state, reason ?? '', message ?? '', world.now),
  )
  if (conditions === status.conditions) return
  status.conditions = conditions
  status.startTime = suspends ? undefined : rfc3339(world.now)
  world.event('Job', job, 'Normal', suspends ? 'Suspended' : 'Resumed', message ?? '')
}
