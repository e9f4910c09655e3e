import { controllerOf } from '../../kubernetes/owners.ts'
import { isTerminal } from '../../kubernetes/pods.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { DaemonSet } from '../../kubernetes/types/workloads.ts'
import type { View } from '../../kubernetes/view.ts'
import type { ClusterState } from './cluster-state.ts'
import type { GroupIndex, NodeGroup } from './node-group.ts'
import { isReadyNode } from './readiness.ts'
import type { Simulation } from './simulation.ts'
import { isTainted, TO_BE_DELETED } from './taints.ts'
import { daemonPodsFor, templateNode } from './template-node.ts'

export const isDaemonPod = (pod: Pod): boolean => controllerOf(pod)?.kind === 'DaemonSet'

/** The cluster as one loop thinks of it: what is there, and what is on its way. */
export class Snapshot {
  readonly simulation: Simulation
  /** Nodes on which Pods may be thought of: ready ones and those to come. */
  readonly destinations = new Set<string>()
  private readonly view: View
  private readonly daemons: readonly DaemonSet[]
  private templates = 0

  constructor(simulation: Simulation, view: View, index: GroupIndex, state: ClusterState) {
    this.simulation = simulation
    this.view = view
    this.daemons = view.list('DaemonSet')
    for (const node of view.list('Node')) {
      if (!isReadyNode(node)) continue
      simulation.addNode(node)
      const { name } = node.metadata
      if (!isTainted(node, TO_BE_DELETED)) this.destinations.add(name)
      for (const pod of this.podsOn(node)) simulation.addPod(pod, name)
    }
    for (const group of index.groups) {
      for (let i = state.upcoming(group); i > 0; i--) this.destinations.add(this.addTemplate(group))
    }
  }

  /** Pods of a node that have not ended. */
  podsOn({ metadata }: Node): readonly Pod[] {
    return this.view.indexed('Pod', 'node', metadata.name).filter((pod) => !isTerminal(pod))
  }

  /** Puts a new node of a group there, with the Pods that its DaemonSets will give it. */
  addTemplate(group: NodeGroup): string {
    const name = `template-node-for-${group.name}-${this.templates++}`
    const node = templateNode(group, name)
    this.simulation.addNode(node)
    for (const pod of daemonPodsFor(node, this.daemons)) this.simulation.addPod(pod, name)
    return name
  }
}
