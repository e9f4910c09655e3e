import type { Pod } from '../../kubernetes/types/pod.ts'

/** Source: pkg/updater/main.go, eviction-tolerance: half of a controller's Pods may be away (VPA 1.5). */
const TOLERANCE_PERCENT = 50

/**
 * How many of a controller's Pods may be evicted in one loop.
 * Source: pkg/updater/restriction/pods_eviction_restriction.go, CanEvict (VPA 1.5).
 */
export class EvictionBudget {
  private readonly configured: number
  private readonly tolerated: number
  private readonly running: number
  private gone = 0
  private resized = 0

  constructor(pods: readonly Pod[], configured: number) {
    this.configured = configured
    this.tolerated = Math.floor((configured * TOLERANCE_PERCENT) / 100)
    this.running = pods.filter((pod) => !isPending(pod)).length
  }

  allows(pod: Pod): boolean {
    // Who does not run yet is not missed.
    if (isPending(pod)) return true
    return this.isDisruptable()
  }

  /** Whether one more may be away. A resize may restart its Pod, so it counts. Source: isPodDisruptable. */
  isDisruptable(): boolean {
    const away = this.gone + this.resized
    if (this.running - away > this.configured - this.tolerated) return true
    // Where a half of all is less than one, one may go if all are there.
    return this.running === this.configured && this.tolerated === 0 && away === 0
  }

  evicted(pod: Pod): void {
    if (!isPending(pod)) this.gone++
  }

  inPlaceUpdated(): void {
    this.resized++
  }
}

const isPending = ({ status }: Pod): boolean => status?.phase === 'Pending'
