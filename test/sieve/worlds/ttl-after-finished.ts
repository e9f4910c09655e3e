import { ttlAfterFinishedController } from '../../../src/actors/controllers/ttl-after-finished/ttl-after-finished.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import { made } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const end = (stage: Stage, name: string): void => {
  const at = rfc3339(stage.now)
  const complete = { type: 'Complete', status: 'True' as const, lastProbeTime: at, lastTransitionTime: at }
  stage.change('Job', name, (job) => ({ ...job, status: { conditions: [complete] } }))
}

/** Three Jobs end; one may stay, and of one somebody prolongs the time. */
export const ttlAfterFinished: SmallWorld = {
  name: 'ttl-after-finished-controller',
  controllers: () => [ttlAfterFinishedController],
  given: [
    made('Job', 'short', { spec: { ttlSecondsAfterFinished: 3 } }),
    made('Job', 'prolonged', { spec: { ttlSecondsAfterFinished: 3 } }),
    made('Job', 'stays', { spec: {} }),
  ],
  steps: 8,
  around: (stage) => {
    for (const { metadata } of stage.list('Job'))
      if (metadata.deletionTimestamp !== undefined) stage.remove('Job', metadata.name)
  },
  script: {
    0: (stage) => ['short', 'prolonged', 'stays'].forEach((name) => end(stage, name)),
    2: (stage) => stage.edit('Job', 'prolonged', { ttlSecondsAfterFinished: 100_000 }),
  },
  never: (stage) =>
    ['prolonged', 'stays'].every((name) => stage.get('Job', name)?.metadata.deletionTimestamp === undefined)
      ? undefined
      : 'a Job went before its time',
}
