/** Jobs and CronJobs. Source: pkg/registry/batch/{job,cronjob}/strategy.go (v1.36). */
import type { LabelSelector, Labels } from '../types/meta.ts'
import type { CronJob, Job, JobSpec } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { defaultCronJob, defaultJob } from '../defaulting/batch.ts'
import { validateCronJob, validateCronJobUpdate } from '../validation/cronjob.ts'
import { JOB_LABELS, validateJob, validateJobStatusUpdate, validateJobUpdate } from '../validation/job.ts'
import { nameWarnings, podSpecWarnings } from '../warnings/pod.ts'
import { withMembers } from '../with-members.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

export const jobStrategy = defineStrategy<Job>({
  defaults: defaultJob,
  prepareForCreate: (job) => resetStatus(job.spec?.manualSelector === true ? job : withSelector(job), {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: ({ metadata, spec }) => [
    ...nameWarnings(metadata?.name ?? '', NAME_USE),
    ...jobSpecWarnings(spec ?? {}, 'spec.'),
  ],
  check: validateJob,
  checkUpdate: validateJobUpdate,
  checkStatusUpdate: validateJobStatusUpdate,
})

/**
 * A selector that only this Job's Pods match, and the labels by which they do. What a user set there stays, for validation
 * to refuse. Source: job/strategy.go, generateSelector.
 */
function withSelector(job: Draft<Job>): Draft<Job> {
  const { uid = '', name = '', labels: own } = job.metadata ?? {}
  const { template = {}, selector } = job.spec ?? {}
  const { labels: given } = template.metadata ?? {}
  const generated: Record<string, string> = {}
  for (const key of JOB_LABELS.jobName) generated[key] = name
  for (const key of JOB_LABELS.controllerUid) generated[key] = uid
  const labels = sorted({ ...generated, ...given })
  const matchLabels = sorted({ [JOB_LABELS.controllerUid[1]]: uid, ...selector?.matchLabels })
  return withMembers(job, {
    // Labels that came from the template are one map with it, upstream too; where there are none, reading adds them.
    ...(own === undefined || own === given ? { metadata: { ...job.metadata, labels } } : {}),
    spec: withMembers(job.spec ?? {}, {
      selector: { ...selector, matchLabels } satisfies Draft<LabelSelector>,
      template: { ...template, metadata: { ...template.metadata, labels } },
    }),
  })
}

/** In the order in which Go shows a map. */
const sorted = (labels: Draft<Labels>): Draft<Labels> =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

const NAME_USE = 'this is used in Pod names and hostnames'
const MANY_COMPLETIONS = 100_000
const MANY_AT_ONCE = 10_000

/** Source: pkg/api/job/warnings.go, WarningsForJobSpec. */
function jobSpecWarnings(spec: Draft<JobSpec>, prefix: string): readonly string[] {
  const own = podSpecWarnings(spec.template?.spec ?? {}, spec.template?.metadata, `${prefix}template.`)
  const isHuge = (spec.completions ?? 0) > MANY_COMPLETIONS && (spec.parallelism ?? 0) > MANY_AT_ONCE
  if (spec.completionMode !== 'Indexed' || !isHuge) return own
  const words =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [words, ...own]
}

export const cronJobStrategy = defineStrategy<CronJob>({
  defaults: defaultCronJob,
  prepareForCreate: (cronJob) => resetStatus(cronJob, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: ({ metadata, spec }) => {
    const { schedule = '' } = spec ?? {}
    const where = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'
    const zone = `CRON_TZ or TZ used in "${schedule}" is not officially supported, ${where}`
    return [
      ...nameWarnings(metadata?.name ?? '', NAME_USE),
      ...jobSpecWarnings(spec?.jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec.'),
      ...(schedule.includes('TZ') ? [zone] : []),
    ]
  },
  check: validateCronJob,
  checkUpdate: validateCronJobUpdate,
  // A controller's status is taken as it is.
  checkStatusUpdate: () => undefined,
})
