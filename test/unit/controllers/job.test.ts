/**
 * Goal: a Job runs as many Pods as it should, counts the end of each exactly once, and ends as its policies say.
 * Method: the calls that syncs make for given views and answers; then a small world in which the view lags in every way.
 */
import { describe, expect, test } from 'vitest'
import { formatIndexes, parseIndexes } from '../../../src/actors/controllers/job/indexes.ts'
import { jobController } from '../../../src/actors/controllers/job/job.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { Job, JobSpec, JobStatus } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { meta, template } from './objects.ts'
import { describeDisturbance, disturbances, live, withPhase, type SmallWorld } from './small-world.ts'

const LABELS = { 'batch.kubernetes.io/controller-uid': 'uid-task', 'batch.kubernetes.io/job-name': 'task' }

const job = (spec: Partial<JobSpec> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: meta('task', { generation: 1 }),
  spec: {
    parallelism: 1,
    ...(spec.parallelism === undefined || spec.completions !== undefined ? { completions: 1 } : {}),
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'uid-task' } },
    ...spec,
    template: {
      ...template('app:1'),
      metadata: { labels: LABELS },
      spec: { ...template('app:1').spec, restartPolicy: 'Never', ...spec.template?.spec },
    },
  },
  status: {},
})

const bench = (spec: Partial<JobSpec> = {}): ControllerBench =>
  controllerBench(jobController(true)).given(job(spec)).show()

const statusOf = (b: ControllerBench): JobStatus => b.get('Job', 'default', 'task')?.status ?? {}

const conditions = (b: ControllerBench): readonly string[] =>
  (statusOf(b).conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`)

const active = (b: ControllerBench): readonly Pod[] =>
  b
    .list('Pod')
    .filter(({ status, metadata }) => status?.phase === undefined && metadata.deletionTimestamp === undefined)

/** Ends the first Pod that runs. */
const end = (b: ControllerBench, phase: 'Succeeded' | 'Failed', code = phase === 'Failed' ? 1 : 0): ControllerBench => {
  const [pod] = active(b)
  if (pod === undefined) throw new Error('no Pod runs')
  return b.change('Pod', 'default', pod.metadata.name, (before) => {
    const ended = withPhase(before, phase, b)
    const terminated = { exitCode: code, finishedAt: rfc3339(b.now) }
    const containerStatuses = [
      { name: 'app', image: '', imageID: '', restartCount: 0, ready: false, state: { terminated } },
    ]
    return { ...ended, status: { ...ended.status, containerStatuses } } as Pod
  })
}

const pass = (b: ControllerBench, duration = seconds(3)): ControllerBench => {
  for (let i = 0; i < duration / seconds(1); i++) {
    b.show().run(seconds(1))
    for (const { metadata } of b.list('Pod')) {
      const isFree = (metadata.finalizers ?? []).length === 0
      if (metadata.deletionTimestamp !== undefined && isFree) b.remove('Pod', 'default', metadata.name)
    }
  }
  return b
}

describe('to its end', () => {
  test('a Pod is created with a finalizer; its success is listed, let go, counted', () => {
    const b = pass(bench())
    const [created, told] = b.take()
    expect(created?.body).toMatchObject({
      metadata: { generateName: 'task-', labels: LABELS, finalizers: ['batch.kubernetes.io/job-tracking'] },
    })
    const start = rfc3339(0)
    expect((told?.body as Job).status).toEqual({
      ...{ startTime: start, active: 1, terminating: 0, uncountedTerminatedPods: {}, ready: 0 },
    })
    const { uid, name } = active(b)[0]?.metadata ?? { uid: '', name: '' }
    pass(end(b, 'Succeeded'))
    const [listed, freed, over, ...rest] = b.take()
    // The Job's end may be in view before the Pod's: then it is let go once more.
    expect(rest.filter(({ verb }) => verb !== 'patch')).toEqual([])
    const reached = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    expect((listed?.body as Job).status).toMatchObject({
      conditions: [{ type: 'SuccessCriteriaMet', status: 'True', ...reached }],
      uncountedTerminatedPods: { succeeded: [uid] },
    })
    expect(freed).toMatchObject({
      verb: 'patch',
      name,
      body: { metadata: { '$deleteFromPrimitiveList/finalizers': ['batch.kubernetes.io/job-tracking'] } },
    })
    expect((over?.body as Job).status).toMatchObject({
      conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete', status: 'True', ...reached }],
      succeeded: 1,
      uncountedTerminatedPods: {},
    })
    expect(statusOf(b).completionTime).toBe(statusOf(b).conditions?.[1]?.lastTransitionTime)
    expect(b.events).toEqual([`SuccessfulCreate: Created pod: ${name}`, 'Completed: Job completed'])
  })

  test('a Pod that could not be let go is listed once and counted once', () => {
    const b = pass(bench({ completions: 2 }))
    pass(end(b, 'Succeeded').fail('patch Pod', { code: 500 }, 2), seconds(8))
    const lists = b.take().flatMap(({ kind, body }) => (kind === 'Job' ? [(body as Job).status ?? {}] : []))
    for (const { uncountedTerminatedPods: { succeeded = [] } = {} } of lists) {
      expect(succeeded.length).toBe(new Set(succeeded).size)
    }
    expect(statusOf(b)).toMatchObject({ succeeded: 1, active: 1, uncountedTerminatedPods: {} })
    pass(end(b, 'Succeeded'))
    expect(statusOf(b).succeeded).toBe(2)
    expect(b.list('Pod')).toHaveLength(2)
  })

  test('never more Pods than are still needed', () => {
    const b = pass(bench({ completions: 3, parallelism: 2 }))
    expect(active(b)).toHaveLength(2)
    pass(end(b, 'Succeeded'))
    expect(active(b)).toHaveLength(2)
    pass(end(b, 'Succeeded'))
    expect(active(b)).toHaveLength(1)
    pass(end(b, 'Succeeded'))
    expect(conditions(b)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached'])
    expect(statusOf(b).succeeded).toBe(3)
    expect(b.list('Pod')).toHaveLength(3)
  })

  test('without a number of completions the first success stops new Pods', () => {
    const b = pass(bench({ parallelism: 2 }))
    pass(end(pass(end(b, 'Succeeded')), 'Succeeded'))
    expect(b.list('Pod')).toHaveLength(2)
    expect(conditions(b)).toContain('Complete=True CompletionsReached')
  })

  test('fewer at once is done by deleting', () => {
    const b = pass(bench({ completions: 5, parallelism: 3 }))
    b.change('Job', 'default', 'task', (one) => ({
      ...one,
      metadata: { ...one.metadata, generation: 2 },
      spec: { ...one.spec, parallelism: 1 },
    }))
    pass(b)
    expect(active(b)).toHaveLength(1)
    expect(statusOf(b)).toMatchObject({ active: 1 })
    expect(statusOf(b).failed).toBeUndefined()
  })
})

describe('failures', () => {
  test('are tried again after 10 s, 20 s, 40 s, until there were too many', () => {
    const b = pass(bench({ backoffLimit: 3 }), seconds(2))
    const pauses: number[] = []
    for (let i = 0; i < 3; i++) {
      end(b, 'Failed')
      const since = b.now
      while (active(b).length === 0 && b.now - since < minutes(2)) pass(b, seconds(1))
      pauses.push(Math.floor((b.now - since) / seconds(1)))
    }
    for (const [i, pause] of pauses.entries()) {
      // The end of a Pod is a whole second; what Pods do is looked at once a second.
      expect(pause).toBeGreaterThanOrEqual(10 * 2 ** i - 1)
      expect(pause).toBeLessThanOrEqual(10 * 2 ** i + 2)
    }
    pass(end(b, 'Failed'))
    expect(conditions(b)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded'])
    expect(statusOf(b).failed).toBe(4)
    expect(b.events.at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit')
  })

  test('restarts in place count where there are any', () => {
    const b = pass(bench({ backoffLimit: 2, template: { spec: { containers: [], restartPolicy: 'OnFailure' } } }))
    const name = active(b)[0]?.metadata.name ?? ''
    b.change(
      'Pod',
      'default',
      name,
      (pod) =>
        ({
          ...pod,
          status: {
            phase: 'Running',
            containerStatuses: [{ name: 'app', image: '', imageID: '', restartCount: 2, ready: false }],
          },
        }) as Pod,
    )
    pass(b)
    expect(conditions(b)).toContain('Failed=True BackoffLimitExceeded')
    expect(b.list('Pod')).toHaveLength(0)
  })

  test('by policy: one fails the Job, one is ignored, one counts', () => {
    const rules = [
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    ] as const
    const b = pass(bench({ podFailurePolicy: { rules }, backoffLimit: 1 }))
    const { name } = active(b)[0]?.metadata ?? { name: '' }
    b.change('Pod', 'default', name, (pod) => ({
      ...pod,
      status: { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    }))
    pass(b, seconds(20))
    expect(statusOf(b).failed).toBeUndefined()
    const second = active(b)[0]?.metadata.name
    pass(end(b, 'Failed', 42))
    expect(statusOf(b).conditions?.at(-1)).toMatchObject({
      type: 'Failed',
      reason: 'PodFailurePolicy',
      message: `Container app for pod default/${second} failed with exit code 42 matching FailJob rule at index 0`,
    })
  })

  test('a deadline deletes what runs', () => {
    const b = pass(bench({ activeDeadlineSeconds: 10 }), seconds(9))
    expect(active(b)).toHaveLength(1)
    pass(b, seconds(5))
    expect(b.list('Pod')).toHaveLength(0)
    expect(conditions(b)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'])
    expect(statusOf(b)).toMatchObject({ failed: 1, terminating: 0 })
  })
})

describe('Indexed', () => {
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 } as const

  test('each Pod has an index, in name, label, annotation, host name and environment', () => {
    const b = pass(bench(indexed))
    const bodies = b.take().flatMap(({ kind, body }) => (kind === 'Pod' ? [body as Pod] : []))
    expect(bodies.map(({ metadata }) => metadata.generateName)).toEqual(['task-0-', 'task-1-', 'task-2-'])
    expect(bodies[1]).toMatchObject({
      metadata: {
        labels: { 'batch.kubernetes.io/job-completion-index': '1' },
        annotations: { 'batch.kubernetes.io/job-completion-index': '1' },
      },
      spec: {
        hostname: 'task-1',
        containers: [
          {
            env: [
              {
                name: 'JOB_COMPLETION_INDEX',
                valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
              },
            ],
          },
        ],
      },
    })
  })

  test('the indexes that are done are told as ranges', () => {
    const b = pass(bench(indexed))
    pass(end(b, 'Succeeded'))
    expect(statusOf(b)).toMatchObject({ completedIndexes: '0', succeeded: 1 })
    pass(end(pass(end(b, 'Succeeded')), 'Succeeded'))
    expect(statusOf(b)).toMatchObject({ completedIndexes: '0-2', succeeded: 3 })
    expect(parseIndexes('0,2-4,9', 6)).toEqual(new Set([0, 2, 3, 4]))
    expect(formatIndexes(new Set([7, 0, 2, 3, 4, 6]))).toBe('0,2-4,6,7')
  })

  test('each index has its own limit; the failures go on in the next Pod', () => {
    const b = pass(bench({ ...indexed, completions: 1, parallelism: 1, backoffLimitPerIndex: 1, backoffLimit: 100 }))
    pass(end(b, 'Failed'), seconds(14))
    expect(active(b)[0]?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('1')
    pass(end(b, 'Failed'))
    expect(statusOf(b)).toMatchObject({ failedIndexes: '0', failed: 2 })
    expect(conditions(b)).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes'])
  })

  test('a success policy ends it before the others are through', () => {
    const b = pass(bench({ ...indexed, successPolicy: { rules: [{ succeededIndexes: '0', succeededCount: 1 }] } }))
    pass(end(b, 'Succeeded'), seconds(6))
    expect(conditions(b)).toEqual(['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy'])
    expect(active(b)).toHaveLength(0)
    expect(statusOf(b).failed).toBeUndefined()
  })
})

describe('suspended', () => {
  const suspend = (b: ControllerBench, suspended: boolean): ControllerBench =>
    b.change('Job', 'default', 'task', (one) => ({
      ...one,
      metadata: { ...one.metadata, generation: (one.metadata.generation ?? 0) + 1 },
      spec: { ...one.spec, suspend: suspended },
    }))

  test('it has no Pods and no time runs; afterwards it starts anew', () => {
    const b = pass(bench({ activeDeadlineSeconds: 30 }))
    pass(suspend(b, true), seconds(60))
    expect(b.list('Pod')).toHaveLength(0)
    expect(conditions(b)).toEqual(['Suspended=True JobSuspended'])
    expect(statusOf(b).startTime).toBeUndefined()
    expect(statusOf(b).failed).toBeUndefined()
    pass(suspend(b, false))
    expect(active(b)).toHaveLength(1)
    expect(conditions(b)).toEqual(['Suspended=False JobResumed'])
    expect(statusOf(b).startTime).toBe(rfc3339(seconds(63)))
    expect(b.events).toContain('Suspended: Job suspended')
    expect(b.events).toContain('Resumed: Job resumed')
  })
})

test('Pods of a Job that is gone are let go', () => {
  const b = pass(bench())
  const name = active(b)[0]?.metadata.name ?? ''
  b.remove('Job', 'default', 'task')
  pass(b)
  expect(b.get('Pod', 'default', name)?.metadata.finalizers ?? []).toEqual([])
})

test('somebody else runs it', () => {
  expect(pass(bench({ managedBy: 'example.com/other' })).takeLines()).toEqual([])
})

describe('in a small world', () => {
  const world: SmallWorld = {
    controller: () => jobController(true),
    kinds: ['Job', 'Pod'],
    given: [job({ completions: 4, parallelism: 2 })],
    rounds: 34,
    // Runs for a second, then succeeds.
    kubelet: (pod, b) => {
      const { namespace, name, deletionTimestamp } = pod.metadata
      if (pod.status?.phase === 'Succeeded' || deletionTimestamp !== undefined) return
      const next = pod.status?.phase === 'Running' ? 'Succeeded' : 'Running'
      b.change('Pod', namespace, name, (before) => withPhase(before, next, b))
    },
    always: (b) => {
      const { succeeded = 0, uncountedTerminatedPods = {} } = statusOf(b)
      const ended = b.list('Pod').filter(({ status }) => status?.phase === 'Succeeded').length
      // None is counted twice.
      expect(succeeded + (uncountedTerminatedPods.succeeded?.length ?? 0)).toBeLessThanOrEqual(ended)
      expect(b.list('Pod').length).toBeLessThanOrEqual(4)
    },
    finally: (b) => {
      expect(statusOf(b).succeeded).toBe(4)
      expect(conditions(b)).toContain('Complete=True CompletionsReached')
      expect(b.list('Pod').every(({ metadata }) => (metadata.finalizers ?? []).length === 0)).toBe(true)
    },
  }

  test.each(disturbances(world).map((one) => [describeDisturbance(one), one] as const))('%s', (_name, disturbance) => {
    live(world, disturbance)
  })
})
