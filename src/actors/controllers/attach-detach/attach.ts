import { call, type Sync } from '../../../engine/client/sync.ts'
import { sha256 } from '../../../events/sha256.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolume, VolumeAttachment } from '../../../kubernetes/types/storage.ts'
import type { AttachDetachWorld } from './world.ts'

/** Asks for what is missing; gives why it could not. Source: reconciler.go, attachDesiredVolumes (v1.36). */
export function* attach(
  volume: PersistentVolume,
  attachments: readonly VolumeAttachment[],
  users: ReadonlyMap<string, readonly Pod[]>,
  world: AttachDetachWorld,
): Sync<string | undefined> {
  const { csi } = volume.spec
  if (csi === undefined || world.view.get('CSIDriver', undefined, csi.driver)?.spec.attachRequired === false) {
    return undefined
  }
  const taken = new Set(attachments.map(({ spec }) => spec.nodeName))
  for (const [node, pods] of users) {
    if (taken.has(node)) continue
    if (taken.size > 0 && !isShared(volume)) {
      tellTaken(volume, pods, users, taken, world)
      continue
    }
    const name = `csi-${sha256(`${csi.volumeHandle}${csi.driver}${node}`)}`
    const body = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name },
      spec: { attacher: csi.driver, nodeName: node, source: { persistentVolumeName: volume.metadata.name } },
    }
    const answer = yield* call({ verb: 'create', kind: 'VolumeAttachment', name, body })
    if (!answer.ok && answer.reason !== 'AlreadyExists') {
      for (const pod of pods) {
        const message = `AttachVolume.Attach failed for volume "${volume.metadata.name}" : ${answer.message}`
        world.event('Pod', pod, 'Warning', 'FailedAttachVolume', message)
      }
      return answer.message
    }
    taken.add(node)
  }
  return undefined
}

/** Whether several nodes may have it at once. Source: util/util.go, IsMultiAttachAllowed (v1.36). */
const isShared = ({ spec: { accessModes = [] } }: PersistentVolume): boolean =>
  accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany')

/** Source: reconciler.go, reportMultiAttachError (v1.36). */
const tellTaken = (
  { metadata: { name } }: PersistentVolume,
  pods: readonly Pod[],
  users: ReadonlyMap<string, readonly Pod[]>,
  taken: ReadonlySet<string>,
  world: AttachDetachWorld,
): void => {
  const holders = [...taken].flatMap((node) => users.get(node) ?? [])
  for (const pod of pods) {
    const visible = holders.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace)
    const hidden = holders.length - visible.length
    const names = visible.map(({ metadata }) => metadata.name).join(', ')
    const others = hidden === 0 ? '' : `${visible.length === 0 ? '' : ' and '}${hidden} pod(s) in different namespaces`
    const why =
      holders.length === 0
        ? "Volume is already exclusively attached to one node and can't be attached to another"
        : `Volume is already used by ${visible.length === 0 ? '' : `pod(s) ${names}`}${others}`
    world.event('Pod', pod, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume "${name}" ${why}`)
  }
}
