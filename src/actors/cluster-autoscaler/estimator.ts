import { controllerOf } from '../../kubernetes/owners.ts'
import { podRequests, resourcesOf, type Resources } from '../../kubernetes/resources.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { NodeGroup } from './node-group.ts'
import type { Snapshot } from './snapshot.ts'
import { templateNode } from './template-node.ts'

/** What a group could do for Pods that have no room. */
export interface ScaleUpOption {
  readonly group: NodeGroup
  readonly nodes: number
  /** Those that would have room then. */
  readonly pods: readonly Pod[]
  /** What they ask for together, and what one of the nodes has. */
  readonly requested: Resources
  readonly allocatable: Resources
}

/** Pods that are alike to the estimator: of one controller, asking for the same. */
const equivalence = (pod: Pod): string => {
  const { milliCPU, memory } = podRequests(pod).requests
  return `${controllerOf(pod)?.uid ?? pod.metadata.uid}/${milliCPU}/${memory}`
}

/**
 * Which Pods an empty node of the group would take; of each of the others why not.
 * Source: cluster-autoscaler/core/scaleup/orchestrator/orchestrator.go, SchedulablePodGroups; equivalence groups (v1.36).
 */
export const fittingPods = (
  group: NodeGroup,
  pods: readonly Pod[],
  snapshot: Snapshot,
): { readonly fitting: readonly Pod[]; readonly rejected: ReadonlyMap<Pod, readonly string[]> } => {
  const name = snapshot.addTemplate(group)
  const verdicts = new Map<string, readonly string[] | undefined>()
  const fitting: Pod[] = []
  const rejected = new Map<Pod, readonly string[]>()
  for (const pod of pods) {
    const key = equivalence(pod)
    if (!verdicts.has(key)) {
      const answer = snapshot.simulation.place(pod, [name])
      verdicts.set(key, 'node' in answer ? undefined : answer.reasons)
    }
    const reasons = verdicts.get(key)
    if (reasons === undefined) fitting.push(pod)
    else rejected.set(pod, reasons)
  }
  snapshot.simulation.removeNode(name)
  return { fitting, rejected }
}

/**
 * How many new nodes the Pods need, largest first, each on the first new node that takes it; at most `limit`.
 * Source: cluster-autoscaler/estimator/{binpacking_estimator,decreasing_pod_orderer}.go (v1.36).
 */
export const estimate = (
  group: NodeGroup,
  pods: readonly Pod[],
  limit: number,
  snapshot: Snapshot,
): ScaleUpOption | undefined => {
  const { simulation } = snapshot
  const allocatable = resourcesOf(templateNode(group, group.name).status?.allocatable)
  const nodes: string[] = []
  const used = new Set<string>()
  const placed: Pod[] = []
  const requested = { ...resourcesOf(undefined) }
  for (const pod of largestFirst(pods, allocatable)) {
    let found = simulation.place(pod, nodes)
    if (!('node' in found) && nodes.length < limit && (nodes.length === 0 || used.has(nodes.at(-1) ?? ''))) {
      const name = snapshot.addTemplate(group)
      nodes.push(name)
      found = simulation.place(pod, [name])
    }
    if (!('node' in found)) continue
    simulation.addPod(pod, found.node)
    used.add(found.node)
    placed.push(pod)
    const { milliCPU, memory } = podRequests(pod).requests
    requested.milliCPU += milliCPU
    requested.memory += memory
  }
  for (const name of nodes) simulation.removeNode(name)
  return used.size === 0 ? undefined : { group, nodes: used.size, pods: placed, requested, allocatable }
}

const largestFirst = (pods: readonly Pod[], { milliCPU, memory }: Resources): readonly Pod[] => {
  const scored = pods.map((pod) => {
    const { requests } = podRequests(pod)
    const cpu = milliCPU > 0 ? requests.milliCPU / milliCPU : 0
    return { pod, score: cpu + (memory > 0 ? requests.memory / memory : 0) }
  })
  return scored.sort((a, b) => b.score - a.score).map(({ pod }) => pod)
}
