import { cronJobController } from '../../../src/actors/controllers/cronjob/cronjob.ts'
import { seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import { made, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

/** Every Job ends well, half a minute after it was made. */
const jobsEnd = (stage: Stage): void => {
  for (const { metadata, status } of stage.list('Job')) {
    const isOld = metadata.creationTimestamp <= rfc3339(stage.now - seconds(30))
    if (!isOld || status?.completionTime !== undefined) continue
    const at = rfc3339(stage.now)
    const complete = { type: 'Complete', status: 'True' as const, lastProbeTime: at, lastTransitionTime: at }
    stage.change('Job', metadata.name, (job) => ({
      ...job,
      status: { ...job.status, startTime: metadata.creationTimestamp, completionTime: at, conditions: [complete] },
    }))
  }
}

const isRunning = ({ status }: ReturnType<typeof jobsOf>[number]): boolean => status?.completionTime === undefined
const jobsOf = (stage: Stage): ReturnType<typeof stage.list<'Job'>> => stage.list('Job')

/** A Job each minute, no two at once, suspended in the end. */
export const cronJob: SmallWorld = {
  name: 'cronjob-controller',
  controllers: () => [cronJobController],
  given: [
    made('CronJob', 'tick', {
      spec: {
        ...{ schedule: '* * * * *', concurrencyPolicy: 'Forbid', suspend: false },
        ...{ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
        jobTemplate: { spec: { template: template('app:1', { restartPolicy: 'Never' }) } },
      },
      status: {},
    }),
  ],
  step: seconds(10),
  steps: 21,
  settle: seconds(200),
  around: jobsEnd,
  script: { 20: (stage) => stage.edit('CronJob', 'tick', { schedule: '0 0 1 1 *' }) },
  never: (stage) => (jobsOf(stage).filter(isRunning).length > 1 ? 'two Jobs at once' : undefined),
  // How many minutes were missed while nothing was seen is not made good, and is not asked for.
  outcome: (object) => (object.kind === 'CronJob' ? { ...object, status: {} } : undefined),
  finally: (stage) => (jobsOf(stage).some(isRunning) ? 'a Job runs still' : undefined),
}
