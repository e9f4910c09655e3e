import { podRequests, resourcesOf } from '../../kubernetes/resources.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { isDaemonPod } from './snapshot.ts'

/**
 * How much of a node is asked for, in thousandths: of its processors or its memory, whichever is more.
 * Source: cluster-autoscaler/simulator/utilization/info.go, Calculate (v1.36).
 */
export const utilizationMilli = (node: Node, pods: readonly Pod[], ignoresDaemons: boolean): number => {
  const { milliCPU, memory } = resourcesOf(node.status?.allocatable)
  let cpu = 0
  let bytes = 0
  let daemonCPU = 0
  let daemonBytes = 0
  for (const pod of pods) {
    const { requests } = podRequests(pod)
    if (ignoresDaemons && isDaemonPod(pod)) {
      daemonCPU += requests.milliCPU
      daemonBytes += requests.memory
      continue
    }
    cpu += requests.milliCPU
    bytes += requests.memory
  }
  return Math.max(share(cpu, milliCPU - daemonCPU), share(bytes, memory - daemonBytes))
}

const share = (used: number, all: number): number => (all <= 0 ? 0 : Math.floor((used * 1000) / all))
