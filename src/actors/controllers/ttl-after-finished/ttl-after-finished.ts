import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { defineController } from '../../../engine/client/controller.ts'
import { keyOf, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { finishedJobCondition } from '../shared/job-end.ts'

/**
 * Deletes Jobs with their Pods some time after they have ended, if they say how long.
 * Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go, processJob (v1.36).
 */
export const ttlAfterFinishedController = defineController({
  name: 'ttl-after-finished-controller',
  kinds: ['Job'],
  workers: 5,
  memory: () => undefined,

  *wakes({ after }) {
    const job = after as Job | undefined
    if (job !== undefined && expiresAt(job) !== undefined) yield keyOf(job)
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const job = world.view.get('Job', namespace, name)
    const seen = job === undefined ? undefined : expiresAt(job)
    if (seen === undefined) return
    if (seen > world.now) return { after: seen - world.now }
    // The view may be behind: its time may have been prolonged.
    const fresh = yield* call({ verb: 'get', kind: 'Job', namespace, name })
    if (!fresh.ok) return fresh.code === 404 ? undefined : { retry: fresh.message }
    const expires = fresh.object === undefined ? undefined : expiresAt(fresh.object)
    if (expires === undefined) return
    if (expires > world.now) return { after: expires - world.now }
    const preconditions = { uid: fresh.object?.metadata.uid }
    const options = { propagationPolicy: 'Foreground', preconditions } as const
    const answer = yield* call({ verb: 'delete', kind: 'Job', namespace, name, options })
    if (!answer.ok && answer.code !== 404) return { retry: answer.message }
  },
})

/** When a Job that has ended is to go; undefined while it runs, is on its way out or may stay. */
const expiresAt = (job: Job): Micros | undefined => {
  const { ttlSecondsAfterFinished } = job.spec
  const ended = finishedJobCondition(job)?.lastTransitionTime
  if (ttlSecondsAfterFinished === undefined || ended === undefined || job.metadata.deletionTimestamp !== undefined) {
    return undefined
  }
  const at = parseTime(ended)
  return at === undefined ? undefined : at + seconds(ttlSecondsAfterFinished)
}
