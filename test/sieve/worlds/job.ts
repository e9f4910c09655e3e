import { jobController } from '../../../src/actors/controllers/job/job.ts'
import { atMost, kubeletsToTheEnd, made, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const LABELS = { 'batch.kubernetes.io/controller-uid': 'uid-Job-task', 'batch.kubernetes.io/job-name': 'task' }

export const jobOf = (spec: object): ReturnType<typeof made> =>
  made('Job', 'task', {
    spec: {
      ...{ parallelism: 1, completions: 2, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false },
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'uid-Job-task' } },
      ...spec,
      template: { ...template('app:1', { restartPolicy: 'Never' }), metadata: { labels: LABELS } },
    },
    status: {},
  })

/** No Pod too many is counted, and none runs beside those that were asked for. */
export const overCounted =
  (completions: number, parallelism: number) =>
  (stage: Stage): string | undefined => {
    const status = stage.get('Job', 'task')?.status ?? {}
    const uncounted = status.uncountedTerminatedPods?.succeeded ?? []
    if (new Set(uncounted).size < uncounted.length) return 'a Pod is listed twice'
    if ((status.succeeded ?? 0) > completions) return `${status.succeeded} of ${completions} completions`
    const succeeded = stage.list('Pod').filter((pod) => pod.status?.phase === 'Succeeded').length
    if (succeeded > completions) return `${succeeded} Pods succeeded, ${completions} were to`
    return atMost(parallelism)(stage)
  }

/** Two completions, one after the other. */
export const job: SmallWorld = {
  name: 'job-controller',
  controllers: () => [jobController(true)],
  given: [jobOf({})],
  steps: 8,
  around: kubeletsToTheEnd,
  never: overCounted(2, 1),
}
