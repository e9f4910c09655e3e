import { NodeStatuses } from './node-statuses.ts'
import { isRejection, type Status } from './status.ts'

/** Why an attempt found no node. Source: pkg/scheduler/framework/types.go, Diagnosis (v1.36). */
export class Diagnosis {
  readonly statuses = new NodeStatuses()
  /** Said by PreFilter about the Pod as a whole; '' where it let the Pod through. */
  preFilterMessage = ''
  postFilterMessage = ''
  /** Whose verdict has to change before another attempt makes sense. */
  readonly unschedulablePlugins = new Set<string>()
  readonly pendingPlugins = new Set<string>()

  blame(status: Status): void {
    if (status.plugin === '') return
    if (isRejection(status)) this.unschedulablePlugins.add(status.plugin)
    if (status.code === 'Pending') this.pendingPlugins.add(status.plugin)
  }
}
