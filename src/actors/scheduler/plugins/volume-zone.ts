import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import { StateKey } from '../framework/cycle-state.ts'
import { Action } from '../framework/events.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import { SKIP, unresolvable, type Status } from '../framework/status.ts'
import { claimNames, classOfClaim, isClaimOfPod, notFound } from '../../../kubernetes/volumes.ts'

const NAME = 'VolumeZone'
const CONFLICT = unresolvable(NAME, 'node(s) had no available volume zone')

const GA_LABEL: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
])
const LABELS: readonly string[] = [...GA_LABEL.keys(), ...GA_LABEL.values()]

/** Where one of the Pod's volumes is. */
interface Place {
  readonly key: string
  readonly values: ReadonlySet<string>
}

const places = new StateKey<readonly Place[]>(NAME)

/** A volume's zone labels bind the Pod. Source: plugins/volumezone/volume_zone.go (v1.36). */
export const volumeZone = (_args: unknown, { view }: PluginHandle): SchedulerPlugin => {
  const placesOf = (pod: Pod): readonly Place[] | Status => {
    const found: Place[] = []
    for (const name of claimNames(pod)) {
      const claim = view.get('PersistentVolumeClaim', pod.metadata.namespace, name)
      if (claim === undefined) return unresolvable(NAME, notFound('persistentvolumeclaim', name))
      const volumeName = claim.spec.volumeName ?? ''
      if (volumeName === '') {
        const problem = unboundProblem(claim)
        if (problem !== undefined) return problem
        continue
      }
      const volume = view.get('PersistentVolume', undefined, volumeName)
      if (volume === undefined) return unresolvable(NAME, notFound('persistentvolume', volumeName))
      for (const key of LABELS) {
        const value = volume.metadata.labels?.[key]
        // One volume in several zones lists them with two underscores between.
        if (value !== undefined) found.push({ key, values: new Set(value.split('__')) })
      }
    }
    return found
  }

  const unboundProblem = (claim: PersistentVolumeClaim): Status | undefined => {
    const className = classOfClaim(claim)
    if (className === '') return unresolvable(NAME, 'PersistentVolumeClaim had no pv name and storageClass name')
    const storageClass = view.get('StorageClass', undefined, className)
    if (storageClass === undefined) {
      return unresolvable(NAME, notFound('storageclass.storage.k8s.io', className))
    }
    // Without a mode a class binds at once: the API server writes that down.
    const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer'
    return waits ? undefined : unresolvable(NAME, 'PersistentVolume had no name')
  }

  return {
    name: NAME,
    preFilter: (state, { pod }) => {
      const found = placesOf(pod)
      if ('code' in found) return found
      if (found.length === 0) return SKIP
      state.write(places, found)
      return undefined
    },
    filter: (state, { pod }, { labels }) => {
      let wanted = state.read(places)
      if (wanted === undefined) {
        const found = placesOf(pod)
        if ('code' in found) return found
        wanted = found
      }
      if (!LABELS.some((key) => labels[key] !== undefined)) return undefined
      for (const { key, values } of wanted) {
        const value = labels[key] ?? labels[GA_LABEL.get(key) ?? key]
        if (value === undefined || !values.has(value)) return CONFLICT
      }
      return undefined
    },
    sign: (pod) => (claimNames(pod).length > 0 ? undefined : ''),
    hints: [
      { resource: 'StorageClass', actions: Action.add },
      { resource: 'Node', actions: Action.add | Action.updateNodeLabel },
      {
        resource: 'PersistentVolumeClaim',
        actions: Action.add | Action.updateOther,
        worthTrying: (pod, { after }) => after !== undefined && isClaimOfPod(pod, after),
      },
      { resource: 'PersistentVolume', actions: Action.add | Action.updateOther },
    ],
  }
}
