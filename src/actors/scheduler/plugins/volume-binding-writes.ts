/** How a volume decision is written down, and when it has come true. Source: plugins/volumebinding/binder.go (v1.36). */
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { ApiWrite } from '../framework/plugin.ts'
import { failure, type Status } from '../framework/status.ts'
import { reachableFrom } from '../../../kubernetes/volume-matching.ts'

const NAME = 'VolumeBinding'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'

interface Chosen {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[]
  readonly provisions: readonly PersistentVolumeClaim[]
}

const claimReference = ({ metadata }: PersistentVolumeClaim) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  resourceVersion: metadata.resourceVersion,
})

/** The volume as it will be once it is the claim's. Source: pv_helpers.go, GetBindVolumeToClaim. */
export function claimedVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const reserved = volume.spec.claimRef !== undefined
  const annotations = { ...volume.metadata.annotations, ...(reserved ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }) }
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef: claimReference(claim) },
  }
}

/** The claim as it will be once its provisioner may work. */
export const selectedClaim = (claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName } },
})

/** Each write holds only for the version it was decided on. */
export function bindingWrites({ bindings, provisions }: Chosen, nodeName: string): readonly ApiWrite[] {
  const writes: ApiWrite[] = []
  for (const { volume, claim } of bindings) {
    const { resourceVersion, annotations } = claimedVolume(volume, claim).metadata
    writes.push({
      verb: 'patch',
      patchType: 'merge',
      kind: 'PersistentVolume',
      name: volume.metadata.name,
      body: { metadata: { resourceVersion, annotations }, spec: { claimRef: claimReference(claim) } },
    })
  }
  for (const { metadata } of provisions) {
    const { resourceVersion } = metadata
    writes.push({
      verb: 'patch',
      patchType: 'merge',
      kind: 'PersistentVolumeClaim',
      namespace: metadata.namespace,
      name: metadata.name,
      body: { metadata: { resourceVersion, annotations: { [SELECTED_NODE]: nodeName } } },
    })
  }
  return writes
}

/** Source: binder.go, checkBindings. */
export const bindingDone =
  ({ bindings, provisions }: Chosen, nodeName: string) =>
  (view: View): 'done' | 'wait' | Status => {
    const node = view.get('Node', undefined, nodeName)
    if (node === undefined) return failure(NAME, `error getting node "${nodeName}": node "${nodeName}" not found`)
    for (const { volume, claim } of bindings) {
      const { name } = volume.metadata
      const seen = view.get('PersistentVolume', undefined, name)
      if (seen === undefined) return failure(NAME, `failed to check binding: persistentvolume "${name}" not found`)
      if (seen.metadata.resourceVersion === volume.metadata.resourceVersion) return 'wait'
      if (!reachableFrom(seen, node))
        return failure(NAME, `pv "${name}" node affinity doesn't match node "${nodeName}"`)
      if ((seen.spec.claimRef?.uid ?? '') === '') return failure(NAME, `ClaimRef got reset for pv "${name}"`)
      if (!isFullyBound(view, claim)) return 'wait'
    }
    for (const claim of provisions) {
      const { namespace, name } = claim.metadata
      const seen = view.get('PersistentVolumeClaim', namespace, name)
      if (seen === undefined)
        return failure(NAME, `failed to check provisioning pvc: persistentvolumeclaim "${name}" not found`)
      if (seen.metadata.resourceVersion === claim.metadata.resourceVersion) return 'wait'
      if (seen.metadata.annotations?.[SELECTED_NODE] !== nodeName) {
        return failure(NAME, `provisioning failed for PVC "${name}"`)
      }
      const volume = view.get('PersistentVolume', undefined, seen.spec.volumeName ?? '')
      if (volume !== undefined && !reachableFrom(volume, node)) {
        return failure(NAME, `pv "${volume.metadata.name}" node affinity doesn't match node "${nodeName}"`)
      }
      if (!isFullyBound(view, claim)) return 'wait'
    }
    return 'done'
  }

function isFullyBound(view: View, { metadata }: PersistentVolumeClaim): boolean {
  const seen = view.get('PersistentVolumeClaim', metadata.namespace, metadata.name)
  return (seen?.spec.volumeName ?? '') !== '' && seen?.metadata.annotations?.[BIND_COMPLETED] !== undefined
}
