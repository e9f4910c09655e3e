import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Volume } from '../../../kubernetes/types/volume.ts'
import { StateKey, type Cloneable } from '../framework/cycle-state.ts'
import { Action } from '../framework/events.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { SKIP, unresolvable, unschedulable } from '../framework/status.ts'
import { claimNames, notFound, usesClaimOf } from '../../../kubernetes/volumes.ts'

const NAME = 'VolumeRestrictions'
const DISK_CONFLICT = unschedulable(NAME, 'node(s) had no available disk')
const IN_USE = unschedulable(
  NAME,
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
)

/** Uses by others of the Pod's claims that only one Pod may use; follows what-ifs. */
class ExclusiveClaims implements Cloneable {
  readonly names: ReadonlySet<string>
  users: number

  constructor(names: ReadonlySet<string>, users: number) {
    this.names = names
    this.users = users
  }

  clone(): this {
    return new ExclusiveClaims(this.names, this.users) as this
  }

  change(pod: PodInfo, other: PodInfo, sign: 1 | -1): void {
    if (other.namespace !== pod.namespace) return
    for (const { persistentVolumeClaim } of other.pod.spec.volumes ?? []) {
      if (persistentVolumeClaim !== undefined && this.names.has(persistentVolumeClaim.claimName)) this.users += sign
    }
  }
}

const exclusive = new StateKey<ExclusiveClaims>(NAME)

/** Disks and claims that cannot be shared. Source: plugins/volumerestrictions/volume_restrictions.go (v1.36). */
export const volumeRestrictions = (_args: unknown, { cache, view }: PluginHandle): SchedulerPlugin => ({
  name: NAME,
  preFilter: (state, pod) => {
    const names = new Set<string>()
    for (const name of claimNames(pod.pod)) {
      const claim = view.get('PersistentVolumeClaim', pod.namespace, name)
      if (claim === undefined) return unresolvable(NAME, notFound('persistentvolumeclaim', name))
      if (claim.spec.accessModes?.includes('ReadWriteOncePod') === true) names.add(name)
    }
    let users = 0
    for (const name of names) if (cache.isClaimUsed(`${pod.namespace}/${name}`)) users++
    if (users === 0 && !(pod.pod.spec.volumes ?? []).some(isInTreeDisk)) return SKIP
    state.write(exclusive, new ExclusiveClaims(names, users))
    return undefined
  },
  preFilterAddPod: (state, pod, added) => state.read(exclusive)?.change(pod, added, 1),
  preFilterRemovePod: (state, pod, removed) => state.read(exclusive)?.change(pod, removed, -1),
  filter: (state, { pod }, { pods }) => {
    for (const volume of pod.spec.volumes ?? []) {
      if (isInTreeDisk(volume) && pods.some((other) => conflicts(volume, other.pod))) return DISK_CONFLICT
    }
    return (state.read(exclusive)?.users ?? 0) > 0 ? IN_USE : undefined
  },
  sign: (pod) => ((pod.spec.volumes ?? []).some((volume) => isInTreeDisk(volume) || claims(volume)) ? undefined : ''),
  hints: [
    {
      resource: 'AssignedPod',
      actions: Action.delete,
      worthTrying: (pod, { before }) => {
        const gone = before as Pod | undefined
        if (gone === undefined || gone.metadata.namespace !== pod.metadata.namespace) return false
        return usesClaimOf(pod, gone) || (pod.spec.volumes ?? []).some((volume) => conflicts(volume, gone))
      },
    },
    { resource: 'Node', actions: Action.add },
    {
      resource: 'PersistentVolumeClaim',
      actions: Action.add | Action.updateOther,
      worthTrying: (pod, { after }) =>
        after?.metadata.namespace === pod.metadata.namespace && claimNames(pod).includes(after?.metadata.name ?? ''),
    },
  ],
})

const claims = ({ persistentVolumeClaim, ephemeral }: Volume): boolean =>
  persistentVolumeClaim !== undefined || ephemeral !== undefined

const isInTreeDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  gcePersistentDisk !== undefined || awsElasticBlockStore !== undefined || rbd !== undefined || iscsi !== undefined

/** One disk on one node: shared only where both Pods only read, EBS never. Source: volume_restrictions.go, isVolumeConflict. */
function conflicts(volume: Volume, other: Pod): boolean {
  return (other.spec.volumes ?? []).some((existing) => {
    const [gce, existingGce] = [volume.gcePersistentDisk, existing.gcePersistentDisk]
    if (gce !== undefined && existingGce !== undefined && gce.pdName === existingGce.pdName) {
      if (!(gce.readOnly === true && existingGce.readOnly === true)) return true
    }
    const [ebs, existingEbs] = [volume.awsElasticBlockStore, existing.awsElasticBlockStore]
    if (ebs !== undefined && ebs.volumeID === existingEbs?.volumeID) return true
    const [iscsi, existingIscsi] = [volume.iscsi, existing.iscsi]
    if (iscsi !== undefined && existingIscsi !== undefined && iscsi.iqn === existingIscsi.iqn) {
      if (!(iscsi.readOnly === true && existingIscsi.readOnly === true)) return true
    }
    const [rbd, existingRbd] = [volume.rbd, existing.rbd]
    if (rbd === undefined || existingRbd === undefined) return false
    const sameImage = rbd.image === existingRbd.image && (rbd.pool ?? 'rbd') === (existingRbd.pool ?? 'rbd')
    const sameCluster = rbd.monitors.some((monitor) => existingRbd.monitors.includes(monitor))
    return sameImage && sameCluster && !(rbd.readOnly === true && existingRbd.readOnly === true)
  })
}
