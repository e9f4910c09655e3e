import { isScheduled, isTerminal } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { VolumeAttachment } from '../../../kubernetes/types/storage.ts'
import type { View } from '../../../kubernetes/view.ts'
import { isClaimOfPod } from '../../../kubernetes/volumes.ts'

/** The Pods that keep a volume on their node, by node. Source: util/util.go, DetermineVolumeAction (v1.36). */
export const usersOf = (volume: string, view: View): ReadonlyMap<string, readonly Pod[]> => {
  const users = new Map<string, Pod[]>()
  const reference = view.get('PersistentVolume', undefined, volume)?.spec.claimRef
  const claim = view.get('PersistentVolumeClaim', reference?.namespace, reference?.name ?? '')
  if (claim === undefined || claim.spec.volumeName !== volume || claim.metadata.uid !== reference?.uid) return users
  for (const pod of view.list('Pod', claim.metadata.namespace)) {
    if (!isScheduled(pod) || hasLetGo(pod) || !isClaimOfPod(pod, claim)) continue
    const node = pod.spec.nodeName ?? ''
    const others = users.get(node)
    if (others === undefined) users.set(node, [pod])
    else others.push(pod)
  }
  return users
}

/** Nothing of it runs any more. Source: pkg/volume/util/util.go, IsPodTerminated (v1.36). */
const hasLetGo = (pod: Pod): boolean => {
  if (isTerminal(pod)) return true
  if (pod.metadata.deletionTimestamp === undefined) return false
  return (pod.status?.containerStatuses ?? []).every(
    ({ state }) => state?.running === undefined && state?.waiting === undefined,
  )
}

export const attachmentsOf = (volume: string, view: View): readonly VolumeAttachment[] =>
  view.list('VolumeAttachment').filter(({ spec }) => spec.source.persistentVolumeName === volume)
