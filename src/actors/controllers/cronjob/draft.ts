import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { ObjectReference } from '../../../kubernetes/types/meta.ts'
import type { CronJob } from '../../../kubernetes/types/workloads.ts'

/** A CronJob while a sync works on it: the version that was read, and the status that is to be written. */
export class Draft {
  cronJob: CronJob
  active: readonly ObjectReference[]
  lastScheduleTime: string | undefined
  lastSuccessfulTime: string | undefined
  /** Whether the status says something new. */
  isNews = false

  constructor(cronJob: CronJob) {
    this.cronJob = cronJob
    this.active = cronJob.status?.active ?? []
    this.lastScheduleTime = cronJob.status?.lastScheduleTime
    this.lastSuccessfulTime = cronJob.status?.lastSuccessfulTime
  }

  isActive(uid: string): boolean {
    return this.active.some((reference) => reference.uid === uid)
  }

  drop(uid: string): void {
    this.active = this.active.filter((reference) => reference.uid !== uid)
  }

  start(reference: ObjectReference, at: Micros): void {
    this.active = [...this.active, reference]
    this.lastScheduleTime = rfc3339(at)
    this.isNews = true
  }

  /** As it is to be written; empty fields are left out, as on the wire. */
  written(): CronJob {
    const { active, lastScheduleTime, lastSuccessfulTime } = this
    return {
      ...this.cronJob,
      status: {
        ...(active.length === 0 ? {} : { active }),
        ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
        ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
      },
    }
  }
}
