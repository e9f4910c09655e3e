import { MIGRATED } from '../../../kubernetes/csi-migration.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { CSINode, PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { SharedVolumeSources, Volume } from '../../../kubernetes/types/volume.ts'
import { Action } from '../framework/events.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import { SKIP, unresolvable, unschedulable, type Status } from '../framework/status.ts'
import { claimNames, claimOfVolume, classOfClaim, isClaimOfPod, notFound } from '../../../kubernetes/volumes.ts'

const NAME = 'NodeVolumeLimits'
const TOO_MANY = unschedulable(NAME, 'node(s) exceed max volume count')

/** A volume that has to be attached to the node, by its driver's own name for it. */
interface Attachment {
  readonly driver: string
  readonly handle: string
}

/**
 * How many volumes of a CSI driver a node can hold.
 * Source: plugins/nodevolumelimits/csi.go (v1.36).
 */
export const nodeVolumeLimits = (_args: unknown, { view }: PluginHandle): SchedulerPlugin => {
  const attachmentOf = (claim: PersistentVolumeClaim): Attachment | undefined => {
    const volumeName = claim.spec.volumeName ?? ''
    const volume = volumeName === '' ? undefined : view.get('PersistentVolume', undefined, volumeName)
    if (volume !== undefined) return attachmentOfVolume(volume)
    // Not provisioned yet: it will be one more of its class's driver.
    const provisioner = view.get('StorageClass', undefined, classOfClaim(claim))?.provisioner
    if (provisioner === undefined) return undefined
    const handle = `unprovisioned-${claim.metadata.namespace}/${claim.metadata.name}`
    return { driver: MIGRATED.get(provisioner) ?? provisioner, handle }
  }

  /** Adds what a Pod has attached; a claim that is missing is the new Pod's problem only. */
  const gather = (pod: Pod, isNew: boolean, into: Map<string, string>): Status | undefined => {
    for (const volume of pod.spec.volumes ?? []) {
      const name = claimOfVolume(pod, volume)
      if (name === undefined) {
        const inline = inlineAttachment(volume)
        if (inline !== undefined) into.set(`${inline.driver}/${inline.handle}`, inline.driver)
        continue
      }
      const claim = view.get('PersistentVolumeClaim', pod.metadata.namespace, name)
      if (claim === undefined) {
        if (isNew) return unresolvable(NAME, notFound('persistentvolumeclaim', name))
        continue
      }
      const attachment = attachmentOf(claim)
      if (attachment !== undefined) into.set(`${attachment.driver}/${attachment.handle}`, attachment.driver)
    }
    return undefined
  }

  /** Attached for Pods that are gone or for no Pod at all. */
  const gatherAttachments = (nodeName: string, into: Map<string, string>): void => {
    for (const { spec } of view.list('VolumeAttachment')) {
      if (spec.nodeName !== nodeName) continue
      const volume = view.get('PersistentVolume', undefined, spec.source.persistentVolumeName ?? '')
      const attachment = volume === undefined ? undefined : attachmentOfVolume(volume)
      if (attachment !== undefined) into.set(`${attachment.driver}/${attachment.handle}`, attachment.driver)
    }
  }

  return {
    name: NAME,
    preFilter: (_state, { pod }) =>
      (pod.spec.volumes ?? []).some((volume) => isAttachable(pod, volume)) ? undefined : SKIP,
    filter: (_state, pod, node) => {
      const wanted = new Map<string, string>()
      const problem = gather(pod.pod, true, wanted)
      if (problem !== undefined) return problem
      const limits = limitsOf(view.get('CSINode', undefined, node.name))
      if (wanted.size === 0 || limits.size === 0) return undefined
      const attached = new Map<string, string>()
      for (const other of node.pods) gather(other.pod, false, attached)
      gatherAttachments(node.name, attached)
      for (const name of attached.keys()) wanted.delete(name)
      const [present, more] = [countByDriver(attached), countByDriver(wanted)]
      for (const [driver, count] of more) {
        const limit = limits.get(driver)
        if (limit !== undefined && (present.get(driver) ?? 0) + count > limit) return TOO_MANY
      }
      return undefined
    },
    sign: (pod) => ((pod.spec.volumes ?? []).some((volume) => isAttachable(pod, volume)) ? undefined : ''),
    hints: [
      {
        resource: 'CSINode',
        actions: Action.add | Action.updateOther,
        worthTrying: (_pod, { before, after }) =>
          limitsGrew(before as CSINode | undefined, after as CSINode | undefined),
      },
      {
        resource: 'AssignedPod',
        actions: Action.delete,
        worthTrying: (_pod, { before }) => {
          const gone = before as Pod | undefined
          return gone !== undefined && (gone.spec.volumes ?? []).some((volume) => isAttachable(gone, volume))
        },
      },
      {
        resource: 'PersistentVolumeClaim',
        actions: Action.add | Action.updateOther,
        worthTrying: (pod, { after }) => after !== undefined && isClaimOfPod(pod, after) && claimNames(pod).length > 0,
      },
      { resource: 'VolumeAttachment', actions: Action.delete },
    ],
  }
}

const isAttachable = (pod: Pod, volume: Volume): boolean =>
  claimOfVolume(pod, volume) !== undefined || inlineAttachment(volume) !== undefined

/** Abridged: the handle is the volume's own id; upstream's longer handles (project, zone) tell no further disks apart. */
function inlineAttachment(source: SharedVolumeSources): Attachment | undefined {
  if (source.awsElasticBlockStore !== undefined) {
    return { driver: 'ebs.csi.aws.com', handle: source.awsElasticBlockStore.volumeID }
  }
  if (source.gcePersistentDisk !== undefined) {
    return { driver: 'pd.csi.storage.gke.io', handle: source.gcePersistentDisk.pdName }
  }
  if (source.cinder !== undefined) return { driver: 'cinder.csi.openstack.org', handle: source.cinder.volumeID }
  if (source.azureDisk !== undefined) return { driver: 'disk.csi.azure.com', handle: source.azureDisk.diskURI }
  if (source.vsphereVolume !== undefined) {
    return { driver: 'csi.vsphere.vmware.com', handle: source.vsphereVolume.volumePath }
  }
  return undefined
}

const attachmentOfVolume = ({ spec }: PersistentVolume): Attachment | undefined =>
  spec.csi === undefined ? inlineAttachment(spec) : { driver: spec.csi.driver, handle: spec.csi.volumeHandle }

function limitsOf(node: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>()
  for (const { name, allocatable } of node?.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count)
  }
  return limits
}

function limitsGrew(before: CSINode | undefined, after: CSINode | undefined): boolean {
  const [was, is] = [limitsOf(before), limitsOf(after)]
  if (before === undefined) return true
  for (const [driver, limit] of is) if (limit > (was.get(driver) ?? limit)) return true
  for (const driver of was.keys()) if (!is.has(driver)) return true
  return false
}

function countByDriver(volumes: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const driver of volumes.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1)
  return counts
}
