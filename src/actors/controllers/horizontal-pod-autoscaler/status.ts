import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { HorizontalPodAutoscaler, MetricStatus } from '../../../kubernetes/types/autoscaling.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'

type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited'

/** What a sync finds out, before it is written. */
export class Findings {
  conditions: readonly Condition[]
  private readonly autoscaler: HorizontalPodAutoscaler
  private readonly world: World

  constructor(autoscaler: HorizontalPodAutoscaler, world: World) {
    this.autoscaler = autoscaler
    this.world = world
    this.conditions = autoscaler.status?.conditions ?? []
  }

  note(type: ConditionType, isTrue: boolean, reason: string, message: string): void {
    const status = isTrue ? 'True' : 'False'
    this.conditions = setCondition(this.conditions, { type, status, reason, message }, rfc3339(this.world.now))
  }

  /** Writes what has changed. Source: horizontal.go, setStatus and updateStatusIfNeeded (v1.36). */
  *write(sizes?: Sizes): Sync<void> {
    const { autoscaler, conditions } = this
    const before = autoscaler.status
    const status = sizes === undefined ? { desiredReplicas: 0, ...before, conditions } : this.withSizes(sizes)
    if (before !== undefined && sameJson(before, status)) return
    const { namespace, name } = autoscaler.metadata
    const body = { ...autoscaler, status }
    const kind = 'HorizontalPodAutoscaler'
    const answer = yield* call({ verb: 'update', kind, namespace, name, subresource: 'status', body })
    if (!answer.ok) this.world.event(kind, autoscaler, 'Warning', 'FailedUpdateStatus', answer.message)
  }

  private withSizes({ current, desired, metrics, isRescaled }: Sizes): NonNullable<HorizontalPodAutoscaler['status']> {
    const before = this.autoscaler.status
    const lastScaleTime = isRescaled ? rfc3339(this.world.now) : before?.lastScaleTime
    return {
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      ...(current === 0 ? {} : { currentReplicas: current }),
      desiredReplicas: desired ?? before?.desiredReplicas ?? 0,
      ...(metrics.length === 0 ? {} : { currentMetrics: metrics }),
      conditions: this.conditions,
    }
  }
}

export interface Sizes {
  readonly current: number
  /** Absent: as it was. */
  readonly desired?: number
  readonly metrics: readonly MetricStatus[]
  readonly isRescaled: boolean
}
