import { isTerminating, podCondition, podPriority } from '../../kubernetes/pods.ts'
import { parseTime } from '../../kubernetes/time.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { View } from '../../kubernetes/view.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { isDaemonPod, type Snapshot } from './snapshot.ts'

/** Pods for which the scheduler has found no node. Source: cluster-autoscaler/utils/kubernetes/listers.go (v1.36). */
const unschedulablePods = (view: View, { expendablePodsPriorityCutoff }: ClusterAutoscalerOptions): readonly Pod[] =>
  view.indexed('Pod', 'node', '').filter((pod) => {
    const condition = podCondition(pod, 'PodScheduled')
    return (
      condition?.status === 'False' &&
      condition.reason === 'Unschedulable' &&
      !isTerminating(pod) &&
      !isDaemonPod(pod) &&
      podPriority(pod) >= expendablePodsPriorityCutoff
    )
  })

/** The most important first, then the oldest. */
const byPriority = (a: Pod, b: Pod): number =>
  podPriority(b) - podPriority(a) ||
  (parseTime(a.metadata.creationTimestamp) ?? 0) - (parseTime(b.metadata.creationTimestamp) ?? 0)

/**
 * Pods that need new nodes: all for which there is no room, neither on nodes that are there nor on those on their way. Who
 * finds room is put there in thought, so that it is given once.
 * Source: cluster-autoscaler/core/podlistprocessor/{filter_out_schedulable,filter_out_expendable}.go (v1.36).
 */
export const podsWithoutRoom = (view: View, snapshot: Snapshot, options: ClusterAutoscalerOptions): readonly Pod[] => {
  const { simulation, destinations } = snapshot
  const waiting = [...unschedulablePods(view, options)].sort(byPriority)
  const without: Pod[] = []
  for (const pod of waiting) {
    // Somebody is being preempted for it: it has its room.
    const nominated = pod.status?.nominatedNodeName ?? ''
    if (nominated !== '') simulation.addPod(pod, nominated)
    else {
      const found = simulation.place(pod, destinations)
      if ('node' in found) simulation.addPod(pod, found.node)
      else without.push(pod)
    }
  }
  return without
}
