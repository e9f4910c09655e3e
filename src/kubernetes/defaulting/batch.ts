/** Defaults of Jobs and CronJobs. Source: pkg/apis/batch/v1/defaults.go (v1.36). */
import type { CronJob, Job, JobSpec } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { withMembers } from '../with-members.ts'
import { defaultPodTemplate } from './pod.ts'

/** Who limits failures per index has no limit of them all. */
const NO_LIMIT = 2_147_483_647

export function defaultJob(job: Draft<Job>): Draft<Job> {
  const spec = defaultTemplateAndPolicy(job.spec ?? {})
  const both = spec.completions === undefined && spec.parallelism === undefined
  const labels = spec.template?.metadata?.labels
  const hasLabels = Object.keys(job.metadata?.labels ?? {}).length > 0
  return withMembers(job, {
    // The same object, not a copy: what the server adds to the one, it adds to the other (see strategy/batch.ts).
    ...(hasLabels || labels === undefined ? {} : { metadata: { ...job.metadata, labels } }),
    spec: withMembers(spec, {
      ...(both ? { completions: 1 } : {}),
      parallelism: spec.parallelism ?? 1,
      backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : NO_LIMIT),
      completionMode: spec.completionMode ?? 'NonIndexed',
      suspend: spec.suspend ?? false,
      podReplacementPolicy:
        spec.podReplacementPolicy ?? (spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
      manualSelector: spec.manualSelector ?? false,
    }),
  })
}

/** A CronJob's template of Jobs gets only these: the Jobs made from it get the rest. */
function defaultTemplateAndPolicy(spec: Draft<JobSpec>): Draft<JobSpec> {
  const rules = spec.podFailurePolicy?.rules
  return withMembers(spec, {
    template: defaultPodTemplate(spec.template ?? {}),
    ...(rules === undefined
      ? {}
      : {
          podFailurePolicy: {
            ...spec.podFailurePolicy,
            rules: rules.map((rule) =>
              rule.onPodConditions === undefined
                ? rule
                : {
                    ...rule,
                    onPodConditions: rule.onPodConditions.map((one) => ({ ...one, status: one.status ?? 'True' })),
                  },
            ),
          },
        }),
  })
}

export function defaultCronJob(cronJob: Draft<CronJob>): Draft<CronJob> {
  const spec = cronJob.spec ?? {}
  return withMembers(cronJob, {
    spec: withMembers(spec, {
      concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
      suspend: spec.suspend ?? false,
      successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
      failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
      jobTemplate: withMembers(spec.jobTemplate ?? {}, {
        spec: defaultTemplateAndPolicy(spec.jobTemplate?.spec ?? {}),
      }),
    }),
  })
}
