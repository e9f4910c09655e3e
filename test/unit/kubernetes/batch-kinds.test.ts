/**
 * Goal: Jobs and CronJobs are written as upstream writes them: the labels and selector that the server gives, the rules between
 * modes, counts and policies, and what may change once a Job exists.
 * Method: small objects of ours through defaults, preparation and validation.
 */
import { describe, expect, test } from 'vitest'
import type { Draft } from '../../../src/kubernetes/draft.ts'
import { strategyOf } from '../../../src/kubernetes/registry.ts'
import type { CronJob, CronJobSpec, Job, JobSpec } from '../../../src/kubernetes/types/workloads.ts'
import { formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'
import { countIndexes } from '../../../src/kubernetes/validation/job-policies.ts'

const metadata = {
  name: 'x',
  namespace: 'd',
  uid: 'u-1',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
}
const template = {
  metadata: { labels: { app: 'a' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] },
} as const
const jobs = strategyOf('Job')
const cronJobs = strategyOf('CronJob')

const createdJob = (spec: Draft<JobSpec>, labels?: Readonly<Record<string, string>>): Job =>
  jobs.prepareForCreate(
    jobs.defaults({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...metadata, ...(labels === undefined ? {} : { labels }) },
      spec: { template, ...spec },
    }),
  ) as Job
const complaints = (spec: Draft<JobSpec>): readonly string[] => jobs.validate(createdJob(spec)).map(formatFieldError)

const GENERATED = {
  'batch.kubernetes.io/controller-uid': 'u-1',
  'batch.kubernetes.io/job-name': 'x',
  'controller-uid': 'u-1',
  'job-name': 'x',
}

describe('a new Job', () => {
  test('gets a selector of its own, and labels by which it is met', () => {
    const job = createdJob({})
    expect(job.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } })
    expect(job.spec.template.metadata?.labels).toEqual({ app: 'a', ...GENERATED })
    expect(job.metadata.labels).toEqual({ app: 'a', ...GENERATED })
    expect(jobs.validate(job)).toEqual([])
  })

  test('keeps labels of its own apart from those of its Pods', () => {
    expect(createdJob({}, { mine: '1' }).metadata.labels).toEqual({ mine: '1' })
  })

  test('can have its selector by hand', () => {
    const selector = { matchLabels: { app: 'a' } }
    const job = createdJob({ manualSelector: true, selector })
    expect(job.spec.selector).toEqual(selector)
    expect(jobs.validate(job)).toEqual([])
    expect(complaints({ manualSelector: true })[0]).toBe('spec.selector: Required value')
  })

  test('does not accept labels of another one', () => {
    const foreign = { metadata: { labels: { 'job-name': 'other' } }, spec: template.spec }
    const found = complaints({ template: foreign })
    expect(found[0]).toMatch(/^spec\.template\.metadata\.labels\[job-name\]: Invalid value: .*: must be 'x'$/)
  })

  test('counts by defaults that depend on each other', () => {
    expect(createdJob({}).spec).toMatchObject({ completions: 1, parallelism: 1, backoffLimit: 6 })
    expect(createdJob({ parallelism: 3 }).spec.completions).toBeUndefined()
    expect(createdJob({ completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 }).spec.backoffLimit).toBe(
      2_147_483_647,
    )
    const failing = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] } as const
    const job = createdJob({ podFailurePolicy: failing })
    expect(job.spec.podReplacementPolicy).toBe('Failed')
    expect(job.spec.podFailurePolicy?.rules[0]?.onPodConditions).toEqual([{ type: 'DisruptionTarget', status: 'True' }])
  })
})

describe("a Job's rules", () => {
  test('limits per index are for indexes', () => {
    expect(complaints({ maxFailedIndexes: 1 })).toEqual([
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
    ])
    const indexed = { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 } as const
    expect(complaints({ ...indexed, maxFailedIndexes: 6 })).toEqual([
      'spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions',
    ])
    expect(complaints({ ...indexed, completions: 100_001 })).toEqual([
      'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
    ])
  })

  test('a failure policy says what of which end', () => {
    const policy = (rule: object) =>
      complaints({ podFailurePolicy: { rules: [{ action: 'FailJob', ...rule }] } } as Draft<JobSpec>)
    const at = 'spec.podFailurePolicy.rules[0]'
    expect(policy({ onExitCodes: { operator: 'In', values: [1, 2] } })).toEqual([])
    expect(policy({})).toEqual([`${at}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`])
    expect(policy({ onExitCodes: { operator: 'In', values: [0] } })).toEqual([
      `${at}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`,
    ])
    expect(policy({ onExitCodes: { operator: 'NotIn', values: [3, 1, 3] } })).toEqual([
      `${at}.onExitCodes.values[2]: Duplicate value: 3`,
      `${at}.onExitCodes.values: Invalid value: [3,1,3]: must be ordered`,
    ])
    expect(policy({ onExitCodes: { operator: 'In', values: [1], containerName: 'z' } })).toEqual([
      `${at}.onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template`,
    ])
  })

  test('a success policy counts within the completions', () => {
    const rules = (rule: object) =>
      complaints({ completionMode: 'Indexed', completions: 5, successPolicy: { rules: [rule] } } as Draft<JobSpec>)
    const at = 'spec.successPolicy.rules[0]'
    expect(rules({ succeededIndexes: '0,2-3', succeededCount: 2 })).toEqual([])
    expect(rules({ succeededIndexes: '0,2-3', succeededCount: 4 })).toEqual([
      `${at}.succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)`,
    ])
    expect(rules({})).toEqual([
      `${at}: Required value: at least one of succeededCount or succeededIndexes must be specified`,
    ])
  })

  test.each([
    ['', 0],
    ['0,2-4', 4],
    ['5', 'too large index: "5"'],
    ['3-1', 'non-increasing order, previous: 3, current: 1'],
    ['2,1', 'non-increasing order, previous: 2, current: 1'],
    ['x', 'cannot convert string to integer for index: "x"'],
  ])('indexes %j', (text, expected) => {
    expect(countIndexes(text, 5)).toBe(expected)
  })

  test('whoever manages it instead is a domain and a path', () => {
    expect(complaints({ managedBy: 'example.com/mine' })).toEqual([])
    expect(complaints({ managedBy: 'mine' })).toEqual([
      'spec.managedBy: Invalid value: "mine": must be a domain-prefixed path (such as "acme.io/foo")',
    ])
  })
})

describe('changes of a Job', () => {
  const changed = (job: Job, spec: Draft<JobSpec>): readonly string[] =>
    jobs.validateUpdate({ ...job, spec: { ...job.spec, ...spec } }, job).map(formatFieldError)

  test('how many at once may change, how many in all may not', () => {
    const job = createdJob({})
    expect(changed(job, { parallelism: 4, suspend: true, ttlSecondsAfterFinished: 1 })).toEqual([])
    expect(changed(job, { completions: 4 })).toEqual(['spec.completions: Invalid value: 4: field is immutable'])
  })

  test('an Indexed Job grows with its parallelism', () => {
    const job = createdJob({ completionMode: 'Indexed', completions: 2, parallelism: 2 })
    expect(changed(job, { completions: 4, parallelism: 4 })).toEqual([])
    expect(changed(job, { completions: 4 })).toEqual([
      'spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism',
    ])
  })

  test('where Pods go may be said until they start', () => {
    const placed = (job: Job) => {
      const spec = { ...job.spec.template.spec, nodeSelector: { disk: 'ssd' } }
      return changed(job, { template: { ...job.spec.template, spec } })
    }
    expect(placed(createdJob({ suspend: true }))).toEqual([])
    expect(placed(createdJob({}))).toHaveLength(1)
    const started = { ...createdJob({ suspend: true }), status: { startTime: '2026-01-01T00:00:00Z', active: 1 } }
    expect(placed(started)).toHaveLength(1)
  })

  test('the image stays, even before the start', () => {
    const job = createdJob({ suspend: true })
    const spec = { ...job.spec.template.spec, containers: [{ name: 'c', image: 'other' }] }
    const found = jobs.validateUpdate(
      jobs.defaults({ ...job, spec: { ...job.spec, template: { ...job.spec.template, spec } } }),
      job,
    )
    expect(found.map(({ field, detail }) => [field, detail])).toEqual([['spec.template.spec', 'field is immutable']])
  })
})

describe('CronJobs', () => {
  const created = (spec: Draft<CronJobSpec>, name = 'x'): CronJob =>
    cronJobs.prepareForCreate(
      cronJobs.defaults({
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { ...metadata, name },
        spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template } }, ...spec },
      }),
    ) as CronJob
  const found = (spec: Draft<CronJobSpec>, name?: string) =>
    cronJobs.validate(created(spec, name)).map(formatFieldError)

  test('leave to each Job what is its own', () => {
    const { spec } = created({})
    expect(spec).toMatchObject({ concurrencyPolicy: 'Allow', suspend: false, failedJobsHistoryLimit: 1 })
    expect(spec.jobTemplate.spec.parallelism).toBeUndefined()
    expect(spec.jobTemplate.spec.template.spec.dnsPolicy).toBe('ClusterFirst')
    expect(found({})).toEqual([])
  })

  test('have schedules, time zones and short names', () => {
    expect(found({ schedule: '61 * * * *' })).toEqual([
      'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
    ])
    expect(found({ timeZone: 'Europe/Vienna' })).toEqual([])
    expect(found({ timeZone: 'Local' })).toEqual([
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ])
    expect(found({ timeZone: 'europe/vienna' })).toEqual([
      'spec.timeZone: Invalid value: "europe/vienna": unknown time zone europe/vienna',
    ])
    expect(found({}, 'n'.repeat(53))).toEqual([
      `metadata.name: Invalid value: "${'n'.repeat(53)}": must be no more than 52 characters`,
    ])
  })

  test('who had a time zone in the schedule may go on, but not with two', () => {
    const old = { ...created({}), spec: { ...created({}).spec, schedule: 'TZ=UTC 0 0 * * *' } }
    const next = { ...old, spec: { ...old.spec, schedule: 'TZ=UTC 1 0 * * *' } }
    expect(cronJobs.validateUpdate(next, old)).toEqual([])
    const both = { ...next, spec: { ...next.spec, timeZone: 'UTC' } }
    expect(cronJobs.validateUpdate(both, old).map(formatFieldError)).toEqual([
      'spec.schedule: Invalid value: "TZ=UTC 1 0 * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
    ])
    expect(cronJobs.warnings?.(old)).toHaveLength(1)
  })
})
