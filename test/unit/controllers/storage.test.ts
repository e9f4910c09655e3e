/**
 * Goal: claims and volumes find each other, stay together while both are there, and are let go of in upstream's words.
 * Method: the calls and phases that the storage controllers leave for given views.
 */
import { describe, expect, test } from 'vitest'
import { attachDetachController } from '../../../src/actors/controllers/attach-detach/attach-detach.ts'
import { persistentVolumeBinder } from '../../../src/actors/controllers/persistentvolume-binder/persistentvolume-binder.ts'
import { pvProtectionController } from '../../../src/actors/controllers/pv-protection/pv-protection.ts'
import { pvcProtectionController } from '../../../src/actors/controllers/pvc-protection/pvc-protection.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'

const claim = (name: string, spec: object = {}, metadata: object = {}, status: object = { phase: 'Pending' }): Given =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
      storageClassName: 'slow',
      ...spec,
    },
    status,
  }) as Given

const volume = (name: string, spec: object = {}, metadata: object = {}, phase = 'Available'): Given =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, ...metadata },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'slow',
      persistentVolumeReclaimPolicy: 'Retain',
      ...spec,
    },
    status: { phase },
  }) as Given

const storageClass = (parts: object = {}): Given =>
  ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'slow' },
    provisioner: 'disks.example.com',
    volumeBindingMode: 'Immediate',
    ...parts,
  }) as Given

const pod = (
  name: string,
  claimName: string,
  parts: { readonly node?: string; readonly status?: object } = {},
): Given =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      ...(parts.node === undefined ? {} : { nodeName: parts.node }),
      containers: [{ name: 'app', image: 'app:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    },
    status: { phase: 'Running', ...parts.status },
  }) as Given

const phases = (b: ControllerBench): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries([
    ...b.list('PersistentVolumeClaim').map(({ metadata, status }) => [metadata.name, status?.phase]),
    ...b.list('PersistentVolume').map(({ metadata, status }) => [metadata.name, status?.phase]),
  ])

describe('persistentvolume-binder', () => {
  const bench = (): ControllerBench => controllerBench(persistentVolumeBinder)

  test('writes the volume, then the claim, each before its status', () => {
    const b = bench().given(claim('data'), volume('disk')).show().run(seconds(1))
    expect(b.takeLines()).toEqual([
      'update PersistentVolume disk',
      'update PersistentVolume/status disk',
      'update PersistentVolumeClaim data',
      'update PersistentVolumeClaim/status data',
    ])
    expect(b.get('PersistentVolumeClaim', 'default', 'data')).toMatchObject({
      metadata: {
        annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' },
      },
      spec: { volumeName: 'disk' },
      status: { phase: 'Bound', capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'] },
    })
    expect(b.get('PersistentVolume', undefined, 'disk')?.spec.claimRef).toMatchObject({ name: 'data', uid: 'uid-data' })
  })

  test('completes what a crash left half done', () => {
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: 'uid-data' }
    const b = bench().given(claim('data'), volume('other'), volume('disk', { claimRef })).show().run(seconds(1))
    expect(phases(b)).toEqual({ data: 'Bound', disk: 'Bound', other: 'Available' })
  })

  test('two claims never share a volume, even when the view is late', () => {
    const b = controllerBench(persistentVolumeBinder, { latency: seconds(2) })
    b.given(claim('first'), claim('second'), volume('disk')).show().run(seconds(40))
    expect(Object.values(phases(b)).sort()).toEqual(['Bound', 'Bound', 'Pending'])
  })

  test('takes the smallest volume that is large enough, of the right class, and usable in the fewest ways', () => {
    const many = { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], capacity: { storage: '11Gi' } }
    const b = bench().given(
      volume('shared', many),
      volume('huge', { capacity: { storage: '90Gi' } }),
      volume('small', { capacity: { storage: '9Gi' } }),
      volume('quick', { storageClassName: 'fast', capacity: { storage: '10Gi' } }),
      volume('fits', { capacity: { storage: '30Gi' } }),
    )
    b.given(claim('data')).show().run(seconds(1))
    expect(b.get('PersistentVolumeClaim', 'default', 'data')?.spec.volumeName).toBe('fits')
  })

  test('a volume that comes later is found by the next look', () => {
    const b = bench().given(claim('data')).show().run(seconds(1))
    expect(b.events).toContain('ProvisioningFailed: storageclass.storage.k8s.io "slow" not found')
    b.given(volume('disk')).show().run(seconds(20))
    expect(phases(b)).toEqual({ data: 'Bound', disk: 'Bound' })
  })

  test('asks the class for a volume when there is none', () => {
    const b = bench().given(storageClass(), claim('data')).show().run(seconds(1))
    expect(b.get('PersistentVolumeClaim', 'default', 'data')?.metadata.annotations).toEqual({
      'volume.beta.kubernetes.io/storage-provisioner': 'disks.example.com',
      'volume.kubernetes.io/storage-provisioner': 'disks.example.com',
    })
    expect(b.events[0]).toMatch(/^ExternalProvisioning: Waiting for a volume to be created either by the external/)
  })

  test('looks again at claims that wait at times that count from its beginning, whenever they came', () => {
    const b = bench().given(claim('data')).show().run(seconds(4))
    b.given(claim('late')).show().run(seconds(40))
    const asked = b.log.filter((event) => event.type === 'ApiRequested' && event.data.kind === 'Event')
    expect(asked.map(({ at }) => Math.floor(at / seconds(1)))).toEqual([0, 4, 15, 15, 30, 30])
  })

  test('waits for the first consumer, then for the scheduler', () => {
    const waits = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' })
    const b = bench().given(waits, claim('data'), volume('disk')).show().run(seconds(1))
    expect(phases(b)).toEqual({ data: 'Pending', disk: 'Available' })
    expect(b.events).toEqual(['WaitForFirstConsumer: waiting for first consumer to be created before binding'])
    b.given(pod('web', 'data', { status: { phase: 'Pending' } }))
      .show()
      .run(seconds(16))
    expect(b.events.at(-1)).toBe('WaitForPodScheduled: waiting for pod web to be scheduled')
    b.given(pod('other', 'data', { status: { phase: 'Pending' } }))
      .show()
      .run(seconds(16))
    expect(b.events.at(-1)).toBe('WaitForPodScheduled: waiting for pods web,other to be scheduled')
  })

  test("a class of a plugin that moved out of Kubernetes is its driver's", () => {
    const b = bench().given(storageClass({ provisioner: 'kubernetes.io/aws-ebs' }), claim('data'))
    b.show().run(seconds(1))
    expect(b.get('PersistentVolumeClaim', 'default', 'data')?.metadata.annotations).toMatchObject({
      'volume.kubernetes.io/storage-provisioner': 'ebs.csi.aws.com',
    })
    expect(b.events[0]).toMatch(/^ExternalProvisioning: .* by the external provisioner 'ebs.csi.aws.com' or manually/)
  })

  test('a claim that cannot be written waits for its next look, and it is told', () => {
    const conflict = { code: 409, reason: 'Conflict', message: 'changed' } as const
    const b = bench().fail('update PersistentVolumeClaim data', conflict)
    b.given(storageClass(), claim('data')).show().run(seconds(1))
    expect(b.events).toEqual(['ProvisioningFailed: Error saving claim: changed'])
    b.run(seconds(16))
    expect(b.events.at(-1)).toMatch(/^ExternalProvisioning: /)
  })

  test('what was reserved for a claim by its name stays so when the claim takes another volume', () => {
    const claimRef = { namespace: 'default', name: 'data', uid: 'uid-data', resourceVersion: '7' }
    const b = bench().given(
      claim('data', { volumeName: 'disk' }, {}, { phase: 'Bound' }),
      volume('disk', { claimRef: { ...claimRef } }),
      volume('reserved', { claimRef }, {}, 'Bound'),
    )
    b.show().run(seconds(1))
    expect(b.get('PersistentVolume', undefined, 'reserved')?.spec.claimRef).toEqual({
      namespace: 'default',
      name: 'data',
      resourceVersion: '7',
    })
  })

  test('of a volume that is no block device where one is wanted both sides are told', () => {
    const claimRef = { namespace: 'default', name: 'data', uid: 'uid-data' }
    const b = bench().given(
      claim('data', { volumeMode: 'Block' }),
      volume('disk', { claimRef, volumeMode: 'Filesystem' }),
    )
    b.show().run(seconds(1))
    const why = 'due to incompatible volumeMode.'
    expect(b.events).toContain(
      `VolumeMismatch: Cannot bind PersistentVolume to requested PersistentVolumeClaim "data" ${why}`,
    )
    expect(b.events).toContain(
      `VolumeMismatch: Cannot bind PersistentVolume "disk" to requested PersistentVolumeClaim ${why}`,
    )
  })

  test('a claim that names a volume gets that one or none', () => {
    const b = bench().given(claim('data', { volumeName: 'disk' }), volume('disk', { capacity: { storage: '1Gi' } }))
    b.show().run(seconds(1))
    expect(phases(b)).toEqual({ data: 'Pending', disk: 'Available' })
    expect(b.events).toEqual(['VolumeMismatch: Cannot bind to requested volume "disk": requested PV is too small'])
  })

  test('a claim whose volume is gone is lost', () => {
    const b = bench().given(claim('data'), volume('disk')).show().run(seconds(1))
    b.remove('PersistentVolume', undefined, 'disk').show().run(seconds(1))
    expect(phases(b)).toEqual({ data: 'Lost' })
    expect(b.events).toEqual(['ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!'])
  })

  test('a volume whose claim is gone is kept, or cannot be deleted by anybody', () => {
    const policy = { persistentVolumeReclaimPolicy: 'Delete' }
    const b = bench().given(claim('one'), volume('kept'), claim('two', { storageClassName: 'b' }))
    b.given(volume('lost', { storageClassName: 'b', ...policy }))
      .show()
      .run(seconds(1))
    b.remove('PersistentVolumeClaim', 'default', 'one').remove('PersistentVolumeClaim', 'default', 'two')
    b.show().run(seconds(1))
    expect(phases(b)).toEqual({ kept: 'Released', lost: 'Failed' })
    expect(b.events).toEqual([
      'VolumeFailedDelete: error getting deleter volume plugin for volume "lost": no deletable volume plugin matched',
    ])
  })

  test('folders of a host are deleted where that is allowed, and swept; what nobody can sweep fails', () => {
    const left = (name: string, policy: string, source: object): Given =>
      volume(
        name,
        { persistentVolumeReclaimPolicy: policy, claimRef: { namespace: 'default', name, uid: 'uid-gone' }, ...source },
        { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
        'Bound',
      )
    const b = bench().given(
      left('temporary', 'Delete', { hostPath: { path: '/tmp/data' } }),
      left('precious', 'Delete', { hostPath: { path: '/mnt/data' } }),
      left('swept', 'Recycle', { hostPath: { path: '/mnt/data' } }),
      left('foreign', 'Recycle', { csi: { driver: 'disks.example.com', volumeHandle: 'v' } }),
    )
    b.show().run(seconds(1))
    expect(phases(b)).toEqual({ precious: 'Failed', swept: 'Available', foreign: 'Failed' })
    expect(b.get('PersistentVolume', undefined, 'swept')?.spec.claimRef).toBeUndefined()
    expect(b.events.toSorted()).toEqual([
      'VolumeFailedDelete: host_path deleter only supports /tmp/.+ but received provided /mnt/data',
      'VolumeFailedRecycle: No recycler plugin found for the volume!',
      'VolumeRecycled: Volume recycled',
    ])
  })

  test('a claim of the same name that comes afterwards is another one', () => {
    const b = bench().given(claim('data'), volume('disk')).show().run(seconds(1))
    b.remove('PersistentVolumeClaim', 'default', 'data')
      .given(claim('data', {}, { uid: 'uid-new' }))
      .show()
      .run(seconds(1))
    expect(phases(b)).toEqual({ data: 'Pending', disk: 'Released' })
  })
})

describe('protection', () => {
  const LEAVING = { deletionTimestamp: '2026-01-01T00:00:00Z' }

  test('a claim goes when the last Pod on a node that uses it has gone', () => {
    const metadata = { ...LEAVING, finalizers: ['kubernetes.io/pvc-protection'] }
    const b = controllerBench(pvcProtectionController)
    b.given(claim('data', {}, metadata), pod('waiting', 'data'), pod('web', 'data', { node: 'node-1' })).show()
    b.run(seconds(1))
    expect(b.list('PersistentVolumeClaim')).toHaveLength(1)
    b.remove('Pod', 'default', 'web').show().run(seconds(1))
    expect(b.list('PersistentVolumeClaim')).toEqual([])
  })

  test('a volume goes when it is bound no more', () => {
    const metadata = { ...LEAVING, finalizers: ['kubernetes.io/pv-protection'] }
    const b = controllerBench(pvProtectionController)
      .given(volume('disk', {}, metadata, 'Bound'))
      .show()
    b.run(seconds(1))
    expect(b.take()).toEqual([])
    b.change('PersistentVolume', undefined, 'disk', (one) => ({ ...one, status: { phase: 'Released' } })).show()
    b.run(seconds(1))
    expect(b.list('PersistentVolume')).toEqual([])
  })

  test('what is unprotected gets its finalizer', () => {
    const b = controllerBench(pvcProtectionController).given(claim('data')).show().run(seconds(1))
    expect(b.get('PersistentVolumeClaim', 'default', 'data')?.metadata.finalizers).toEqual([
      'kubernetes.io/pvc-protection',
    ])
  })
})

describe('attach-detach', () => {
  const claimRef = { namespace: 'default', name: 'data', uid: 'uid-data' }
  const csi = { driver: 'disks.example.com', volumeHandle: 'vol-1' }
  const bound = claim('data', { volumeName: 'disk' }, {}, { phase: 'Bound' })
  const node = (name: string, ready: boolean): Given =>
    ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: {},
      status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
    }) as Given
  const bench = (modes = ['ReadWriteOnce'], isReady = true): ControllerBench =>
    controllerBench(attachDetachController)
      .given(bound, volume('disk', { claimRef, csi, accessModes: modes }, {}, 'Bound'))
      .given(node('node-1', isReady), node('node-2', true))
  const holders = (b: ControllerBench): readonly string[] => b.list('VolumeAttachment').map(({ spec }) => spec.nodeName)
  const attached = (b: ControllerBench): void => {
    const [attachment] = b.list('VolumeAttachment')
    b.change('VolumeAttachment', undefined, attachment?.metadata.name ?? '', (one) => ({
      ...one,
      status: { attached: true },
    })).show()
  }

  test('attaches to the node of the Pod, says so on the node once it is done, and detaches', () => {
    const b = bench()
      .given(pod('web', 'data', { node: 'node-1' }))
      .show()
      .run(seconds(1))
    expect(holders(b)).toEqual(['node-1'])
    expect(b.get('Node', undefined, 'node-1')?.status?.volumesAttached).toBeUndefined()
    attached(b)
    b.run(seconds(1))
    const shown = b.get('Node', undefined, 'node-1')?.status?.volumesAttached
    expect(shown?.map(({ name }) => name)).toEqual(['kubernetes.io/csi/disks.example.com^vol-1'])
    b.remove('Pod', 'default', 'web').show().run(seconds(1))
    expect(b.get('Node', undefined, 'node-1')?.status?.volumesAttached ?? []).toEqual([])
    expect(holders(b)).toEqual([])
  })

  test('a second node waits for a volume that only one may have, and does not for one that many may', () => {
    const both = [pod('first', 'data', { node: 'node-1' }), pod('second', 'data', { node: 'node-2' })]
    const b = bench()
      .given(...both)
      .show()
      .run(seconds(1))
    expect(holders(b)).toEqual(['node-1'])
    expect(b.events).toContain(
      'FailedAttachVolume: Multi-Attach error for volume "disk" Volume is already used by pod(s) first',
    )
    expect(
      holders(
        bench(['ReadWriteMany'])
          .given(...both)
          .show()
          .run(seconds(1)),
      ),
    ).toEqual(['node-1', 'node-2'])
  })

  test('a node that is not ready keeps its volume for six minutes, or until it is taken out of service', () => {
    const b = bench(['ReadWriteOnce'], false)
      .given(pod('web', 'data', { node: 'node-1' }))
      .show()
      .run(seconds(1))
    b.remove('Pod', 'default', 'web').show().run(minutes(5))
    expect(holders(b)).toEqual(['node-1'])
    b.run(minutes(1) + seconds(1))
    expect(holders(b)).toEqual([])
    const c = bench(['ReadWriteOnce'], false)
      .given(pod('web', 'data', { node: 'node-1' }))
      .show()
      .run(seconds(1))
    c.remove('Pod', 'default', 'web').show().run(seconds(1))
    expect(holders(c)).toEqual(['node-1'])
    const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' } as const
    c.change('Node', undefined, 'node-1', (one) => ({ ...one, spec: { taints: [taint] } }))
      .show()
      .run(seconds(1))
    expect(holders(c)).toEqual([])
  })
})
