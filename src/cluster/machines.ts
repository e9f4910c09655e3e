import type { NodeGroupShape } from '../actors/cloud/node-groups.ts'
import type { LogEvent, Seq } from '../events/envelope.ts'
import { invariant } from '../engine/invariant.ts'
import { addNode, type NodeGround } from './nodes.ts'

/**
 * Machines that come and go while the cluster runs. The cloud tells of each as a fact; here, once the fact is in the log, the
 * ground under it changes: a machine gets power and boots its programs, or is taken away with all that runs on it.
 */
export class Machines {
  private readonly ground: NodeGround
  private readonly groups: ReadonlyMap<string, NodeGroupShape>

  constructor(ground: NodeGround) {
    this.ground = ground
    this.groups = new Map(ground.options.cloud?.nodeGroups.map((group) => [group.name, group]))
  }

  /** Takes an event as it is appended. What follows from it happens next, at the same time. */
  fold(event: LogEvent): void {
    const { kernel } = this.ground
    if (event.type === 'InstanceLaunched') {
      const { instance, group, bootMicros } = event.data
      kernel.schedule(kernel.now, () => this.launch(instance, group, bootMicros, event.seq))
    } else if (event.type === 'InstanceTerminated') {
      const { instance } = event.data
      kernel.schedule(kernel.now, () => this.terminate(instance, event.seq))
    }
  }

  private launch(name: string, groupName: string, delay: number, cause: Seq): void {
    const group = this.groups.get(groupName)
    invariant(group !== undefined, `there is a node group ${groupName}`)
    const { zone, capacity, allocatable, labels, taints } = group
    const rest = allocatable === undefined ? {} : { allocatable }
    addNode(this.ground, { name, zone, capacity, labels, taints, delay, cause, ...rest })
  }

  private terminate(name: string, cause: Seq): void {
    this.ground.kernel.machines.removeHost(name, cause)
    this.ground.addresses.free(name)
  }
}
