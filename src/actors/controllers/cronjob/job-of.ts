import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import { offsetAt } from '../../../kubernetes/time-zone-offset.ts'
import { timeZoneRule } from '../../../kubernetes/time-zone-rules.ts'
import { EPOCH_SECONDS, rfc3339 } from '../../../kubernetes/time.ts'
import type { ObjectReference } from '../../../kubernetes/types/meta.ts'
import type { CronJob, Job } from '../../../kubernetes/types/workloads.ts'

/** Source: api/batch/v1/types.go, CronJobScheduledTimestampAnnotation. */
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

const unixSeconds = (at: Micros): number => EPOCH_SECONDS + Math.floor(at / 1_000_000)

/** Named after the minute, so that nobody makes the Job of one time twice. Source: utils.go, getJobName. */
export const jobName = ({ metadata }: CronJob, at: Micros): string =>
  `${metadata.name}-${Math.floor(unixSeconds(at) / 60)}`

/** The Job that is due at a time. Source: pkg/controller/cronjob/utils.go, getJobFromTemplate2 (v1.36). */
export const jobBody = (cronJob: CronJob, at: Micros): object => {
  const { metadata: { labels, annotations } = {}, spec } = cronJob.spec.jobTemplate
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, at),
      namespace: cronJob.metadata.namespace,
      creationTimestamp: rfc3339(at),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [SCHEDULED]: localTime(cronJob, at) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec,
  }
}

/** By the clocks of its time zone: `2026-01-01T01:00:00+01:00`. */
const localTime = ({ spec: { timeZone } }: CronJob, at: Micros): string => {
  const rule = timeZone === undefined ? undefined : timeZoneRule(timeZone)
  const offset = rule === undefined ? 0 : offsetAt(rule, unixSeconds(at))
  if (offset === 0) return rfc3339(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  const minutes = Math.floor(Math.abs(offset) / 60)
  const sign = offset < 0 ? '-' : '+'
  return `${rfc3339(at + seconds(offset)).slice(0, -1)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

export const referenceTo = ({ metadata }: Job): ObjectReference => ({
  kind: 'Job',
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  apiVersion: 'batch/v1',
  resourceVersion: metadata.resourceVersion,
})
