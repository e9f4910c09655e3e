import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { ConditionStatus, Labels } from '../../../kubernetes/types/meta.ts'
import type { Node } from '../../../kubernetes/types/node.ts'

/** Source: pkg/controller/nodelifecycle/config/v1alpha1/defaults.go: 0.1 and 0.01 nodes a second, 50 nodes, 0.55. */
const EVICTION_INTERVAL: Micros = seconds(10)
const SECONDARY_EVICTION_INTERVAL: Micros = seconds(100)
const LARGE_CLUSTER = 50
const UNHEALTHY_PERCENT = 55

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption'

const keys = new WeakMap<Labels, string>()

/** Source: component-helpers/node/topology/helpers.go, GetZoneKey. */
export const zoneOf = (node: Node): string => {
  const { labels } = node.metadata
  if (labels === undefined) return ''
  const known = keys.get(labels)
  if (known !== undefined) return known
  const key = zoneKey(labels)
  keys.set(labels, key)
  return key
}

const zoneKey = (labels: Labels): string => {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`
}

/** Source: node_lifecycle_controller.go, ComputeZoneState. */
export const zoneStateOf = (ready: number, notReady: number): ZoneState => {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  return notReady > 2 && notReady * 100 >= UNHEALTHY_PERCENT * (ready + notReady) ? 'PartialDisruption' : 'Normal'
}

/**
 * The pause between two evictions in a zone; undefined: none at all.
 * Source: node_lifecycle_controller.go, setLimiterInZone, ReducedQPSFunc, HealthyQPSFunc.
 */
export const evictionInterval = (state: ZoneState, nodesInZone: number): Micros | undefined => {
  if (state !== 'PartialDisruption') return EVICTION_INTERVAL
  return nodesInZone > LARGE_CLUSTER ? SECONDARY_EVICTION_INTERVAL : undefined
}

/**
 * One zone: how it is, and whose NoExecute taint comes next and when it may.
 * Source: pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go, RateLimitedTimedQueue with a burst of 1.
 */
export class Zone {
  state: ZoneState = 'Initial'
  ready = 0
  notReady = 0
  private interval: Micros | undefined = EVICTION_INTERVAL
  private nextAt: Micros = 0
  private readonly waiting = new Set<string>()

  /** When the first of those who wait has its turn; undefined for none, or for never. */
  get turnAt(): Micros | undefined {
    return this.waiting.size > 0 && this.interval !== undefined ? this.nextAt : undefined
  }

  count(ready: ConditionStatus | undefined): void {
    if (ready === 'True') this.ready++
    else this.notReady++
  }

  add(node: string): void {
    this.waiting.add(node)
  }

  remove(node: string): void {
    this.waiting.delete(node)
  }

  /**
   * Sets the pause between two taints; undefined stops them. Who has to wait now still has to wait under a new pause.
   * Source: rate_limited_queue.go, SwapLimiter.
   */
  pace(interval: Micros | undefined, now: Micros): void {
    if (interval === this.interval) return
    const mustWait = this.interval === undefined || now < this.nextAt
    this.interval = interval
    if (interval !== undefined && mustWait) this.nextAt = now + interval
  }

  /** The node whose turn has come, at most one per interval; it stays in the queue until it is removed. */
  take(now: Micros): string | undefined {
    if (this.interval === undefined || now < this.nextAt) return undefined
    for (const node of this.waiting) {
      this.nextAt = now + this.interval
      return node
    }
    return undefined
  }
}

/** All zones, by key. */
export class Zones {
  private readonly byKey = new Map<string, Zone>()
  /** No node in any zone is ready: it is the control plane that is cut off, so nobody is evicted. */
  private isCutOff = false

  all(): Iterable<Zone> {
    return this.byKey.values()
  }

  of(node: Node): Zone {
    const key = zoneOf(node)
    let zone = this.byKey.get(key)
    if (zone === undefined) this.byKey.set(key, (zone = new Zone()))
    return zone
  }

  /** When the next turn of any zone comes. */
  nextAt(): Micros | undefined {
    let first: Micros | undefined
    for (const { turnAt } of this.byKey.values()) {
      if (turnAt !== undefined && (first === undefined || turnAt < first)) first = turnAt
    }
    return first
  }

  forget(node: string): void {
    for (const zone of this.byKey.values()) zone.remove(node)
  }

  /** Before the nodes are counted. */
  reset(): void {
    for (const zone of this.byKey.values()) zone.ready = zone.notReady = 0
  }

  /**
   * After the nodes are counted: sets each zone's state and pace, and tells whether the control plane has just been cut off
   * from all nodes, or is back. Source: node_lifecycle_controller.go, handleDisruption.
   */
  judge(now: Micros): 'cut off' | 'back' | undefined {
    for (const [key, zone] of this.byKey) if (zone.ready + zone.notReady === 0) this.byKey.delete(key)
    const zones = [...this.byKey.values()]
    const states = zones.map((zone) => zoneStateOf(zone.ready, zone.notReady))
    const wasCutOff = this.isCutOff
    this.isCutOff = states.length > 0 && states.every((state) => state === 'FullDisruption')
    zones.forEach((zone, index) => {
      const state = states[index] ?? 'Normal'
      if (this.isCutOff) zone.pace(undefined, now)
      else if (wasCutOff || state !== zone.state) zone.pace(evictionInterval(state, zone.ready + zone.notReady), now)
      zone.state = state
    })
    if (this.isCutOff === wasCutOff) return undefined
    return this.isCutOff ? 'cut off' : 'back'
  }
}
