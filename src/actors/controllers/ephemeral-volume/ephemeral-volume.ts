import { defineController, type World } from '../../../engine/client/controller.ts'
import { keyOf, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Volume } from '../../../kubernetes/types/volume.ts'
import { claimOfVolume, foreignClaim } from '../../../kubernetes/volumes.ts'

/**
 * Makes the claim of each ephemeral volume of a Pod, which goes with the Pod.
 *
 * The claim's name follows from the Pod's, so somebody else's claim may stand in the way: then the Pod waits until it is gone.
 * Source: pkg/controller/volume/ephemeral/controller.go, syncHandler and handleVolume (v1.36).
 */
export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume-controller',
  component: 'ephemeral_volume',
  kinds: ['Pod', 'PersistentVolumeClaim'],
  workers: 5,
  memory: () => undefined,

  *wakes({ kind, namespace, name, before, after }, { view }) {
    if (kind === 'Pod') {
      // A Pod's volumes never change: only one that is new is news.
      const isNew = after !== undefined && before?.metadata.uid !== after.metadata.uid
      if (isNew && wantsClaims(after as Pod)) yield keyOf(after)
      return
    }
    if (after !== undefined) return
    for (const pod of view.list('Pod', namespace)) {
      const waits = pod.spec.volumes?.some((one) => one.ephemeral !== undefined && claimOfVolume(pod, one) === name)
      if (waits === true && wantsClaims(pod)) yield keyOf(pod)
    }
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const pod = world.view.get('Pod', namespace, name)
    if (pod === undefined || !wantsClaims(pod)) return
    for (const volume of pod.spec.volumes ?? []) {
      const problem = yield* ensureClaim(pod, volume, world)
      if (problem === undefined) continue
      const message = `ephemeral volume ${volume.name}: ${problem}`
      world.event('Pod', pod, 'Warning', 'FailedBinding', message)
      return { retry: `pod ${key}, ${message}` }
    }
  },
})

const wantsClaims = ({ metadata, spec }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && (spec.volumes ?? []).some(({ ephemeral }) => ephemeral !== undefined)

/** Gives why a volume has no claim. */
function* ensureClaim(pod: Pod, volume: Volume, { view }: World): Sync<string | undefined> {
  const template = volume.ephemeral?.volumeClaimTemplate
  const name = claimOfVolume(pod, volume)
  if (template === undefined || name === undefined) return undefined
  const { namespace } = pod.metadata
  const existing = view.get('PersistentVolumeClaim', namespace, name)
  if (existing !== undefined) return foreignClaim(pod, volume, existing)
  const { annotations, labels } = template.metadata ?? {}
  const body = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, annotations, labels, ownerReferences: [controllerReference(pod)] },
    spec: template.spec,
  }
  const answer = yield* call({ verb: 'create', kind: 'PersistentVolumeClaim', namespace, name, body })
  return answer.ok ? undefined : `create PVC ${name}: ${answer.message}`
}
