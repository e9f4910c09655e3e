import type { World } from '../../engine/client/controller.ts'
import type { Micros } from '../../events/envelope.ts'
import type { ConfigMap } from '../../kubernetes/types/core.ts'
import { ClusterState } from './cluster-state.ts'
import { GroupIndex } from './node-group.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { Deletions } from './deletions.ts'
import { Transitions } from './status.ts'
import { Unneeded } from './unneeded.ts'

/** What the autoscaler keeps in memory from loop to loop; a new leader begins without. */
export class Memory {
  readonly state: ClusterState
  readonly unneeded: Unneeded
  readonly deletions = new Deletions()
  readonly transitions = new Transitions()
  /** Groups as the cloud told of them last. */
  index = new GroupIndex([])
  /** Whether taints of an earlier life have been taken away. */
  hasCleanedUp = false
  /** Undefined: never. */
  lastScaleUp: Micros | undefined
  lastScaleDownFailure: Micros | undefined
  /** The ConfigMap of the status as it was written last; events about the autoscaler itself are events about it. */
  statusMap: ConfigMap | undefined

  constructor(options: ClusterAutoscalerOptions) {
    this.state = new ClusterState(options)
    this.unneeded = new Unneeded(options)
  }

  note(world: World<Memory>, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.statusMap !== undefined) world.event('ConfigMap', this.statusMap, type, reason, message)
  }
}
