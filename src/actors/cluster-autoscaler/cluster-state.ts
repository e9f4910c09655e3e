import type { Micros } from '../../events/envelope.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import { Backoff } from './backoff.ts'
import type { GroupIndex, Instance, NodeGroup } from './node-group.ts'
import type { ClusterAutoscalerOptions } from './options.ts'
import { countNode, noReadiness, type Readiness } from './readiness.ts'

interface ScaleUpRequest {
  increase: number
  expectedBy: Micros
}

/** What a loop has learnt about requests of earlier ones. */
export interface StateNews {
  /** Groups whose machines did not join in time. */
  readonly timedOut: readonly string[]
  /** Machines that never joined and are to go, by group. */
  readonly lost: ReadonlyMap<string, readonly string[]>
  /** Machines that could not be made, by group. */
  readonly failed: ReadonlyMap<string, readonly Instance[]>
}

/**
 * What the autoscaler believes of its groups: how their nodes are, which machines are still awaited, which groups have
 * failed lately.
 * Source: cluster-autoscaler/clusterstate/clusterstate.go (v1.36).
 */
export class ClusterState {
  readonly backoff: Backoff
  private readonly options: ClusterAutoscalerOptions
  private readonly requests = new Map<string, ScaleUpRequest>()
  /** Since when machines are known that have not joined. */
  private readonly awaitedSince = new Map<string, Micros>()
  private readonly readiness = new Map<string, Readiness>()
  private total: Readiness = noReadiness()

  constructor(options: ClusterAutoscalerOptions) {
    this.options = options
    this.backoff = new Backoff(options)
  }

  get cluster(): Readiness {
    return this.total
  }

  of(group: string): Readiness {
    return this.readiness.get(group) ?? noReadiness()
  }

  /** Takes the newest nodes and groups. */
  update(index: GroupIndex, nodes: readonly Node[], now: Micros): StateNews {
    const { maxNodeProvisionTime } = this.options
    this.readiness.clear()
    this.total = noReadiness()
    for (const { name } of index.groups) this.readiness.set(name, noReadiness())
    for (const node of nodes) {
      countNode(this.total, node, maxNodeProvisionTime, now)
      const own = this.readiness.get(index.groupOf(node)?.name ?? '')
      if (own !== undefined) countNode(own, node, maxNodeProvisionTime, now)
    }
    const lost = this.countUnregistered(index, nodes, now)
    const failed = new Map<string, readonly Instance[]>()
    for (const { name, instances } of index.groups) {
      const broken = instances.filter(({ problem }) => problem !== undefined)
      if (broken.length === 0) continue
      failed.set(name, broken)
      this.fail(name, now)
    }
    this.backoff.forget(now)
    return { timedOut: this.settleRequests(index, now), lost, failed }
  }

  /** A group was asked for more machines. */
  requested(group: string, increase: number, now: Micros): void {
    const known = this.requests.get(group)
    const expectedBy = now + this.options.maxNodeProvisionTime
    this.requests.set(group, { increase: increase + (known?.increase ?? 0), expectedBy })
  }

  isScalingUp(group: string): boolean {
    return this.requests.has(group)
  }

  fail(group: string, now: Micros): void {
    this.requests.delete(group)
    this.backoff.fail(group, now)
  }

  /** How many of a group's machines are on their way. Those that are being drained still count to its target. */
  upcoming({ name, target }: NodeGroup): number {
    const { ready, unready, deleted, longUnregistered } = this.of(name)
    return Math.max(0, target - ready - unready - deleted - longUnregistered)
  }

  /** Source: clusterstate.go, IsClusterHealthy. */
  get isHealthy(): boolean {
    const { unready, longUnregistered, registered } = this.total
    const { okTotalUnreadyCount, maxTotalUnreadyPercentage } = this.options
    const wrong = unready + longUnregistered
    return wrong <= okTotalUnreadyCount || wrong * 100 <= maxTotalUnreadyPercentage * registered
  }

  /** Source: clusterstate.go, IsNodeGroupHealthy: what was there before is not worse off than it may be. */
  isGroupHealthy({ name, target }: NodeGroup): boolean {
    const { unready, longUnregistered, ready } = this.of(name)
    if (target === 0 || this.requests.has(name)) return true
    const wrong = unready + longUnregistered
    return wrong <= this.options.okTotalUnreadyCount || ready > 0
  }

  private countUnregistered(
    index: GroupIndex,
    nodes: readonly Node[],
    now: Micros,
  ): ReadonlyMap<string, readonly string[]> {
    const registered = new Set<string>()
    for (const { metadata } of nodes) registered.add(metadata.name)
    const awaited = new Set<string>()
    const lost = new Map<string, string[]>()
    for (const { name: group, instances } of index.groups) {
      const readiness = this.readiness.get(group) ?? noReadiness()
      for (const { name, state, problem } of instances) {
        if (registered.has(name) || state === 'deleting' || problem !== undefined) continue
        awaited.add(name)
        const since = this.awaitedSince.get(name) ?? now
        this.awaitedSince.set(name, since)
        if (since + this.options.maxNodeProvisionTime >= now) {
          readiness.unregistered++
          this.total.unregistered++
          continue
        }
        readiness.longUnregistered++
        this.total.longUnregistered++
        lost.set(group, [...(lost.get(group) ?? []), name])
      }
    }
    for (const name of this.awaitedSince.keys()) if (!awaited.has(name)) this.awaitedSince.delete(name)
    return lost
  }

  /** Source: clusterstate.go, updateScaleRequests. */
  private settleRequests(index: GroupIndex, now: Micros): readonly string[] {
    const timedOut: string[] = []
    for (const [name, { expectedBy }] of [...this.requests]) {
      const group = index.group(name)
      if (group === undefined || this.upcoming(group) === 0) {
        this.requests.delete(name)
        this.backoff.succeed(name)
      } else if (expectedBy < now) {
        this.fail(name, now)
        timedOut.push(name)
      }
    }
    return timedOut
  }
}
