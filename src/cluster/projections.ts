import { Projections } from '../engine/projection.ts'
import type { LogEvent, Micros, Seq } from '../events/envelope.ts'
import { SERVED_KINDS } from '../kubernetes/registry.ts'
import type { Kind } from '../kubernetes/kinds.ts'
import type { View } from '../kubernetes/view.ts'
import type { CauseLog } from '../projections/causes.ts'
import { availabilityProjection, type Availability } from '../projections/endpoints.ts'
import { metricsProjection, type Metrics } from '../projections/metrics.ts'
import { objectsProjection } from '../projections/objects/projection.ts'
import type { ObjectStore } from '../projections/objects/store.ts'
import { schedulingProjection, type Scheduling } from '../projections/scheduling.ts'
import { timelineProjection, type Timeline, type TimelineRow } from '../projections/timeline.ts'
import { why, type WhySubject, type WhyStep } from '../projections/why.ts'
import { etcdLeaderProjection, type EtcdLeader } from './etcd-leader.ts'
import { invocationsProjection, type Invocations } from './invocations.ts'

/** All that a cluster or a recording tells besides its log: folded from it, event by event. */
export class ClusterProjections {
  readonly objects: ObjectStore
  readonly availability: Availability
  readonly metrics: Metrics
  readonly invocations: Invocations
  readonly scheduling: Scheduling
  private readonly told: Timeline
  private readonly leader: EtcdLeader
  private readonly folded = new Projections()

  constructor(history: 'all' | 'compacted', causeOf: (seq: Seq) => Seq) {
    this.objects = this.folded.add(objectsProjection({ history }))
    this.leader = this.folded.add(etcdLeaderProjection)
    this.invocations = this.folded.add(invocationsProjection)
    this.told = this.folded.add(timelineProjection(this.objects, causeOf))
    this.availability = this.folded.add(availabilityProjection(this.objects))
    this.metrics = this.folded.add(metricsProjection(this.objects))
    this.scheduling = this.folded.add(schedulingProjection(this.objects))
  }

  readonly fold = (event: LogEvent): void => this.folded.fold(event)

  head(): View {
    return this.objects.at(this.objects.head)
  }

  at(time: Micros): View {
    return this.objects.at(this.objects.revisionAt(time))
  }

  kinds(): readonly Kind[] {
    return SERVED_KINDS.map(({ kind }) => kind)
  }

  timeline(): readonly TimelineRow[] {
    return this.told.rows
  }

  why(log: CauseLog, object: WhySubject): readonly WhyStep[] {
    return why(log, this.objects, object)
  }

  /** The process that leads etcd, as far as the log tells. */
  etcdLeader(): string | undefined {
    return this.leader.member === 0 ? undefined : `etcd/${this.leader.member}`
  }
}
