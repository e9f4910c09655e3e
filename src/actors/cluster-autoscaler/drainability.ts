import { controllerOf } from '../../kubernetes/owners.ts'
import { isMirrorPod, isTerminal } from '../../kubernetes/pods.ts'
import { compileLabelSelector } from '../../kubernetes/selectors.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../kubernetes/types/scheduling.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { isDaemonPod } from './snapshot.ts'

/** Source: cluster-autoscaler/utils/drain/drain.go (v1.36). */
const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict'
const SAFE_VOLUMES = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'

/** Why a node cannot be emptied. Source: drain.go, BlockingPodReason. */
export type BlockingReason =
  'NotSafeToEvictAnnotation' | 'NotReplicated' | 'UnmovableKubeSystemPod' | 'LocalStorageRequested' | 'NotEnoughPdb'

export interface Blocking {
  readonly pod: Pod
  readonly reason: BlockingReason
}

/** Kinds whose Pods come back elsewhere. */
const CONTROLLERS: ReadonlySet<string> = new Set(['ReplicationController', 'ReplicaSet', 'StatefulSet', 'Job'])

/**
 * The Pods that would have to move from a node, or the first that cannot.
 * Source: cluster-autoscaler/simulator/drain.go, GetPodsToMove; simulator/drainability/rules (v1.36).
 */
export const podsToMove = (
  pods: readonly Pod[],
  budgets: readonly PodDisruptionBudget[],
  options: ClusterAutoscalerOptions,
): readonly Pod[] | Blocking => {
  const moving: Pod[] = []
  for (const pod of pods) {
    if (isMirrorPod(pod) || isDaemonPod(pod) || isTerminal(pod)) continue
    const reason = blockingReason(pod, budgets, options)
    if (reason !== undefined) return { pod, reason }
    moving.push(pod)
  }
  for (const budget of budgets) {
    // A budget that allows one disruption is enough: the other Pods wait for their turn.
    if ((budget.status?.disruptionsAllowed ?? 0) >= 1) continue
    const pod = moving.find((one) => covers(budget, one))
    if (pod !== undefined) return { pod, reason: 'NotEnoughPdb' }
  }
  return moving
}

const blockingReason = (
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
  { skipNodesWithSystemPods, skipNodesWithLocalStorage }: ClusterAutoscalerOptions,
): BlockingReason | undefined => {
  // Who is on its way out is not in the way.
  if (pod.metadata.deletionTimestamp !== undefined) return undefined
  const { namespace, annotations = {} } = pod.metadata
  const said = annotations[SAFE_TO_EVICT]
  if (said === 'true') return undefined
  if (said === 'false') return 'NotSafeToEvictAnnotation'
  if (!CONTROLLERS.has(controllerOf(pod)?.kind ?? '')) return 'NotReplicated'
  if (skipNodesWithSystemPods && namespace === 'kube-system' && !budgets.some((budget) => covers(budget, pod))) {
    return 'UnmovableKubeSystemPod'
  }
  return skipNodesWithLocalStorage && hasLocalStorage(pod) ? 'LocalStorageRequested' : undefined
}

/** Source: simulator/drainability/rules/localstorage; utils/drain/drain.go, HasBlockingLocalStorage. */
const hasLocalStorage = ({ metadata, spec }: Pod): boolean => {
  const safe = new Set((metadata.annotations?.[SAFE_VOLUMES] ?? '').split(','))
  return (spec.volumes ?? []).some(
    ({ name, emptyDir, hostPath }) =>
      !safe.has(name) && (hostPath !== undefined || (emptyDir !== undefined && emptyDir.medium !== 'Memory')),
  )
}

const covers = ({ metadata, spec }: PodDisruptionBudget, pod: Pod): boolean =>
  metadata.namespace === pod.metadata.namespace &&
  spec.selector !== undefined &&
  compileLabelSelector(spec.selector)(pod.metadata.labels)
