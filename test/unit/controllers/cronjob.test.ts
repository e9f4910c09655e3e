/**
 * Goal: a CronJob makes one Job for each time that its schedule names, minds those that run, and tidies up.
 * Method: the calls that syncs make as time passes; then a small world in which the view lags in every way.
 */
import { describe, expect, test } from 'vitest'
import { cronJobController } from '../../../src/actors/controllers/cronjob/cronjob.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { CronJob, Job } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { meta, template } from './objects.ts'

/** Minutes since 1970 at the start of the world. */
const START = 29_453_760

const cronJob = (spec: Partial<CronJob['spec']> = {}): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: meta('tick', { generation: 1 }),
  spec: {
    schedule: '* * * * *',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: { metadata: { labels: { app: 'tick' } }, spec: { template: template('app:1') } },
    ...spec,
  },
  status: {},
})

const bench = (spec: Partial<CronJob['spec']> = {}): ControllerBench =>
  controllerBench(cronJobController).given(cronJob(spec)).show()

const jobs = (b: ControllerBench): readonly string[] => b.list('Job').map(({ metadata }) => metadata.name)

const minute = (n: number): string => `tick-${START + n}`

const end = (b: ControllerBench, name: string, type: 'Complete' | 'Failed' = 'Complete'): ControllerBench =>
  b.change('Job', 'default', name, (job): Job => {
    const time = rfc3339(b.now)
    const completionTime = type === 'Complete' ? { completionTime: time } : {}
    return {
      ...job,
      status: { startTime: time, ...completionTime, conditions: [{ type, status: 'True', lastTransitionTime: time }] },
    }
  })

const statusOf = (b: ControllerBench): CronJob['status'] => b.get('CronJob', 'default', 'tick')?.status

describe('a schedule', () => {
  test('makes a Job a tenth of a second after its time, named after the minute', () => {
    const b = bench().run(minutes(2) + seconds(1))
    const created = b.log.filter(
      (event) => event.type === 'ApiRequested' && event.data.kind === 'Job' && event.data.verb === 'create',
    )
    expect(created.map(({ at }) => at)).toEqual([minutes(1) + 100_000, minutes(2) + 100_000])
    expect(jobs(b)).toEqual([minute(1), minute(2)])
    expect(b.list('Job')[0]).toMatchObject({
      metadata: {
        labels: { app: 'tick' },
        annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:01:00Z' },
        ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }],
      },
    })
    expect(statusOf(b)).toMatchObject({
      active: [{ kind: 'Job', apiVersion: 'batch/v1', namespace: 'default', name: minute(1) }, { name: minute(2) }],
      lastScheduleTime: '2026-01-01T00:02:00Z',
    })
    expect(b.events).toEqual([
      `SuccessfulCreate: Created job ${minute(1)}`,
      `SuccessfulCreate: Created job ${minute(2)}`,
    ])
  })

  test('goes by the clocks of its time zone', () => {
    const b = bench({ schedule: '30 1 * * *', timeZone: 'Europe/Berlin' }).run(minutes(31))
    expect(jobs(b)).toEqual([minute(30)])
    const annotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
    expect(b.list('Job')[0]?.metadata.annotations?.[annotation]).toBe('2026-01-01T01:30:00+01:00')
  })

  test('that is changed counts from then', () => {
    const b = bench({ schedule: '50 * * * *' }).run(minutes(1))
    b.change('CronJob', 'default', 'tick', (one) => ({ ...one, spec: { ...one.spec, schedule: '*/5 * * * *' } })).show()
    expect(jobs(b.run(minutes(5)))).toEqual([minute(5)])
  })

  test('does nothing while it is suspended, and makes up the last run afterwards', () => {
    const b = bench({ suspend: true }).run(minutes(3))
    expect(jobs(b)).toEqual([])
    b.change('CronJob', 'default', 'tick', (one) => ({ ...one, spec: { ...one.spec, suspend: false } })).show()
    expect(jobs(b.run(seconds(1)))).toEqual([minute(3)])
  })

  test('in a namespace that goes away is tried again without a word', () => {
    const b = bench().fail('create Job', { code: 403, reason: 'NamespaceTerminating' }, 2)
    expect(jobs(b.run(minutes(1) + seconds(1)))).toEqual([minute(1)])
    expect(b.events).toEqual([`SuccessfulCreate: Created job ${minute(1)}`])
  })

  test('that is never due is told of', () => {
    const b = bench({ schedule: '59 23 31 2 *' }).run(seconds(1))
    expect(b.events[0]).toMatch(/^InvalidSchedule: invalid schedule: 59 23 31 2 \* : /)
  })
})

describe('missed times', () => {
  /** A controller that begins work late. */
  const late = (after: number, spec: Partial<CronJob['spec']> = {}): ControllerBench =>
    controllerBench(cronJobController).run(after).given(cronJob(spec)).show().run(seconds(1))

  test('only the newest is made up; more than a hundred are told of', () => {
    expect(jobs(late(minutes(10)))).toEqual([minute(10)])
    expect(late(minutes(10)).events).toEqual([`SuccessfulCreate: Created job ${minute(10)}`])
    const many = late(minutes(150))
    expect(jobs(many)).toEqual([minute(150)])
    expect(many.events[0]).toMatch(/^TooManyMissedTimes: too many missed start times\./)
  })

  test('none of which is too late', () => {
    const b = late(minutes(61), { schedule: '0 * * * *', startingDeadlineSeconds: 30 })
    expect(jobs(b)).toEqual([])
    expect(jobs(late(minutes(60) + seconds(20), { schedule: '0 * * * *', startingDeadlineSeconds: 30 }))).toEqual([
      minute(60),
    ])
  })
})

describe('concurrency', () => {
  test('Forbid waits for the running Job, then makes up the run that was missed', () => {
    const b = bench({ concurrencyPolicy: 'Forbid' }).run(minutes(2) + seconds(10))
    expect(jobs(b)).toEqual([minute(1)])
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    expect(b.events).toContain(`JobAlreadyActive: ${message}`)
    end(b, minute(1)).show().run(seconds(1))
    expect(jobs(b)).toEqual([minute(1), minute(2)])
  })

  test('Replace deletes the running Job', () => {
    const b = bench({ concurrencyPolicy: 'Replace' }).run(minutes(1) + seconds(1))
    b.takeLines()
    b.run(minutes(1))
    expect(b.takeLines().slice(0, 4)).toEqual([
      `get Job ${minute(1)}`,
      `delete Job ${minute(1)}`,
      `create Job ${minute(2)}`,
      'update CronJob/status tick',
    ])
    expect(jobs(b)).toEqual([minute(2)])
    expect(statusOf(b)?.active?.map(({ name }) => name)).toEqual([minute(2)])
  })
})

describe('Jobs', () => {
  test('that have ended are taken from the list and kept for a while', () => {
    const b = bench({ successfulJobsHistoryLimit: 1 })
    for (let n = 1; n <= 3; n++)
      end(b.run(minutes(n) + seconds(5) - b.now), minute(n))
        .show()
        .run(seconds(1))
    expect(jobs(b)).toEqual([minute(3)])
    expect(b.events).toContain(`SawCompletedJob: Saw completed job: ${minute(1)}, condition: Complete`)
    expect(b.events).toContain(`SuccessfulDelete: Deleted job ${minute(1)}`)
    expect(statusOf(b)?.active).toBeUndefined()
    expect(statusOf(b)?.lastSuccessfulTime).toBe('2026-01-01T00:03:05Z')
  })

  test('that somebody deleted are missed, that somebody made are seen', () => {
    const b = bench().run(minutes(1) + seconds(1))
    b.remove('Job', 'default', minute(1)).show().run(seconds(1))
    expect(b.events).toContain(`MissingJob: Active job went missing: ${minute(1)}`)
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid: 'uid-tick', controller: true }
    b.given({ apiVersion: 'batch/v1', kind: 'Job', metadata: meta('manual', { ownerReferences: [owner] }) }).show()
    b.run(seconds(1))
    expect(b.events).toContain('UnexpectedJob: Saw a job that the controller did not create or forgot: manual')
  })
})

describe('a list of active Jobs that is out of date', () => {
  test('is read anew for a Job that it lacks; what is done from then on is not written, and found once the news is there', () => {
    const b = bench().run(minutes(1) + seconds(1))
    b.stall('CronJob').run(minutes(1))
    const active = (): readonly (string | undefined)[] | undefined => statusOf(b)?.active?.map(({ name }) => name)
    expect(active()).toEqual([minute(1), minute(2)])
    b.takeLines()
    b.run(minutes(1))
    expect(b.takeLines().slice(0, 3)).toEqual([
      'get CronJob tick',
      `create Job ${minute(3)}`,
      'update CronJob/status tick',
    ])
    expect(active()).toEqual([minute(1), minute(2)])
    b.flow('CronJob').run(minutes(1) - seconds(10))
    expect(b.events).toContain(`UnexpectedJob: Saw a job that the controller did not create or forgot: ${minute(3)}`)
    expect(active()).toEqual([1, 2, 3].map(minute))
  })
})

describe('one Job per minute whatever happens', () => {
  const outcome = (disturb: (b: ControllerBench) => ControllerBench): readonly string[] => {
    const b = disturb(bench().run(minutes(1) - seconds(1)))
    b.flow('Job', 'CronJob').run(minutes(4) + seconds(5) - b.now)
    expect(statusOf(b)?.lastScheduleTime).toBe('2026-01-01T00:04:00Z')
    expect(statusOf(b)?.active?.map(({ name }) => name)).toEqual(jobs(b))
    return jobs(b)
  }
  const all = [1, 2, 3, 4].map(minute)

  test.each(['Job', 'CronJob'] as const)('no news of %s for a while', (kind) => {
    for (const duration of [5, 30, 65]) {
      const made = outcome((b) => b.stall(kind).run(seconds(duration)).flow(kind))
      expect(made).toEqual(all)
    }
  })

  test.each(['create Job', 'update CronJob/status'])('%s fails', (what) => {
    expect(outcome((b) => b.fail(what, { code: 500 }, 3))).toEqual(all)
    expect(outcome((b) => b.fail(what, 'no answer', 1))).toEqual(all)
  })

  test('the controller dies between the Job and the status', () => {
    const b = bench()
      .fail('update CronJob/status', { code: 500 }, 100)
      .run(minutes(1) + seconds(1))
    expect(jobs(b)).toEqual([minute(1)])
    const next = controllerBench(cronJobController).run(b.now)
    next
      .given(...b.list('CronJob'), ...b.list('Job'))
      .show()
      .run(minutes(2) + seconds(1) - next.now)
    expect(jobs(next)).toEqual([minute(1), minute(2)])
    expect(statusOf(next)?.active?.map(({ name }) => name)).toEqual([minute(1), minute(2)])
  })
})
