/**
 * Goal: a Pod gets the storage that it claims where it runs, nobody else gets it meanwhile, and what it leaves is dealt with
 * as its volume says.
 * Method: whole clusters, with a storage system behind a CSI driver and without one.
 */
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { asObject, told } from './story.ts'

const claim = (name: string, spec: object = {}): ApiObject =>
  asObject({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } }, ...spec },
  })

const reader = (name: string, claimName: string, spec: object = {}): ApiObject =>
  asObject({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: 'app:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      ...spec,
    },
  })

const remove = (cluster: Cluster, kind: 'Pod' | 'PersistentVolumeClaim', name: string, options = {}): void =>
  cluster.call({ verb: 'delete', kind, namespace: 'default', name, options })

const phaseOf = (cluster: Cluster, name: string): string | undefined =>
  cluster.get('PersistentVolumeClaim', 'default', name)?.status?.phase

const withStorage = (parts: object = {}): Cluster => {
  const zones = ['a', 'b', 'c'].map((zone) => ({ zone, region: 'r' }))
  const cluster = createCluster({
    seed: 5,
    nodes: zones,
    csi: { topologyKey: 'topology.kubernetes.io/zone', ...parts },
  })
  cluster.run(seconds(30))
  return cluster
}

test('a claim that waits for its Pod is made where the Pod goes, and the Pod runs', () => {
  const cluster = withStorage()
  cluster.apply([claim('data')])
  cluster.run(seconds(20))
  expect(phaseOf(cluster, 'data')).toBe('Pending')
  expect(told(cluster, 'data')).toContain(
    'WaitForFirstConsumer: waiting for first consumer to be created before binding',
  )
  cluster.apply([reader('web', 'data')])
  cluster.run(seconds(40))
  const pod = cluster.get('Pod', 'default', 'web')
  expect(pod?.status?.phase).toBe('Running')
  expect(phaseOf(cluster, 'data')).toBe('Bound')
  const [volume] = cluster.list('PersistentVolume')
  const uid = cluster.get('PersistentVolumeClaim', 'default', 'data')?.metadata.uid
  expect(volume?.metadata.name).toBe(`pvc-${uid}`)
  expect(volume?.status?.phase).toBe('Bound')
  const zone = cluster.get('Node', undefined, pod?.spec.nodeName ?? '')?.metadata.labels?.[
    'topology.kubernetes.io/zone'
  ]
  expect(volume?.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values).toEqual([zone])
  expect(told(cluster, 'data')).toContain(`ProvisioningSucceeded: Successfully provisioned volume pvc-${uid}`)
  expect(told(cluster, 'web')).toContain(
    `SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "pvc-${uid}" `,
  )
  const node = cluster.get('Node', undefined, pod?.spec.nodeName ?? '')
  expect(node?.status?.volumesAttached?.map(({ name }) => name)).toEqual([
    `kubernetes.io/csi/csi.seatrial.dev^vol-${uid}`,
  ])
})

/** A Pod that brings its own claim. */
const withScratch = (name: string, storage: string): ApiObject => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } }
  return reader(name, '', { volumes: [{ name: 'data', ephemeral: { volumeClaimTemplate: { spec } } }] })
}

test('a Pod with an ephemeral volume runs on a claim of its own, which goes with it; so does the next Pod of its name', () => {
  const cluster = withStorage({ topologyKey: '' })
  for (const storage of ['3Gi', '4Gi']) {
    cluster.apply([withScratch('web', storage)])
    cluster.run(minutes(1))
    const pod = cluster.get('Pod', 'default', 'web')
    const made = cluster.get('PersistentVolumeClaim', 'default', 'web-data')
    expect(pod?.status?.phase).toBe('Running')
    expect(made?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([pod?.metadata.uid])
    expect(made?.status).toMatchObject({ phase: 'Bound', capacity: { storage } })
    expect(cluster.list('VolumeAttachment').map(({ spec }) => spec.nodeName)).toEqual([pod?.spec.nodeName])
    remove(cluster, 'Pod', 'web', { propagationPolicy: storage === '3Gi' ? 'Background' : 'Foreground' })
    cluster.run(minutes(1))
    expect(cluster.get('Pod', 'default', 'web')).toBeUndefined()
    expect(cluster.list('PersistentVolumeClaim')).toEqual([])
    expect(cluster.list('PersistentVolume')).toEqual([])
  }
})

test('a claim that is in the way of an ephemeral volume keeps its Pod waiting', () => {
  const cluster = withStorage()
  cluster.apply([claim('web-data'), withScratch('web', '3Gi')])
  cluster.run(seconds(30))
  expect(cluster.get('Pod', 'default', 'web')?.spec.nodeName).toBeUndefined()
  const why = 'PVC default/web-data was not created for pod default/web (pod is not owner)'
  expect(told(cluster, 'web')).toContain(`FailedBinding: ephemeral volume data: ${why}`)
  expect(told(cluster, 'web').some((line) => line.startsWith('FailedScheduling') && line.includes(why))).toBe(true)
  remove(cluster, 'PersistentVolumeClaim', 'web-data')
  cluster.run(minutes(1))
  expect(cluster.get('Pod', 'default', 'web')?.status?.phase).toBe('Running')
})

test('a claim in use outlives its deletion; then its volume is detached and thrown away', () => {
  const cluster = withStorage()
  cluster.apply([claim('data'), reader('web', 'data')])
  cluster.run(minutes(1))
  remove(cluster, 'PersistentVolumeClaim', 'data')
  cluster.run(minutes(1))
  expect(cluster.get('PersistentVolumeClaim', 'default', 'data')?.metadata.deletionTimestamp).toBeDefined()
  expect(cluster.get('Pod', 'default', 'web')?.status?.phase).toBe('Running')
  remove(cluster, 'Pod', 'web')
  cluster.run(minutes(1))
  expect(cluster.get('PersistentVolumeClaim', 'default', 'data')).toBeUndefined()
  expect(cluster.list('VolumeAttachment')).toEqual([])
  expect(cluster.list('PersistentVolume')).toEqual([])
})

test('a volume that was made by hand is bound to the claim that it suits best, and kept when that leaves', () => {
  const cluster = createCluster({ seed: 5, nodes: 1 })
  cluster.run(seconds(30))
  const volume = (name: string, storage: string, modes = ['ReadWriteOnce']): ApiObject =>
    asObject({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage }, accessModes: modes, hostPath: { path: `/srv/${name}` }, storageClassName: 'slow' },
    })
  cluster.apply([
    volume('large', '50Gi'),
    volume('small', '5Gi'),
    volume('fits', '12Gi'),
    volume('shared', '9Gi', ['ReadWriteOnce', 'ReadWriteMany']),
  ])
  cluster.run(seconds(5))
  expect(cluster.list('PersistentVolume').map(({ status }) => status?.phase)).toEqual(Array(4).fill('Available'))
  cluster.apply([claim('data', { storageClassName: 'slow' })])
  cluster.run(seconds(5))
  expect(phaseOf(cluster, 'data')).toBe('Bound')
  expect(cluster.get('PersistentVolumeClaim', 'default', 'data')?.spec.volumeName).toBe('fits')
  expect(cluster.get('PersistentVolumeClaim', 'default', 'data')?.status?.capacity).toEqual({ storage: '12Gi' })
  remove(cluster, 'PersistentVolumeClaim', 'data')
  cluster.run(seconds(5))
  expect(cluster.get('PersistentVolume', undefined, 'fits')?.status?.phase).toBe('Released')
})

test('a bound volume grows with its claim', () => {
  const cluster = withStorage()
  cluster.apply([claim('data'), reader('web', 'data')])
  cluster.run(minutes(1))
  cluster.apply([claim('data', { resources: { requests: { storage: '20Gi' } } })])
  cluster.run(minutes(1))
  expect(cluster.list('PersistentVolume')[0]?.spec.capacity).toEqual({ storage: '20Gi' })
  expect(cluster.get('PersistentVolumeClaim', 'default', 'data')?.status?.capacity).toEqual({ storage: '20Gi' })
  const events = told(cluster, 'data')
  expect(events).toContain('ExternalExpanding: waiting for an external controller to expand this PVC')
  expect(events).toContain('VolumeResizeSuccessful: Resize volume succeeded')
})

test('a volume on a dead node is held for six minutes once its Pod is gone, and then moves', () => {
  const cluster = withStorage({ topologyKey: '' })
  cluster.apply([claim('data'), reader('first', 'data')])
  cluster.run(minutes(1))
  const dead = cluster.get('Pod', 'default', 'first')?.spec.nodeName ?? ''
  cluster.inject(crash(dead), { for: minutes(60) })
  cluster.run(minutes(2))
  remove(cluster, 'Pod', 'first', { gracePeriodSeconds: 0 })
  cluster.apply([reader('second', 'data')])
  cluster.run(minutes(5))
  const holders = (): readonly string[] => cluster.list('VolumeAttachment').map(({ spec }) => spec.nodeName)
  expect(holders()).toEqual([dead])
  expect(told(cluster, 'second').some((line) => line.startsWith('FailedAttachVolume: Multi-Attach error'))).toBe(true)
  // The kubelet waits in silence.
  expect(told(cluster, 'second').filter((line) => line.startsWith('FailedMount'))).toEqual([])
  expect(cluster.get('Pod', 'default', 'second')?.status?.phase).toBe('Pending')
  cluster.run(minutes(3))
  expect(holders()).toEqual([cluster.get('Pod', 'default', 'second')?.spec.nodeName])
  expect(cluster.get('Pod', 'default', 'second')?.status?.phase).toBe('Running')
})

test('a Pod that is put on a node does not start with a claim that is not bound, or on its way out', () => {
  const cluster = withStorage()
  cluster.apply([claim('data'), reader('first', 'data', { nodeName: 'node-1' })])
  cluster.run(minutes(1))
  const failed = (name: string): string | undefined =>
    told(cluster, name).find((line) => line.startsWith('FailedMount'))
  const lists = 'unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]'
  const failure = (claimName: string, why: string): string =>
    `FailedMount: Unable to attach or mount volumes: ${lists}: error processing PVC default/${claimName}: ${why}`
  expect(failed('first')).toBe(failure('data', 'PVC is not bound'))

  cluster.apply([claim('used'), reader('second', 'used')])
  cluster.run(minutes(1))
  remove(cluster, 'PersistentVolumeClaim', 'used')
  cluster.apply([reader('third', 'used', { nodeName: cluster.get('Pod', 'default', 'second')?.spec.nodeName })])
  cluster.run(seconds(5))
  expect(failed('third')).toBe(failure('used', 'PVC is being deleted'))
})
