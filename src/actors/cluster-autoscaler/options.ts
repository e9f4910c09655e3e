import type { Micros } from '../../events/envelope.ts'
import { hours, minutes, seconds } from '../../events/time.ts'

/** How one of several groups that would do is chosen. */
export type Expander = 'least-waste' | 'random' | 'most-pods' | 'price' | 'priority'

/**
 * cluster-autoscaler's flags, by their names. Defaults as upstream's.
 * Source: kubernetes/autoscaler, cluster-autoscaler/FAQ.md and config/flags/flags.go (v1.36).
 */
export interface ClusterAutoscalerOptions {
  readonly scanInterval: Micros
  /** One after the other: each narrows what the one before has left; chance decides what is left at the end. */
  readonly expander: readonly Expander[]
  /** No more nodes than so many in the whole cluster; 0 for no limit. */
  readonly maxNodesTotal: number
  /** Of a scale-up. */
  readonly maxNodesPerScaleUp: number
  readonly maxNodeProvisionTime: Micros
  readonly initialNodeGroupBackoff: Micros
  readonly maxNodeGroupBackoff: Micros
  readonly nodeGroupBackoffReset: Micros
  /** Pods below this priority neither cause a scale-up nor hold one node up. */
  readonly expendablePodsPriorityCutoff: number
  readonly scaleDownEnabled: boolean
  readonly scaleDownDelayAfterAdd: Micros
  readonly scaleDownDelayAfterFailure: Micros
  readonly scaleDownUnneededTime: Micros
  readonly scaleDownUnreadyTime: Micros
  /** In thousandths: requests over allocatable, of processors or of memory, whichever is more. */
  readonly scaleDownUtilizationThresholdMilli: number
  readonly ignoreDaemonSetsUtilization: boolean
  readonly skipNodesWithSystemPods: boolean
  readonly skipNodesWithLocalStorage: boolean
  readonly maxScaleDownParallelism: number
  readonly maxDrainParallelism: number
  readonly maxGracefulTermination: Micros
  readonly maxPodEvictionTime: Micros
  /** A cluster with more unready nodes than these, in number and in per cent, is left alone. */
  readonly okTotalUnreadyCount: number
  readonly maxTotalUnreadyPercentage: number
  /** How many nodes get or lose the taint of candidates in one loop. */
  readonly maxBulkSoftTaintCount: number
  /** How long a node on which a Pod is that cannot be moved is not looked at again. */
  readonly unremovableNodeRecheckTimeout: Micros
}

export const DEFAULT_OPTIONS: ClusterAutoscalerOptions = {
  scanInterval: seconds(10),
  expander: ['least-waste'],
  maxNodesTotal: 0,
  maxNodesPerScaleUp: 1_000,
  maxNodeProvisionTime: minutes(15),
  initialNodeGroupBackoff: minutes(5),
  maxNodeGroupBackoff: minutes(30),
  nodeGroupBackoffReset: hours(3),
  expendablePodsPriorityCutoff: -10,
  scaleDownEnabled: true,
  scaleDownDelayAfterAdd: minutes(10),
  scaleDownDelayAfterFailure: minutes(3),
  scaleDownUnneededTime: minutes(10),
  scaleDownUnreadyTime: minutes(20),
  scaleDownUtilizationThresholdMilli: 500,
  ignoreDaemonSetsUtilization: false,
  skipNodesWithSystemPods: true,
  skipNodesWithLocalStorage: true,
  maxScaleDownParallelism: 10,
  maxDrainParallelism: 1,
  maxGracefulTermination: seconds(600),
  maxPodEvictionTime: minutes(2),
  okTotalUnreadyCount: 3,
  maxTotalUnreadyPercentage: 45,
  maxBulkSoftTaintCount: 10,
  unremovableNodeRecheckTimeout: minutes(5),
}
