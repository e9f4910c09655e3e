import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { ObjectReference } from '../../../kubernetes/types/meta.ts'
import type { CronJob } from '../../../kubernetes/types/workloads.ts'

/** A CronJob while a sync works on it: the version that was read, and the status that is to be written. */
export class Draft {
  cronJob: CronJob
  active: readonly ObjectReference[] = []
  lastScheduleTime: string | undefined
  lastSuccessfulTime: string | undefined
  /** Whether the status says something new. */
  isNews = false
  /** As it was found before the sync went on with a newer version. */
  private overtaken: CronJob | undefined

  constructor(cronJob: CronJob) {
    this.cronJob = cronJob
    this.read(cronJob)
  }

  /**
   * Goes on with a newer version than the one that was read. What the sync finds from here on is written nowhere: what it had
   * found before is, over the version that was read, and meets a conflict.
   * Source: cronjob_controllerv2.go, syncCronJob (v1.36), which changes the newer one, and sync, which writes the other.
   */
  continueWith(newer: CronJob): void {
    this.overtaken ??= this.current()
    this.read(newer)
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

  /** As the sync knows it now; empty fields are left out, as on the wire. */
  current(): CronJob {
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

  /** As it is to be written. */
  written(): CronJob {
    return this.overtaken ?? this.current()
  }

  private read(cronJob: CronJob): void {
    this.cronJob = cronJob
    this.active = cronJob.status?.active ?? []
    this.lastScheduleTime = cronJob.status?.lastScheduleTime
    this.lastSuccessfulTime = cronJob.status?.lastSuccessfulTime
  }
}
