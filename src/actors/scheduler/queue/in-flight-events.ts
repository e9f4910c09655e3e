import type { ClusterEvent } from '../framework/events.ts'

const NOTHING: readonly ClusterEvent[] = []

/**
 * What happened while Pods were being scheduled: an attempt that fails may have been overtaken by the event it needs.
 * Source: pkg/scheduler/backend/queue/active_queue.go, inFlightPods and inFlightEvents (v1.36).
 */
export class InFlightEvents {
  private events: ClusterEvent[] = []
  /** How many events have been dropped from the front. */
  private dropped = 0
  /** By Pod uid, in order of departure: how many events there had been when it left the queue. */
  private readonly since = new Map<string, number>()

  has(uid: string): boolean {
    return this.since.has(uid)
  }

  get size(): number {
    return this.since.size
  }

  depart(uid: string): void {
    this.since.delete(uid)
    this.since.set(uid, this.dropped + this.events.length)
  }

  /** Kept only while somebody may ask for it. */
  record(event: ClusterEvent): void {
    if (this.since.size > 0) this.events.push(event)
  }

  sinceDeparture(uid: string): readonly ClusterEvent[] {
    const from = this.since.get(uid)
    return from === undefined ? NOTHING : this.events.slice(from - this.dropped)
  }

  arrive(uid: string): void {
    if (!this.since.delete(uid)) return
    // Departures are in order, so the first one still out is the oldest.
    for (const oldest of this.since.values()) {
      const unneeded = oldest - this.dropped
      if (unneeded > 0) {
        this.events.splice(0, unneeded)
        this.dropped = oldest
      }
      return
    }
    this.events = []
    this.dropped = 0
  }
}
