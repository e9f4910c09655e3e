import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { compileChart } from '../../../engine/statechart/compile.ts'
import type { Row } from '../../../engine/statechart/row.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { ConditionStatus } from '../../../kubernetes/types/meta.ts'
import type { Lease, Node, NodeCondition } from '../../../kubernetes/types/node.ts'
import { nodeHealthChart, type HealthContext } from './health.chart.ts'

/** Source: pkg/controller/nodelifecycle/config/v1alpha1/defaults.go, NodeMonitorGracePeriod and NodeStartupGracePeriod. */
const GRACE_PERIOD: Micros = seconds(50)
const STARTUP_GRACE_PERIOD: Micros = seconds(60)

const chart = compileChart(nodeHealthChart)

/**
 * What this controller remembers of one node, to tell a sign of life from what it has seen before.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, nodeHealthData and tryUpdateNodeHealth (v1.36).
 */
export class NodeHealth {
  readonly uid: string
  /** The Ready status that counts now: `Unknown` for a silent node, be that written already or not. */
  ready: ConditionStatus | undefined
  private readonly row: Row<HealthContext>
  /** When Ready was last confirmed, as last seen; undefined while there is no such condition. */
  private heartbeat: string | undefined
  private renewed = ''

  /** A node that never reported counts from its creation, one that did from when it is first seen. */
  constructor(node: Node, now: Micros, monotonic: Micros) {
    const ready = findCondition(node.status?.conditions, 'Ready')
    const age = now - (parseTime(node.metadata.creationTimestamp) ?? now)
    this.uid = node.metadata.uid
    this.ready = ready?.status
    this.heartbeat = heartbeatOf(ready)
    this.row = chart.start({ probeAt: ready === undefined ? monotonic - Math.max(0, age) : monotonic }, () => {})
  }

  get isSilent(): boolean {
    return chart.matches(this.row, 'silent')
  }

  /** Takes in what is known of the node by now; tells once how long it has been silent, when that is too long. */
  look(node: Node, lease: Lease | undefined, monotonic: Micros): Micros | undefined {
    const ready = findCondition(node.status?.conditions, 'Ready')
    const heartbeat = heartbeatOf(ready)
    const renewed = lease?.spec.renewTime ?? ''
    if (heartbeat !== this.heartbeat || renewed > this.renewed) this.hear(monotonic)
    this.heartbeat = heartbeat
    if (renewed > this.renewed) this.renewed = renewed
    const grace = ready === undefined ? STARTUP_GRACE_PERIOD : GRACE_PERIOD
    let lost: Micros | undefined
    // The chart would say the same of a node that was heard of lately; not to ask it is for speed.
    if (monotonic >= this.row.context.probeAt + grace) {
      chart.step(this.row, { type: 'Looked', at: monotonic, grace }, ({ silent }) => (lost = silent))
    }
    this.ready = this.isSilent ? 'Unknown' : ready?.status
    return lost
  }

  /** A sign of life, or a reason to count anew. */
  hear(monotonic: Micros): void {
    chart.step(this.row, { type: 'SignOfLife', at: monotonic }, () => {})
  }

  /** What this controller itself wrote of a silent node is no sign of life. */
  wrote(node: Node): void {
    this.heartbeat = heartbeatOf(findCondition(node.status?.conditions, 'Ready'))
  }
}

const heartbeatOf = (ready: NodeCondition | undefined): string | undefined =>
  ready === undefined ? undefined : (ready.lastHeartbeatTime ?? '')
