/** CronJobs. Source: pkg/apis/batch/validation/validation.go (v1.36); errors come in its order. */
import { either } from 'fp-ts'
import type { CronJob, CronJobSpec, JobTemplateSpec } from '../types/workloads.ts'
import { parseCronSchedule } from '../cron-schedule.ts'
import type { Draft } from '../draft.ts'
import { isTimeZone } from '../time-zones.ts'
import { Shown, type FieldErrors } from './field-error.ts'
import { validateJobSpec } from './job.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

/** Its Jobs' names add eleven letters, and must not be longer than 63. */
const MAX_NAME = 52

export function validateCronJob(cronJob: Draft<CronJob>, errors: FieldErrors): void {
  validateMetadata(cronJob.metadata, { namespaced: true, name: subdomainName }, errors)
  validateSpec(cronJob.spec ?? {}, undefined, errors)
  const { name = '' } = cronJob.metadata ?? {}
  if (name.length > MAX_NAME) errors.invalid('metadata.name', name, `must be no more than ${MAX_NAME} characters`)
}

export function validateCronJobUpdate(next: Draft<CronJob>, before: Draft<CronJob>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateSpec(next.spec ?? {}, before.spec ?? {}, errors)
}

function validateSpec(spec: Draft<CronJobSpec>, old: Draft<CronJobSpec> | undefined, errors: FieldErrors): void {
  const { schedule = '', concurrencyPolicy } = spec
  if (schedule === '') errors.required('spec.schedule')
  else validateSchedule(schedule, spec, old, errors)
  errors.nonnegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds)
  if (spec.timeZone !== old?.timeZone) validateTimeZone(spec.timeZone, 'spec.timeZone', errors)
  errors.oneOf('spec.concurrencyPolicy', concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])
  validateJobTemplate(spec.jobTemplate ?? {}, 'spec.jobTemplate', errors)
  errors.nonnegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit)
  errors.nonnegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)
}

/** A time zone in the schedule is an old way, which who used it before may go on with. */
function validateSchedule(
  schedule: string,
  { timeZone }: Draft<CronJobSpec>,
  old: Draft<CronJobSpec> | undefined,
  errors: FieldErrors,
): void {
  const parsed = parseCronSchedule(schedule)
  if (either.isLeft(parsed)) errors.invalid('spec.schedule', schedule, parsed.left)
  if (!schedule.includes('TZ')) return
  if (old?.schedule?.includes('TZ') !== true) {
    errors.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
  } else if (timeZone !== undefined) {
    errors.invalid('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
  }
}

function validateTimeZone(timeZone: string | undefined, at: string, errors: FieldErrors): void {
  if (timeZone === undefined) return
  if (timeZone === '') return errors.invalid(at, timeZone, 'timeZone must be nil or non-empty string')
  const parts = timeZone.split('/')
  const isName = parts.every((part) => /^[A-Za-z._0-9+-]{1,14}$/.test(part) && !/^(?:-.*|\.\.?)$/.test(part))
  if (!isName) return errors.invalid(at, timeZone, `unknown time zone ${timeZone}`)
  if (timeZone.toLowerCase() === 'local') {
    const words = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    errors.invalid(at, timeZone, words)
    if (timeZone === 'Local') return
  }
  if (!isTimeZone(timeZone)) errors.invalid(at, timeZone, `unknown time zone ${timeZone}`)
}

/** Its Jobs' selectors will be made for them. */
function validateJobTemplate(template: Draft<JobTemplateSpec>, at: string, errors: FieldErrors): void {
  const spec = template.spec ?? {}
  validateJobSpec(spec, `${at}.spec`, errors)
  if (spec.selector !== undefined) {
    errors.invalid(`${at}.spec.selector`, spec.selector, '`selector` will be auto-generated')
  }
  if (spec.manualSelector === true) {
    errors.unsupported(`${at}.spec.manualSelector`, new Shown('true'), ['nil', 'false'])
  }
}
