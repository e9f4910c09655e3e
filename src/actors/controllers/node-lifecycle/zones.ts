import type { Micros } from '../../../events/envelope.ts'
import { conditionStatus } from '../../../kubernetes/conditions.ts'
import type { Node } from '../../../kubernetes/types/node.ts'

/** Source: cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go and nodelifecycle/config/v1alpha1/defaults.go. */
const EVICTION_INTERVAL: Micros = 10_000_000
const SECONDARY_EVICTION_INTERVAL: Micros = 100_000_000
const LARGE_CLUSTER = 50
/** 0.55 of a zone. */
const UNHEALTHY_PERCENT = 55

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption'

/** Source: component-helpers/node/topology/helpers.go, GetZoneKey. */
export const zoneOf = (node: Node): string => {
  const labels = node.metadata.labels ?? {}
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`
}

/** Source: node_lifecycle_controller.go, ComputeZoneState. */
export const zoneStateOf = (nodes: readonly Node[]): ZoneState => {
  const ready = nodes.filter((node) => conditionStatus(node.status?.conditions, 'Ready') === 'True').length
  const notReady = nodes.length - ready
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  return notReady > 2 && notReady * 100 >= UNHEALTHY_PERCENT * nodes.length ? 'PartialDisruption' : 'Normal'
}

/**
 * The pause between two evictions in a zone; undefined: none at all.
 * Source: node_lifecycle_controller.go, setLimiterInZone, ReducedQPSFunc, HealthyQPSFunc.
 */
export const evictionInterval = (state: ZoneState, nodesInZone: number): Micros | undefined => {
  if (state !== 'PartialDisruption') return EVICTION_INTERVAL
  return nodesInZone > LARGE_CLUSTER ? SECONDARY_EVICTION_INTERVAL : undefined
}

/** One zone's turn: whose NoExecute taint comes next, and when it may. */
export class ZoneQueue {
  state: ZoneState = 'Initial'
  /** Pause between two taints; undefined: none at all. */
  interval: Micros | undefined = EVICTION_INTERVAL
  private readonly waiting = new Set<string>()
  private nextAt: Micros = 0

  get size(): number {
    return this.waiting.size
  }

  add(node: string): void {
    this.waiting.add(node)
  }

  remove(node: string): void {
    this.waiting.delete(node)
  }

  clear(): void {
    this.waiting.clear()
  }

  /** The next node whose turn has come; at most one per interval. */
  take(now: Micros): string | undefined {
    const { interval } = this
    if (interval === undefined || now < this.nextAt) return undefined
    for (const node of this.waiting) {
      this.waiting.delete(node)
      this.nextAt = now + interval
      return node
    }
    return undefined
  }
}
