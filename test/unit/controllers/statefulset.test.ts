/**
 * Goal: a StatefulSet's Pods come, change and go in order, each under its own name, however stale the controller's view is.
 * Method: the calls that syncs make for given views and answers; then a small world in which the view lags in every way.
 */
import { describe, expect, test } from 'vitest'
import { statefulSetController } from '../../../src/actors/controllers/statefulset/statefulset.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { StatefulSet, StatefulSetStatus } from '../../../src/kubernetes/types/workloads.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { meta, secondsAt, template } from './objects.ts'
import { describeDisturbance, disturbances, live, type SmallWorld, round, settled } from './small-world.ts'

const statefulSet = (spec: Partial<StatefulSet['spec']> = {}, image = 'app:1'): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: meta('db', { generation: 1, labels: { app: 'web' } }),
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'web' } },
    template: template(image),
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    ...spec,
  },
  status: { replicas: 0, availableReplicas: 0 },
})

const bench = (): ControllerBench => controllerBench(statefulSetController(true))

const statusOf = (b: ControllerBench): StatefulSetStatus | undefined => b.get('StatefulSet', 'default', 'db')?.status

const change = (b: ControllerBench, spec: Partial<StatefulSet['spec']>): ControllerBench =>
  b.change('StatefulSet', 'default', 'db', (set) => ({
    ...set,
    metadata: { ...set.metadata, generation: (set.metadata.generation ?? 0) + 1 },
    spec: { ...set.spec, ...spec },
  }))

const podNames = (b: ControllerBench): readonly string[] =>
  b
    .list('Pod')
    .map(({ metadata }) => metadata.name)
    .toSorted()

const imageOf = ({ spec }: Pod): string | undefined => spec.containers[0]?.image

const writes = (lines: readonly string[]): readonly string[] => lines.filter((line) => !line.includes('/status'))

describe('creating', () => {
  test('waits for each Pod; the status tells before and after each step', () => {
    const b = bench().given(statefulSet()).show().run(seconds(1))
    const [revision, pod, ...rest] = b.take()
    expect(rest.map(({ verb, subresource }) => `${verb} ${subresource ?? ''}`)).toEqual([
      'update status',
      'update status',
    ])
    const name = (revision?.body as { metadata: { name: string } }).metadata.name
    expect(revision?.body).toMatchObject({
      kind: 'ControllerRevision',
      revision: 1,
      metadata: { labels: { app: 'web', 'controller.kubernetes.io/hash': name.slice('db-'.length) } },
      data: { spec: { template: { $patch: 'replace', metadata: { labels: { app: 'web' } } } } },
    })
    expect(pod?.body).toMatchObject({
      metadata: {
        name: 'db-0',
        generateName: 'db-',
        labels: {
          'apps.kubernetes.io/pod-index': '0',
          'controller-revision-hash': name,
          'statefulset.kubernetes.io/pod-name': 'db-0',
        },
      },
      spec: { hostname: 'db-0', subdomain: 'db' },
    })
    const told = rest.map(({ body }) => (body as StatefulSet).status)
    const common = { observedGeneration: 1, currentRevision: name, updateRevision: name, collisionCount: 0 }
    expect(told).toEqual([
      { ...common, replicas: 0, availableReplicas: 0 },
      { ...common, replicas: 1, currentReplicas: 1, updatedReplicas: 1, availableReplicas: 0 },
    ])
    expect(b.events).toEqual(['SuccessfulCreate: Create Pod db-0 in StatefulSet db successful'])
    expect(podNames(b)).toEqual(['db-0'])
    round(b, 3)
    expect(writes(b.takeLines())).toEqual(['create Pod db-1', 'create Pod db-2'])
  })

  test('begins at another ordinal if it is told to', () => {
    const b = settled(bench().given(statefulSet({ ordinals: { start: 5 } })))
    expect(podNames(b)).toEqual(['db-5', 'db-6', 'db-7'])
  })

  test('in parallel comes in batches of 1, 2, 4', () => {
    const b = bench()
      .given(statefulSet({ replicas: 5, podManagementPolicy: 'Parallel' }))
      .show()
      .run(seconds(1))
    const times = b.log
      .filter((event) => event.type === 'ApiRequested' && event.data.kind === 'Pod')
      .map(({ at }) => at)
    expect([...new Set(times)].map((at) => times.filter((time) => time === at).length)).toEqual([1, 2, 2])
  })

  test('makes the claims first, which stay when their Pod goes', () => {
    const claims = [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: {} }]
    const b = settled(bench().given(statefulSet({ replicas: 2, volumeClaimTemplates: claims })))
    expect(b.list('PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toEqual(['data-db-0', 'data-db-1'])
    expect(b.get('Pod', 'default', 'db-1')?.spec.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } },
    ])
    settled(change(b, { replicas: 1 }))
    expect(b.list('PersistentVolumeClaim')).toHaveLength(2)
    expect(b.list('PersistentVolumeClaim')[1]?.metadata.ownerReferences).toBeUndefined()
  })

  test('with whenScaled: Delete a claim belongs to the Pod that leaves', () => {
    const claims = [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: {} }]
    const policy = { whenScaled: 'Delete', whenDeleted: 'Delete' } as const
    const parts = { replicas: 2, volumeClaimTemplates: claims, persistentVolumeClaimRetentionPolicy: policy }
    const b = settled(bench().given(statefulSet(parts)))
    const owner = (): string | undefined =>
      b.get('PersistentVolumeClaim', 'default', 'data-db-1')?.metadata.ownerReferences?.[0]?.kind
    expect(owner()).toBe('StatefulSet')
    change(b, { replicas: 1 }).show().run(seconds(1))
    expect(writes(b.takeLines())).toEqual(['update PersistentVolumeClaim data-db-1', 'delete Pod db-1'])
    expect(owner()).toBe('Pod')
  })

  test('another retention policy gives claims other owners; their Pods are written as they are, and it is told', () => {
    const claims = [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: {} }]
    const b = settled(bench().given(statefulSet({ replicas: 2, volumeClaimTemplates: claims })))
    const before = b.events.length
    change(b, { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } })
    b.show().run(seconds(1))
    expect(writes(b.takeLines())).toEqual(
      [0, 1].flatMap((n) => [`update PersistentVolumeClaim data-db-${n}`, `update Pod db-${n}`]),
    )
    expect(b.events.slice(before)).toEqual(
      [0, 1].map((n) => `SuccessfulUpdate: Update Pod db-${n} in StatefulSet db successful`),
    )
    const controllers = b
      .list('PersistentVolumeClaim')
      .map(({ metadata }) => metadata.ownerReferences?.map((owner) => [owner.kind, owner.controller]))
    expect(controllers).toEqual([[['StatefulSet', true]], [['StatefulSet', true]]])
  })

  test('a claim that somebody else controls is left to him, which is told when its Pod waits', () => {
    const claims = [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: {} }]
    const policy = { whenScaled: 'Delete', whenDeleted: 'Delete' } as const
    const other = { apiVersion: 'example.com/v1', kind: 'Backup', name: 'b', uid: 'backup', controller: true }
    const b = bench().given(
      statefulSet({ replicas: 1, volumeClaimTemplates: claims, persistentVolumeClaimRetentionPolicy: policy }),
      {
        ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: {} },
        metadata: meta('data-db-0', { ownerReferences: [other] }),
      },
    )
    b.show().run(seconds(1)).show().run(seconds(1))
    const why = 'has a conflicting OwnerReference that acts as a manging controller'
    expect(b.events).toContain(
      `ConflictingController: PersistentVolumeClaim data-db-0 ${why}, the retention policy is ignored for this claim`,
    )
    expect(b.get('PersistentVolumeClaim', 'default', 'data-db-0')?.metadata.ownerReferences).toEqual([other])
  })

  test('a claim of an earlier Pod is in the way only where it will go with it', () => {
    const claims = [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: {} }]
    const former = { apiVersion: 'v1', kind: 'Pod', name: 'db-0', uid: 'former', controller: true }
    const podsWith = (whenScaled: 'Delete' | 'Retain'): readonly string[] => {
      const policy = { whenScaled, whenDeleted: 'Retain' } as const
      const b = bench().given(
        statefulSet({ replicas: 1, volumeClaimTemplates: claims, persistentVolumeClaimRetentionPolicy: policy }),
        {
          ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: {} },
          metadata: meta('data-db-0', { ownerReferences: [former] }),
        },
      )
      b.show().run(seconds(1))
      return podNames(b)
    }
    expect(podsWith('Delete')).toEqual([])
    expect(podsWith('Retain')).toEqual(['db-0'])
  })

  test('a refused Pod is told of and tried again', () => {
    const b = bench().fail('create Pod', { code: 403, reason: 'Forbidden', message: 'no' }, 2)
    b.given(statefulSet({ replicas: 1 }))
      .show()
      .run(seconds(1))
    expect(b.events.slice(0, 2)).toEqual([
      'FailedCreate: Create Pod db-0 in StatefulSet db failed error: no',
      'SuccessfulCreate: Create Pod db-0 in StatefulSet db successful',
    ])
  })
})

describe('a new template', () => {
  test('goes from the highest ordinal down, one at a time; at the end its revision is the current one', () => {
    const b = settled(bench().given(statefulSet()))
    const first = statusOf(b)?.currentRevision
    change(b, { template: template('app:2') })
    const steps: string[] = []
    for (let i = 0; i < 12; i++) steps.push(...writes(round(b).takeLines()).filter((line) => line.includes('Pod')))
    expect(steps).toEqual([2, 1, 0].flatMap((n) => [`delete Pod db-${n}`, `create Pod db-${n}`]))
    expect(b.list('Pod').map(imageOf)).toEqual(['app:2', 'app:2', 'app:2'])
    expect(statusOf(b)).toMatchObject({ currentReplicas: 3, updatedReplicas: 3 })
    expect(statusOf(b)?.currentRevision).toBe(statusOf(b)?.updateRevision)
    expect(statusOf(b)?.currentRevision).not.toBe(first)
  })

  test('stops at the partition, below which a Pod that goes comes back as it was', () => {
    const b = settled(bench().given(statefulSet()))
    change(b, {
      template: template('app:2'),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    })
    settled(b)
    b.remove('Pod', 'default', 'db-1')
    settled(b)
    const images = Object.fromEntries(b.list('Pod').map((pod) => [pod.metadata.name, imageOf(pod)]))
    expect(images).toEqual({ 'db-0': 'app:1', 'db-1': 'app:1', 'db-2': 'app:2' })
  })

  test('with OnDelete changes nobody until he is deleted', () => {
    const b = settled(bench().given(statefulSet({ updateStrategy: { type: 'OnDelete' } })))
    settled(change(b, { template: template('app:2') }))
    expect(b.list('Pod').map(imageOf)).toEqual(['app:1', 'app:1', 'app:1'])
    b.remove('Pod', 'default', 'db-2')
    settled(b)
    expect(b.list('Pod').map(imageOf).toSorted()).toEqual(['app:1', 'app:1', 'app:2'])
  })

  test('waits for a broken Pod, even when the template is put back', () => {
    const b = settled(bench().given(statefulSet()))
    change(b, { template: template('broken') })
      .show()
      .run(seconds(1))
    b.remove('Pod', 'default', 'db-2').show().run(seconds(1)).show().run(seconds(1))
    b.take()
    change(b, { template: template('app:1') })
      .show()
      .run(seconds(5))
    expect(writes(b.takeLines()).filter((line) => line.includes('Pod'))).toEqual([])
    expect(b.get('Pod', 'default', 'db-2')?.spec.containers[0]?.image).toBe('broken')
  })

  test('that was there before has its revision again, with the highest number; old ones go', () => {
    const b = settled(bench().given(statefulSet({ revisionHistoryLimit: 1 })))
    for (const image of ['app:2', 'app:3', 'app:2']) round(settled(change(b, { template: template(image) })), 5)
    const revisions = b.list('ControllerRevision').map(({ revision }) => revision)
    expect(revisions.toSorted()).toEqual([3, 4])
    expect(b.list('Pod').map(imageOf)).toEqual(['app:2', 'app:2', 'app:2'])
  })
})

describe('scaling down', () => {
  test('takes the highest first and waits until it is gone', () => {
    const b = settled(bench().given(statefulSet()))
    change(b, { replicas: 1 }).show().run(seconds(3))
    expect(writes(b.takeLines())).toEqual(['delete Pod db-2'])
    settled(b)
    expect(podNames(b)).toEqual(['db-0'])
  })

  test('a Pod that has ended is deleted and comes again', () => {
    const b = settled(bench().given(statefulSet({ replicas: 1 })))
    b.change('Pod', 'default', 'db-0', (pod) => ({ ...pod, status: { phase: 'Failed' } }))
      .show()
      .run(seconds(1))
    expect(writes(b.takeLines())).toEqual(['delete Pod db-0'])
    expect(podNames(settled(b))).toEqual(['db-0'])
  })
})

describe('a set that goes and leaves what it had', () => {
  const leave = (b: ControllerBench): ControllerBench => {
    b.change('StatefulSet', 'default', 'db', (set) => ({
      ...set,
      metadata: { ...set.metadata, deletionTimestamp: secondsAt(30), finalizers: ['orphan'] },
    }))
    for (const { metadata } of b.list('ControllerRevision'))
      b.change('ControllerRevision', 'default', metadata.name, (one) => ({
        ...one,
        metadata: { ...one.metadata, ownerReferences: undefined },
      }))
    for (const { metadata } of b.list('Pod'))
      b.change('Pod', 'default', metadata.name, (one) => ({
        ...one,
        metadata: { ...one.metadata, ownerReferences: undefined },
      }))
    return b
  }

  test('writes nothing more; one that comes after it adopts its revisions, then its Pods', () => {
    const b = settled(bench().given(statefulSet({ replicas: 1 })))
    leave(b).show().run(seconds(5))
    expect(new Set(b.takeLines())).toEqual(new Set(['get StatefulSet db']))
    const again = statefulSet({ replicas: 1 })
    b.remove('StatefulSet', 'default', 'db').given({ ...again, metadata: { ...again.metadata, uid: 'other' } })
    b.show().run(seconds(1))
    const [revision] = b.list('ControllerRevision')
    const written = writes(b.takeLines()).filter((line) => !line.startsWith('get'))
    expect(written).toEqual([`patch ControllerRevision ${revision?.metadata.name}`, 'patch Pod db-0'])
  })
})

describe('in a small world', () => {
  const world: SmallWorld = {
    controller: () => statefulSetController(true),
    kinds: ['StatefulSet', 'Pod', 'ControllerRevision'],
    given: [statefulSet({ replicas: 2 })],
    inputs: {
      5: (b) => change(b, { template: template('app:2') }),
      12: (b) => change(b, { replicas: 1 }),
    },
    rounds: 26,
    always: (b) => {
      for (const name of podNames(b)) expect(['db-0', 'db-1']).toContain(name)
      // Where order matters one Pod at most is missing or new.
      const started = b.now > seconds(5) && b.now < seconds(12)
      if (started)
        expect(b.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined).length).toBeGreaterThan(
          0,
        )
    },
    finally: (b) => {
      expect(podNames(b)).toEqual(['db-0'])
      expect(b.list('Pod').map(imageOf)).toEqual(['app:2'])
      expect(b.list('ControllerRevision')).toHaveLength(2)
      expect(statusOf(b)).toMatchObject({ replicas: 1, updatedReplicas: 1, availableReplicas: 1 })
    },
  }

  test.each(disturbances(world).map((one) => [describeDisturbance(one), one] as const))('%s', (_name, disturbance) => {
    live(world, disturbance)
  })
})
