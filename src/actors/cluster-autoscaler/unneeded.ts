import type { Micros } from '../../events/envelope.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../kubernetes/types/scheduling.ts'
import { podsToMove } from './drainability.ts'
import type { GroupIndex } from './node-group.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { isReadyNode, readySince } from './readiness.ts'
import type { Snapshot } from './snapshot.ts'
import { isTainted, TO_BE_DELETED } from './taints.ts'
import { utilizationMilli } from './utilization.ts'

/** Source: core/scaledown/eligibility/eligibility.go, ScaleDownDisabledKey (v1.36). */
const SCALE_DOWN_DISABLED = 'cluster-autoscaler.kubernetes.io/scale-down-disabled'

/** A node that the cluster could do without. */
export interface UnneededNode {
  readonly node: Node
  readonly group: string
  readonly since: Micros
  /** Who would have to move. */
  readonly moving: readonly Pod[]
  readonly utilizationMilli: number
}

/**
 * Nodes that are hardly used and whose Pods have room elsewhere, and since when that is so.
 * Source: cluster-autoscaler/core/scaledown/planner/planner.go, categorizeNodes; unneeded/nodes.go (v1.36).
 */
export class Unneeded {
  private readonly options: ClusterAutoscalerOptions
  private nodes: ReadonlyMap<string, UnneededNode> = new Map()
  /** Nodes that cannot be emptied, and until when they are not looked at again. */
  private readonly unremovable = new Map<string, Micros>()

  constructor(options: ClusterAutoscalerOptions) {
    this.options = options
  }

  has(node: string): boolean {
    return this.nodes.has(node)
  }

  get count(): number {
    return this.nodes.size
  }

  inGroup(group: string): number {
    let count = 0
    for (const one of this.nodes.values()) if (one.group === group) count++
    return count
  }

  update(
    nodes: readonly Node[],
    index: GroupIndex,
    snapshot: Snapshot,
    budgets: readonly PodDisruptionBudget[],
    now: Micros,
  ): void {
    const found = new Map<string, UnneededNode>()
    for (const candidate of this.candidates(nodes, index, snapshot, now)) {
      const { name } = candidate.node.metadata
      const moving = podsToMove(candidate.pods, budgets, this.options)
      if ('reason' in moving || !movesAway(name, candidate.pods, moving, snapshot)) {
        this.unremovable.set(name, now + this.options.unremovableNodeRecheckTimeout)
        continue
      }
      const { node, group, utilization } = candidate
      const since = this.nodes.get(name)?.since ?? now
      found.set(name, { node, group, since, moving, utilizationMilli: utilization })
    }
    this.nodes = found
  }

  /** Those that may go now. Source: unneeded/nodes.go, RemovableAt: ready nodes after 10 minutes, others after 20. */
  due(now: Micros): readonly UnneededNode[] {
    const { scaleDownUnneededTime, scaleDownUnreadyTime } = this.options
    return [...this.nodes.values()].filter(({ node, since }) =>
      isReadyNode(node)
        ? since + scaleDownUnneededTime <= now
        : Math.max(since, readySince(node)) + scaleDownUnreadyTime <= now,
    )
  }

  /** Empty ones first, then those found unneeded before. Source: processors/scaledowncandidates (v1.36). */
  private candidates(nodes: readonly Node[], index: GroupIndex, snapshot: Snapshot, now: Micros): readonly Candidate[] {
    const { scaleDownUtilizationThresholdMilli: threshold, ignoreDaemonSetsUtilization } = this.options
    const found: Candidate[] = []
    for (const node of nodes) {
      const { name, annotations } = node.metadata
      const group = index.groupOf(node)
      if (group === undefined || isTainted(node, TO_BE_DELETED)) continue
      if (annotations?.[SCALE_DOWN_DISABLED] === 'true' || (this.unremovable.get(name) ?? now) > now) continue
      this.unremovable.delete(name)
      const pods = snapshot.podsOn(node)
      const utilization = utilizationMilli(node, pods, ignoreDaemonSetsUtilization)
      if (isReadyNode(node) && utilization >= threshold) continue
      found.push({ node, group: group.name, pods, utilization })
    }
    const rank = ({ node, pods }: Candidate): number =>
      pods.length === 0 ? 0 : this.nodes.has(node.metadata.name) ? 1 : 2
    return found.sort((a, b) => rank(a) - rank(b))
  }
}

interface Candidate {
  readonly node: Node
  readonly group: string
  readonly pods: readonly Pod[]
  readonly utilization: number
}

/**
 * Thinks the node away: whether its Pods have room elsewhere. If so they stay there in thought and the node stays away, so
 * that no room is given twice.
 * Source: cluster-autoscaler/simulator/cluster.go, SimulateNodeRemoval (v1.36).
 */
const movesAway = (
  name: string,
  pods: readonly Pod[],
  moving: readonly Pod[],
  { simulation, destinations }: Snapshot,
): boolean => {
  // A node that is not ready is not in the thought cluster: nobody would be put there.
  const isThere = destinations.delete(name)
  if (isThere) for (const { metadata } of pods) simulation.removePod(metadata.uid)
  const moved: Pod[] = []
  for (const pod of moving) {
    const found = simulation.place(pod, destinations)
    if (!('node' in found)) {
      for (const { metadata } of moved) simulation.removePod(metadata.uid)
      if (isThere) for (const one of pods) simulation.addPod(one, name)
      if (isThere) destinations.add(name)
      return false
    }
    simulation.addPod(pod, found.node)
    moved.push(pod)
  }
  return true
}
