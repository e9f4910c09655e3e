import type { Micros } from '../../events/envelope.ts'
import type { ClusterAutoscalerOptions } from './options.ts'

interface Entry {
  duration: Micros
  until: Micros
  failedAt: Micros
}

/**
 * Node groups that are left alone because they failed to grow: 5 minutes, then twice as long each time, up to 30.
 * Source: cluster-autoscaler/utils/backoff/exponential_backoff.go (v1.36).
 */
export class Backoff {
  private readonly options: ClusterAutoscalerOptions
  private readonly entries = new Map<string, Entry>()

  constructor(options: ClusterAutoscalerOptions) {
    this.options = options
  }

  /** A group has failed. Several failures during one back-off are one. */
  fail(group: string, now: Micros): void {
    const { initialNodeGroupBackoff, maxNodeGroupBackoff } = this.options
    const known = this.entries.get(group)
    const duration =
      known === undefined
        ? initialNodeGroupBackoff
        : known.until < now
          ? Math.min(2 * known.duration, maxNodeGroupBackoff)
          : known.duration
    this.entries.set(group, { duration, until: now + duration, failedAt: now })
  }

  succeed(group: string): void {
    this.entries.delete(group)
  }

  isBackedOff(group: string, now: Micros): boolean {
    return (this.entries.get(group)?.until ?? now) > now
  }

  /** Forgets failures of long ago. */
  forget(now: Micros): void {
    for (const [group, { failedAt }] of this.entries) {
      if (failedAt + this.options.nodeGroupBackoffReset < now) this.entries.delete(group)
    }
  }
}
