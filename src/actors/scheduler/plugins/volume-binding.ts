import { seconds } from '../../../events/time.ts'
import { value } from '../../../kubernetes/quantity.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../kubernetes/types/storage.ts'
import { AssumeCache } from '../framework/assume-cache.ts'
import type { PluginArgs } from '../framework/configuration.ts'
import { StateKey } from '../framework/cycle-state.ts'
import type { PluginHandle, SchedulerPlugin } from '../framework/plugin.ts'
import { failure, SKIP, unresolvable, type Status } from '../framework/status.ts'
import { bindingDone, bindingWrites, claimedVolume, selectedClaim } from './volume-binding-writes.ts'
import { volumeBindingHints } from './volume-binding-hints.ts'
import { claimSize, findMatchingVolume, reachableFrom } from '../../../kubernetes/volume-matching.ts'
import { claimOfVolume, classOfClaim, foreignClaim, notFound } from '../../../kubernetes/volumes.ts'

const NAME = 'VolumeBinding'
const UNBOUND_IMMEDIATE = unresolvable(NAME, 'pod has unbound immediate PersistentVolumeClaims')
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind"
const NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage'
const NO_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
/** Seconds that PreBind waits for volumes. Source: apis/config/v1/defaults.go. */
const BIND_TIMEOUT_SECONDS = 600
const NO_PROVISIONER = 'kubernetes.io/no-provisioner'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'

/** What a Pod's claims come to on one node. */
interface PodVolumes {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[]
  readonly provisions: readonly PersistentVolumeClaim[]
}

interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[]
  /** To be bound once the node is known. */
  readonly delayed: readonly PersistentVolumeClaim[]
  /** Candidates by storage class. */
  readonly volumes: ReadonlyMap<string, readonly PersistentVolume[]>
}

const podClaims = new StateKey<PodClaims>(NAME)
const chosen = new StateKey<PodVolumes>(`${NAME}/chosen`)

const isFullyBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  (spec.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined

/**
 * Volumes that exist bind the Pod to where they are; volumes that wait for the Pod are found or made where it goes.
 * Source: plugins/volumebinding/{volume_binding,binder}.go (v1.36).
 */
export const volumeBinding = (args: PluginArgs, handle: PluginHandle): SchedulerPlugin => {
  const { view, cache } = handle
  const claims = new AssumeCache('PersistentVolumeClaim', view)
  const volumes = new AssumeCache('PersistentVolume', view)

  /** Undefined where the Pod has no claims; a status where one of them is missing or lost. */
  const claimsOf = (pod: Pod): readonly PersistentVolumeClaim[] | Status => {
    const found: PersistentVolumeClaim[] = []
    for (const volume of pod.spec.volumes ?? []) {
      const name = claimOfVolume(pod, volume)
      if (name === undefined) continue
      const claim = claims.get(pod.metadata.namespace, name)
      if (claim === undefined) {
        const waiting = `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        return unresolvable(NAME, volume.ephemeral === undefined ? notFound('persistentvolumeclaim', name) : waiting)
      }
      if (claim.status?.phase === 'Lost') {
        const lost = `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`
        return unresolvable(NAME, lost)
      }
      if (claim.metadata.deletionTimestamp !== undefined) {
        return unresolvable(NAME, `persistentvolumeclaim "${name}" is being deleted`)
      }
      const foreign = foreignClaim(pod, volume, claim)
      if (foreign !== undefined) return unresolvable(NAME, foreign)
      found.push(claim)
    }
    return found
  }

  const waitsForConsumer = (claim: PersistentVolumeClaim): boolean => {
    const className = classOfClaim(claim)
    if (className === '') return false
    return view.get('StorageClass', undefined, className)?.volumeBindingMode === 'WaitForFirstConsumer'
  }

  const sort = (all: readonly PersistentVolumeClaim[]): PodClaims | Status => {
    const bound = all.filter(isFullyBound)
    const delayed: PersistentVolumeClaim[] = []
    for (const claim of all) {
      if (isFullyBound(claim)) continue
      // A claim that names its volume is bound by the controller, whatever its class says.
      if ((claim.spec.volumeName ?? '') !== '' || !waitsForConsumer(claim)) return UNBOUND_IMMEDIATE
      delayed.push(claim)
    }
    const byClass = new Map<string, PersistentVolume[]>()
    for (const claim of delayed) byClass.set(classOfClaim(claim), [])
    if (byClass.size > 0) {
      for (const volume of volumes.list()) byClass.get(volume.spec.storageClassName ?? '')?.push(volume)
    }
    return { bound, delayed, volumes: byClass }
  }

  const hasCapacity = (claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node): boolean => {
    if (claim.spec.resources?.requests?.['storage'] === undefined) return true
    if (view.get('CSIDriver', undefined, storageClass.provisioner)?.spec.storageCapacity !== true) return true
    const wanted = claimSize(claim)
    return view.list('CSIStorageCapacity').some(({ storageClassName, capacity, maximumVolumeSize, nodeTopology }) => {
      const limit = maximumVolumeSize ?? capacity
      if (storageClassName !== storageClass.metadata.name || limit === undefined || value(limit) < wanted) return false
      return nodeTopology !== undefined && matchesSelector(nodeTopology, node.metadata.labels)
    })
  }

  /** Why a claim cannot be provisioned on the node; undefined if it can. */
  const provisionProblem = (claim: PersistentVolumeClaim, node: Node): string | undefined => {
    const storageClass = view.get('StorageClass', undefined, classOfClaim(claim))
    if (storageClass === undefined || storageClass.provisioner === '' || storageClass.provisioner === NO_PROVISIONER) {
      return BIND_CONFLICT
    }
    if (!inAllowedTopology(storageClass, node)) return BIND_CONFLICT
    return hasCapacity(claim, storageClass, node) ? undefined : NOT_ENOUGH_SPACE
  }

  const boundProblem = (bound: readonly PersistentVolumeClaim[], node: Node): string | undefined => {
    for (const { spec } of bound) {
      const volume = volumes.get(undefined, spec.volumeName ?? '')
      if (volume === undefined) return NO_VOLUME
      if (!reachableFrom(volume, node)) return NODE_CONFLICT
    }
    return undefined
  }

  /** What is to be bound and made on the node, or why it cannot. Source: binder.go, FindPodVolumes. */
  const findVolumes = (wanted: PodClaims, node: Node): PodVolumes | readonly string[] => {
    const reasons: string[] = []
    const bound = boundProblem(wanted.bound, node)
    if (bound === NODE_CONFLICT) reasons.push(bound)
    const bindings: { volume: PersistentVolume; claim: PersistentVolumeClaim }[] = []
    const provisions: PersistentVolumeClaim[] = []
    const toMatch: PersistentVolumeClaim[] = []
    let elsewhere = false
    for (const claim of wanted.delayed) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE]
      if (selected === undefined) toMatch.push(claim)
      else if (selected === node.metadata.name) provisions.push(claim)
      else elsewhere = true
    }
    if (elsewhere) reasons.push(BIND_CONFLICT)
    else {
      const taken = new Set<string>()
      // Small claims first, so that they do not take what only a large volume can give.
      for (const claim of toMatch.sort((a, b) => claimSize(a) - claimSize(b))) {
        const volume = findMatchingVolume(claim, wanted.volumes.get(classOfClaim(claim)) ?? [], { node, taken })
        if (volume === undefined) provisions.push(claim)
        else {
          taken.add(volume.metadata.name)
          bindings.push({ volume, claim })
        }
      }
      for (const claim of provisions) {
        const problem = provisionProblem(claim, node)
        if (problem === undefined) continue
        reasons.push(problem)
        break
      }
    }
    if (bound === NO_VOLUME) reasons.push(bound)
    return reasons.length > 0 ? reasons : { bindings, provisions }
  }

  return {
    name: NAME,
    preFilter: (state, { pod }) => {
      const all = claimsOf(pod)
      if ('code' in all) return all
      if (all.length === 0) return SKIP
      const sorted = sort(all)
      if ('code' in sorted) return sorted
      state.write(podClaims, sorted)
      return undefined
    },
    filter: (state, _pod, { node }) => {
      const wanted = state.read(podClaims)
      if (wanted === undefined || node === undefined) return undefined
      const found = findVolumes(wanted, node)
      return 'bindings' in found ? undefined : unresolvable(NAME, ...found)
    },
    reserve: (state, _pod, nodeName) => {
      const wanted = state.read(podClaims)
      const node = cache.node(nodeName)?.node
      if (wanted === undefined || wanted.delayed.length === 0 || node === undefined) return undefined
      const found = findVolumes(wanted, node)
      if (!('bindings' in found)) return failure(NAME, `volumes of the pod are no longer available on ${nodeName}`)
      for (const { volume, claim } of found.bindings) volumes.assume(claimedVolume(volume, claim))
      for (const claim of found.provisions) claims.assume(selectedClaim(claim, nodeName))
      state.write(chosen, found)
      return undefined
    },
    unreserve: (state) => {
      const found = state.read(chosen)
      for (const { volume } of found?.bindings ?? []) volumes.restore(undefined, volume.metadata.name)
      for (const { metadata } of found?.provisions ?? []) claims.restore(metadata.namespace, metadata.name)
    },
    preBind: (state, _pod, nodeName) => {
      const found = state.read(chosen)
      if (found === undefined) return undefined
      const done = bindingDone(found, nodeName)
      const timeout = seconds(args.bindTimeoutSeconds ?? BIND_TIMEOUT_SECONDS)
      return { writes: bindingWrites(found, nodeName), done, timeout }
    },
    sign: (pod) =>
      (pod.spec.volumes ?? []).some((volume) => claimOfVolume(pod, volume) !== undefined) ? undefined : '',
    hints: volumeBindingHints,
  }
}

/** Any term suffices, no terms allow all. Source: component-helpers/scheduling/corev1, MatchTopologySelectorTerms. */
function inAllowedTopology({ allowedTopologies }: StorageClass, { metadata }: Node): boolean {
  if (allowedTopologies === undefined || allowedTopologies.length === 0) return true
  return allowedTopologies.some(({ matchLabelExpressions }) =>
    (matchLabelExpressions ?? []).every(({ key, values }) => values.includes(metadata.labels?.[key] ?? '')),
  )
}
