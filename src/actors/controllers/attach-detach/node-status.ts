import { call, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { VolumeAttachment } from '../../../kubernetes/types/storage.ts'
import { usersOf } from './users.ts'
import type { AttachDetachWorld } from './world.ts'

interface Attached {
  readonly name: string
  readonly devicePath: string
}

/** What is attached to a node and stays so. */
const attachedTo = (node: string, world: AttachDetachWorld): readonly Attached[] => {
  const attached: Attached[] = []
  for (const { metadata, spec, status } of world.view.list('VolumeAttachment')) {
    if (spec.nodeName !== node || status?.attached !== true || metadata.deletionTimestamp !== undefined) continue
    const csi = world.view.get('PersistentVolume', undefined, spec.source.persistentVolumeName ?? '')?.spec.csi
    if (csi !== undefined) {
      attached.push({ name: `kubernetes.io/csi/${csi.driver}^${csi.volumeHandle}`, devicePath: metadata.name })
    }
  }
  return attached
}

/**
 * Says on the node what is attached to it, and tells the Pods that waited. Gives why it could not.
 * Source: attachdetach/statusupdater/node_status_updater.go; operation_generator.go, GenerateAttachVolumeFunc (v1.36).
 */
export function* showAttached(node: string, world: AttachDetachWorld): Sync<string | undefined> {
  const before = world.view.get('Node', undefined, node)?.status?.volumesAttached ?? []
  const wanted = attachedTo(node, world)
  const failure = yield* write(node, wanted, world)
  if (failure !== undefined) return failure
  const fresh = wanted.filter(({ name }) => !before.some((one) => one.name === name))
  for (const { metadata, spec } of world.view.list('VolumeAttachment')) {
    if (fresh.some(({ devicePath }) => devicePath === metadata.name)) tellAttached(spec, world)
  }
  return undefined
}

const tellAttached = ({ nodeName, source }: VolumeAttachment['spec'], world: AttachDetachWorld): void => {
  const volume = source.persistentVolumeName ?? ''
  for (const pod of usersOf(volume, world.view).get(nodeName) ?? []) {
    const message = `AttachVolume.Attach succeeded for volume "${volume}" `
    world.event('Pod', pod, 'Normal', 'SuccessfulAttachVolume', message)
  }
}

/** Takes one away before it is detached, so that no kubelet mounts it any more. */
export function* hideAttached(node: string, attachment: string, world: AttachDetachWorld): Sync<string | undefined> {
  const wanted = attachedTo(node, world).filter(({ devicePath }) => devicePath !== attachment)
  return yield* write(node, wanted, world)
}

function* write(name: string, wanted: readonly Attached[], world: AttachDetachWorld): Sync<string | undefined> {
  const seen = world.view.get('Node', undefined, name)
  if (seen === undefined || sameJson(seen.status?.volumesAttached ?? [], wanted)) return undefined
  const body = { status: { volumesAttached: wanted } }
  const answer = yield* call({
    verb: 'patch',
    kind: 'Node',
    name,
    subresource: 'status',
    patchType: 'merge',
    body,
  })
  return answer.ok || answer.code === 404 ? undefined : answer.message
}
