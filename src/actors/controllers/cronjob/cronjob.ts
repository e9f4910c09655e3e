import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, keyOf, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { either } from 'fp-ts'
import type { CronJob } from '../../../kubernetes/types/workloads.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { livingOwner } from '../shared/living-owner.ts'
import { Draft } from './draft.ts'
import { cleanUp, noteEnds } from './jobs.ts'
import { scheduleOf, untilNext } from './schedule.ts'
import { startDue } from './start.ts'

/**
 * Makes a Job of each CronJob whenever its schedule says so, and tidies up those that have ended.
 * Source: pkg/controller/cronjob/cronjob_controllerv2.go, sync (v1.36).
 */
export const cronJobController = defineController({
  name: 'cronjob-controller',
  kinds: ['CronJob', 'Job'],
  workers: 5,
  memory: () => undefined,

  wakes: (change, world) => (change.kind === 'CronJob' ? cronJobChanged(change, world) : jobChanged(change, world)),

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const cronJob = world.view.get('CronJob', namespace, name)
    if (cronJob === undefined) return
    const draft = new Draft(cronJob)
    const jobs = world.view.indexed('Job', 'controller', cronJob.metadata.uid)
    yield* cleanUp(draft, jobs, world)
    const unknown = yield* noteEnds(draft, jobs, world)
    const isDeleting = cronJob.metadata.deletionTimestamp !== undefined
    const result = unknown !== undefined ? { retry: unknown } : isDeleting ? undefined : yield* startDue(draft, world)
    if (!draft.isNews) return result
    const body = draft.written()
    const answer = yield* call({ verb: 'update', kind: 'CronJob', namespace, name, subresource: 'status', body })
    return answer.ok ? result : { retry: answer.message }
  },
})

/** Another schedule is looked at when it is due, any other change at once. Source: updateCronJob. */
function* cronJobChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as CronJob | undefined
  const after = change.after as CronJob | undefined
  const key = keyFor(change.namespace, change.name)
  const isSameTime =
    before === undefined ||
    after === undefined ||
    (before.spec.schedule === after.spec.schedule && before.spec.timeZone === after.spec.timeZone)
  const schedule = isSameTime ? undefined : scheduleOf(after)
  if (isSameTime || schedule === undefined || either.isLeft(schedule)) yield key
  else {
    const delay = untilNext(after, schedule.right, world.now)
    if (delay !== undefined) yield { key, after: Math.max(0, delay) }
  }
}

function* jobChanged({ before, after }: Change, world: World): Generator<Wake> {
  const former = before === undefined ? undefined : livingOwner('CronJob', before, world.view)
  const owner = after === undefined ? undefined : livingOwner('CronJob', after, world.view)
  if (owner !== undefined) yield keyOf(owner)
  if (former !== undefined && former !== owner) yield keyOf(former)
}
