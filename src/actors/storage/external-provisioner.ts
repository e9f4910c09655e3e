import { defineController, type Controller, type Wake, type World } from '../../engine/client/controller.ts'
import { keyFor } from '../../engine/client/keys.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import { minutes, seconds } from '../../events/time.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../kubernetes/types/storage.ts'
import type { Change } from '../../kubernetes/view.ts'
import { claimSize, volumeSize } from '../../kubernetes/volume-matching.ts'
import {
  BETA_STORAGE_PROVISIONER,
  classOfClaim,
  PROVISIONED_BY,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from '../../kubernetes/volumes.ts'
import { callBackend } from './backend.ts'
import type { CSIDriverShape } from './csi-driver.ts'

/** Source: sig-storage-lib-external-provisioner/v11, controller/controller.go, finalizerPV. */
const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'

/**
 * Makes volumes for the claims that name its driver, and throws away what they leave.
 *
 * A key says what of: `claim/default/data`, `volume/pvc-1`. A volume is called after its claim's uid, so that it is made once
 * however often that is tried.
 * Source: kubernetes-csi/external-provisioner v6, pkg/controller/controller.go; sig-storage-lib-external-provisioner/v11.
 */
export const externalProvisioner = (shape: CSIDriverShape): Controller =>
  defineController({
    name: 'csi-provisioner',
    component: shape.driver,
    kinds: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'VolumeAttachment', 'Node'],
    // Source: external-provisioner, --worker-threads 100; a handful is enough for what a model asks at once.
    workers: 10,
    memory: () => undefined,
    queue: { base: seconds(1), max: minutes(5) },

    wakes: (change, { view }) => {
      if (change.kind === 'PersistentVolumeClaim') return claimChanged(change as Change<PersistentVolumeClaim>, shape)
      if (change.kind === 'PersistentVolume') return change.after === undefined ? [] : [`volume/${change.name}`]
      if (change.kind !== 'VolumeAttachment' || change.after !== undefined) return []
      // Whatever waited for a volume to be free may look again.
      return view
        .list('PersistentVolume')
        .filter(isReleased)
        .map(({ metadata }) => `volume/${metadata.name}`)
    },

    *reconcile(key, world): Sync {
      const [what, ...rest] = key.split('/')
      if (what === 'volume') return yield* dispose(rest.join('/'), shape, world)
      const [namespace, name = ''] = rest
      const claim = world.view.get('PersistentVolumeClaim', namespace, name)
      if (claim !== undefined) return yield* provision(claim, shape, world)
    },
  })

function* claimChanged(
  { after, namespace, name }: Change<PersistentVolumeClaim>,
  { driver }: CSIDriverShape,
): Generator<Wake> {
  const wanted = after?.metadata.annotations
  const provisioner = wanted?.[STORAGE_PROVISIONER] ?? wanted?.[BETA_STORAGE_PROVISIONER]
  if (provisioner === driver && (after?.spec.volumeName ?? '') === '') yield `claim/${keyFor(namespace, name)}`
}

function* provision(claim: PersistentVolumeClaim, shape: CSIDriverShape, world: World): Sync {
  if ((claim.spec.volumeName ?? '') !== '' || claim.metadata.deletionTimestamp !== undefined) return
  const storageClass = world.view.get('StorageClass', undefined, classOfClaim(claim))
  if (storageClass === undefined || storageClass.provisioner !== shape.driver) return
  const selected = claim.metadata.annotations?.[SELECTED_NODE]
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer'
  if (waits && selected === undefined) return
  const { namespace = '', name, uid } = claim.metadata
  const volumeName = `pvc-${uid}`
  if (world.view.get('PersistentVolume', undefined, volumeName) !== undefined) return
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    world.event('PersistentVolumeClaim', claim, type, reason, message)
  tell('Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${namespace}/${name}"`)
  const failed = (why: string): { readonly retry: string } => {
    const message = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${why}`
    tell('Warning', 'ProvisioningFailed', message)
    return { retry: why }
  }
  if (claimSize(claim) > freeBytes(shape, world)) {
    const why = 'rpc error: code = ResourceExhausted desc = not enough storage is left'
    if (waits) yield* reschedule(claim)
    return failed(why)
  }
  const problem = yield* callBackend(shape, shape.provisioning, world.random)
  if (problem !== undefined) return failed(problem)
  const topology = topologyOf(shape, selected, world)
  const body = volumeFor(claim, storageClass, shape, topology)
  const answer = yield* call({ verb: 'create', kind: 'PersistentVolume', name: volumeName, body })
  if (!answer.ok && answer.reason !== 'AlreadyExists') return failed(answer.message)
  tell('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`)
}

const freeBytes = ({ driver, capacityBytes }: CSIDriverShape, { view }: World): number => {
  let free = capacityBytes
  for (const volume of view.list('PersistentVolume')) if (volume.spec.csi?.driver === driver) free -= volumeSize(volume)
  return free
}

/** The scheduler is to choose another node. Source: controller.go, ProvisioningReschedule. */
function* reschedule(claim: PersistentVolumeClaim): Sync<void> {
  const { namespace, name } = claim.metadata
  const { [SELECTED_NODE]: _node, ...annotations } = claim.metadata.annotations ?? {}
  const body = { ...claim, metadata: { ...claim.metadata, annotations } }
  yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', namespace, name, body })
}

/** Where a volume will be usable: where its first user runs, or in one of the places that there are. */
const topologyOf = (
  { topologyKey }: CSIDriverShape,
  node: string | undefined,
  { view, random }: World,
): string | undefined => {
  if (topologyKey === '') return undefined
  if (node !== undefined) return view.get('Node', undefined, node)?.metadata.labels?.[topologyKey]
  const places = new Set<string>()
  for (const { metadata } of view.list('Node')) {
    const place = metadata.labels?.[topologyKey]
    if (place !== undefined) places.add(place)
  }
  const sorted = [...places].sort()
  return sorted.length === 0 ? undefined : sorted[random.below(sorted.length)]
}

const volumeFor = (
  { apiVersion, kind, metadata, spec }: PersistentVolumeClaim,
  storageClass: StorageClass,
  { driver, topologyKey }: CSIDriverShape,
  topology: string | undefined,
): object => {
  const { namespace, name, uid, resourceVersion } = metadata
  const policy = storageClass.reclaimPolicy ?? 'Delete'
  const matchExpressions = [{ key: topologyKey, operator: 'In', values: [topology] }]
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: { [PROVISIONED_BY]: driver },
      ...(policy === 'Delete' ? { finalizers: [FINALIZER] } : {}),
    },
    spec: {
      capacity: { storage: spec.resources?.requests?.['storage'] ?? '0' },
      accessModes: spec.accessModes ?? [],
      claimRef: { kind, namespace, name, uid, apiVersion, resourceVersion },
      csi: { driver, volumeHandle: `vol-${uid}`, fsType: 'ext4' },
      persistentVolumeReclaimPolicy: policy,
      storageClassName: storageClass.metadata.name,
      volumeMode: spec.volumeMode ?? 'Filesystem',
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
      ...(topology === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } }),
    },
  }
}

const isReleased = ({ status }: PersistentVolume): boolean => status?.phase === 'Released'

/** Source: sig-storage-lib-external-provisioner, shouldDelete and deleteVolumeOperation; external-provisioner, Delete. */
function* dispose(name: string, shape: CSIDriverShape, world: World): Sync {
  const volume = world.view.get('PersistentVolume', undefined, name)
  if (volume === undefined || !isReleased(volume) || volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== shape.driver) return
  const holder = world.view.list('VolumeAttachment').find(({ spec }) => spec.source.persistentVolumeName === name)
  const problem =
    holder === undefined
      ? yield* callBackend(shape, shape.provisioning, world.random)
      : `persistentvolume ${name} is still attached to node ${holder.spec.nodeName}`
  if (problem !== undefined) {
    world.event('PersistentVolume', volume, 'Warning', 'VolumeFailedDelete', problem)
    return { retry: problem }
  }
  const finalizers = (volume.metadata.finalizers ?? []).filter((one) => one !== FINALIZER)
  const body = { ...volume, metadata: { ...volume.metadata, finalizers } }
  const deleted = yield* call({ verb: 'delete', kind: 'PersistentVolume', name })
  if (!deleted.ok && deleted.code !== 404) return { retry: deleted.message }
  if (finalizers.length === (volume.metadata.finalizers ?? []).length || deleted.code === 404) return
  const latest = deleted.ok ? deleted.object : undefined
  const left =
    latest === undefined
      ? body
      : {
          ...latest,
          metadata: { ...latest.metadata, finalizers: latest.metadata.finalizers?.filter((one) => one !== FINALIZER) },
        }
  const answer = yield* call({ verb: 'update', kind: 'PersistentVolume', name, body: left })
  if (!answer.ok && answer.code !== 404) return { retry: answer.message }
}
