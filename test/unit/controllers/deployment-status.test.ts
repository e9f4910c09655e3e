/**
 * Goal: a Deployment's status says what real ones say, in that order and over those versions; deadlines, pauses and
 * failures are told in upstream's words.
 * Method: tables of views; the writes that a sync makes are compared with the recordings of a real deployment-controller.
 */
import { describe, expect, test } from 'vitest'
import { deploymentController } from '../../../src/actors/controllers/deployment/deployment.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import type { Deployment, DeploymentStatus } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench, type ControllerBench, type Request } from '../../support/controller-bench.ts'
import { deployment, replicaSet, secondsAt } from './objects.ts'

const statusIn = (request: Request | undefined): DeploymentStatus => (request?.body as Deployment).status ?? {}

const versionIn = (request: Request | undefined): string => (request?.body as Deployment).metadata.resourceVersion

const conditions = ({ conditions: all = [] }: DeploymentStatus): readonly string[] =>
  all.map(({ type, status, reason }) => `${type} ${status} ${reason}`)

const messageOf = (status: DeploymentStatus, type: string): string | undefined =>
  status.conditions?.find((condition) => condition.type === type)?.message

const statusOf = (bench: ControllerBench): DeploymentStatus => bench.get('Deployment', 'default', 'web')?.status ?? {}

describe('a new Deployment', () => {
  test('the order of writes: ReplicaSet, revision and Progressing, then a status over the old version, then again', () => {
    const bench = controllerBench(deploymentController, { latency: seconds(1) })
    bench.given(deployment()).show()
    const version = bench.get('Deployment', 'default', 'web')?.metadata.resourceVersion
    bench.run(millis(20))
    const [create, first, second, ...others] = bench.take()
    expect(create?.kind).toBe('ReplicaSet')
    expect((create?.body as Deployment).metadata.annotations).toEqual({
      'deployment.kubernetes.io/revision': '1',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    })
    expect((first?.body as Deployment).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
    expect(Object.keys(statusIn(first))).toEqual(['conditions'])
    expect(conditions(statusIn(first))).toEqual(['Progressing True NewReplicaSetCreated'])
    const name = (create?.body as Deployment).metadata.name
    expect(messageOf(statusIn(first), 'Progressing')).toBe(`Created new replica set "${name}"`)
    // As in recording 01: the second write goes on from the version that was read, and meets a conflict.
    expect([versionIn(first), versionIn(second)]).toEqual([version, version])
    expect({ ...statusIn(second), conditions: conditions(statusIn(second)) }).toEqual({
      observedGeneration: 1,
      unavailableReplicas: 3,
      terminatingReplicas: 0,
      conditions: ['Progressing True NewReplicaSetCreated', 'Available False MinimumReplicasUnavailable'],
    })
    expect(others.map(({ verb, kind }) => `${verb} ${kind}`)).not.toContain('update ReplicaSet')
    expect(bench.events).toEqual([`ScalingReplicaSet: Scaled up replica set ${name} from 0 to 3`])
  })

  test('conditions stand in the order in which they last changed', () => {
    const bench = controllerBench(deploymentController)
    bench.given(deployment()).show().run(seconds(1))
    const [current] = bench.list('ReplicaSet')
    const report = (available: number): void => {
      bench.change('ReplicaSet', 'default', current?.metadata.name ?? '', (one) => ({
        ...one,
        status: {
          replicas: 3,
          readyReplicas: available,
          availableReplicas: available,
          terminatingReplicas: 0,
          observedGeneration: 1,
        },
      }))
      bench.show().run(seconds(1))
    }
    report(0)
    expect(conditions(statusOf(bench))).toEqual([
      'Available False MinimumReplicasUnavailable',
      'Progressing True ReplicaSetUpdated',
    ])
    report(3)
    expect(conditions(statusOf(bench))).toEqual([
      'Available True MinimumReplicasAvailable',
      'Progressing True NewReplicaSetAvailable',
    ])
    expect(messageOf(statusOf(bench), 'Progressing')).toBe(
      `ReplicaSet "${current?.metadata.name}" has successfully progressed.`,
    )
    expect(messageOf(statusOf(bench), 'Available')).toBe('Deployment has minimum availability.')
  })

  test('a ReplicaSet that is there already, but belongs to another, is a collision: the next hash is another', () => {
    const first = controllerBench(deploymentController)
    first.given(deployment()).show().run(seconds(1))
    const name = first.list('ReplicaSet')[0]?.metadata.name ?? ''
    const bench = controllerBench(deploymentController)
    bench.given(deployment(), { ...replicaSet(name, { replicas: 0, metadata: { ownerReferences: [] } }) })
    bench.change('ReplicaSet', 'default', name, (one) => ({
      ...one,
      metadata: { ...one.metadata, labels: { app: 'other' } },
    }))
    bench.show().run(seconds(5))
    expect(statusOf(bench).collisionCount).toBe(1)
    const names = bench.list('ReplicaSet').map(({ metadata }) => metadata.name)
    expect(names).toHaveLength(2)
    expect(names[1]).not.toBe(name)
  })

  test('why its ReplicaSet could not be created stands in Progressing and in an Event', () => {
    const bench = controllerBench(deploymentController)
    bench.fail('create ReplicaSet', { code: 403, reason: 'Forbidden', message: 'exceeded quota' })
    bench.given(deployment()).show().run(millis(3))
    const [create, status] = bench.take()
    const text = `Failed to create new replica set "${create?.name}": exceeded quota`
    expect(conditions(statusIn(status))).toEqual(['Progressing False ReplicaSetCreateError'])
    expect(messageOf(statusIn(status), 'Progressing')).toBe(text)
    expect(bench.events).toEqual([`ReplicaSetCreateError: ${text}`])
  })
})

const progressing = (reason: string, second: number): DeploymentStatus => ({
  observedGeneration: 1,
  replicas: 3,
  updatedReplicas: 3,
  unavailableReplicas: 3,
  terminatingReplicas: 0,
  conditions: [
    {
      type: 'Available',
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
      lastUpdateTime: secondsAt(0),
      lastTransitionTime: secondsAt(0),
    },
    {
      type: 'Progressing',
      status: 'True',
      reason,
      message: 'ReplicaSet "web-1" is progressing.',
      lastUpdateTime: secondsAt(second),
      lastTransitionTime: secondsAt(0),
    },
  ],
})

const REVISION_1 = { 'deployment.kubernetes.io/revision': '1' }

const stuck = (spec: Parameters<typeof deployment>[0] = {}): ControllerBench => {
  const before = deployment({ progressDeadlineSeconds: 25, ...spec })
  const bench = controllerBench(deploymentController)
  bench.given(
    {
      ...before,
      metadata: { ...before.metadata, annotations: REVISION_1 },
      ...{ status: progressing('ReplicaSetUpdated', 0) },
    },
    replicaSet('web-1', { replicas: 3, available: 0, annotations: REVISION_1 }),
  )
  return bench
}

describe('the progress deadline', () => {
  test('is told a second after it is over, once', () => {
    const bench = stuck()
    bench.show().run(seconds(25.9))
    expect(bench.takeLines()).toEqual([])
    bench.run(seconds(1))
    const [write, ...others] = bench.take()
    expect(others).toEqual([])
    expect(conditions(statusIn(write))).toEqual([
      'Available False MinimumReplicasUnavailable',
      'Progressing False ProgressDeadlineExceeded',
    ])
    expect(messageOf(statusIn(write), 'Progressing')).toBe('ReplicaSet "web-1" has timed out progressing.')
    bench.run(seconds(600))
    expect(bench.takeLines()).toEqual([])
  })

  test('begins anew with each step forward, though nothing but the time of it is written anew', () => {
    const bench = stuck()
    bench.show().run(seconds(20))
    bench.change('ReplicaSet', 'default', 'web-1', (one) => ({
      ...one,
      status: { ...one.status, replicas: 3, readyReplicas: 1 },
    }))
    bench.show().run(seconds(1))
    const [write] = bench.take()
    const condition = statusIn(write).conditions?.find(({ type }) => type === 'Progressing')
    expect(condition).toMatchObject({ lastUpdateTime: secondsAt(20), lastTransitionTime: secondsAt(0) })
    bench.run(seconds(24))
    expect(bench.takeLines()).toEqual([])
    bench.run(seconds(2))
    expect(bench.takeLines()).toEqual(['update Deployment/status web'])
  })

  test('does not run while paused, and resuming starts it anew', () => {
    const bench = stuck({ paused: true })
    bench.show().run(seconds(100))
    expect(conditions(statusOf(bench)).at(-1)).toBe('Progressing Unknown DeploymentPaused')
    expect(messageOf(statusOf(bench), 'Progressing')).toBe('Deployment is paused')
    bench.change('Deployment', 'default', 'web', (one) => ({ ...one, spec: { ...one.spec, paused: undefined } }))
    bench.show().run(seconds(20))
    expect(messageOf(statusOf(bench), 'Progressing')).toBe('Deployment is resumed')
    bench.run(seconds(10))
    expect(conditions(statusOf(bench)).at(-1)).toBe('Progressing False ProgressDeadlineExceeded')
  })

  test('is not said to be paused when it is over already', () => {
    const bench = stuck()
    bench.show().run(seconds(30))
    bench.change('Deployment', 'default', 'web', (one) => ({ ...one, spec: { ...one.spec, paused: true } }))
    bench.show().run(seconds(30))
    expect(conditions(statusOf(bench)).at(-1)).toBe('Progressing False ProgressDeadlineExceeded')
  })

  test('of 2^31-1 seconds stands for none: the condition goes', () => {
    const bench = stuck({ progressDeadlineSeconds: 2_147_483_647 })
    bench.show().run(seconds(1))
    expect(conditions(statusOf(bench))).toEqual(['Available False MinimumReplicasUnavailable'])
  })
})

test('a rollout that is complete stays so when a Pod is lost', () => {
  const bench = controllerBench(deploymentController)
  bench.given(deployment()).show().run(seconds(1))
  const name = bench.list('ReplicaSet')[0]?.metadata.name ?? ''
  const report = (ready: number): void => {
    const counts = { replicas: 3, readyReplicas: ready, availableReplicas: ready, terminatingReplicas: 0 }
    bench.change('ReplicaSet', 'default', name, (one) => ({ ...one, status: { ...counts, observedGeneration: 1 } }))
    bench.show().run(seconds(1))
  }
  report(3)
  report(1)
  expect(conditions(statusOf(bench))).toEqual([
    'Progressing True NewReplicaSetAvailable',
    'Available False MinimumReplicasUnavailable',
  ])
})

test('what keeps a ReplicaSet from its Pods is said of the Deployment, and goes with it', () => {
  const failure = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: 'exceeded quota',
    lastTransitionTime: secondsAt(5),
  } as const
  const counts = { replicas: 1, terminatingReplicas: 0, observedGeneration: 1 }
  const bench = controllerBench(deploymentController)
  bench.given(deployment(), replicaSet('web-1', { replicas: 3, status: { ...counts, conditions: [failure] } }))
  bench.show().run(seconds(1))
  expect(statusOf(bench).conditions?.at(-1)).toEqual({ ...failure, lastUpdateTime: secondsAt(5) })
  bench.change('ReplicaSet', 'default', 'web-1', (one) => ({ ...one, status: counts }))
  bench.show().run(seconds(1))
  expect(conditions(statusOf(bench)).join()).not.toContain('ReplicaFailure')
})

test('Pods that still stop are counted from the ReplicaSets’ own status; not at all if one does not say', () => {
  const bench = controllerBench(deploymentController)
  const status = { replicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 }
  bench.given(
    deployment(),
    replicaSet('web-1', { replicas: 3, status: { ...status, terminatingReplicas: 2 } }),
    replicaSet('web-0', {
      replicas: 0,
      image: 'app:0',
      status: { replicas: 0, terminatingReplicas: 1, observedGeneration: 1 },
    }),
  )
  bench.show().run(seconds(1))
  expect(statusOf(bench).terminatingReplicas).toBe(3)
  bench.change('ReplicaSet', 'default', 'web-0', (one) => ({ ...one, status: { replicas: 0, observedGeneration: 1 } }))
  bench.show().run(seconds(1))
  expect(statusOf(bench)).not.toHaveProperty('terminatingReplicas')
})

test('a Deployment that is being deleted only counts', () => {
  const before = deployment({ image: 'app:2' })
  const bench = controllerBench(deploymentController)
  const metadata = { ...before.metadata, deletionTimestamp: secondsAt(1), finalizers: ['foregroundDeletion'] }
  bench.given({ ...before, metadata }, replicaSet('web-1', { replicas: 3 }))
  bench.show().run(seconds(1))
  expect(new Set(bench.takeLines())).toEqual(new Set(['update Deployment/status web']))
  expect(statusOf(bench)).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3 })
})
