import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { KeyedHeap } from './keyed-heap.ts'
import { queueKey, type Less, type QueuedPod } from './queued-pod.ts'

/** Backoffs end together on whole seconds, so that priority orders them. Source: backoff_queue.go, backoffQOrderingWindowDuration. */
export const ORDERING_WINDOW: Micros = seconds(1)

/** The start of the window that a time lies in. */
const alignToWindow = (at: Micros): Micros => Math.floor(at / ORDERING_WINDOW) * ORDERING_WINDOW

/**
 * Pods that were rejected and have to wait before they are tried again; Pods whose attempt failed with an error wait
 * apart, for they must not be taken out early.
 * Source: pkg/scheduler/backend/queue/backoff_queue.go (v1.36).
 */
export class BackoffQueue {
  private readonly initial: Micros
  private readonly longest: Micros
  private readonly rejected: KeyedHeap<QueuedPod>
  private readonly erred: KeyedHeap<QueuedPod>

  constructor(initial: Micros, longest: Micros, activeLess: Less) {
    this.initial = initial
    this.longest = longest
    const byExpiry = (a: QueuedPod, b: QueuedPod): number => this.expiration(a) - this.expiration(b)
    this.rejected = new KeyedHeap(queueKey, (a, b) => {
      const order = byExpiry(a, b)
      return order < 0 || (order === 0 && activeLess(a, b))
    })
    this.erred = new KeyedHeap(queueKey, (a, b) => {
      const order = byExpiry(a, b)
      return order < 0 || (order === 0 && a.arrival < b.arrival)
    })
  }

  get size(): number {
    return this.rejected.size + this.erred.size
  }

  /** Expiry and now are held against each other by window: within its last window a Pod still waits. */
  isBackingOff(pod: QueuedPod, now: Micros): boolean {
    return this.expiration(pod) >= alignToWindow(now)
  }

  /** When the Pod may be tried again. Doubles with each failure, up to the longest. */
  expiration(pod: QueuedPod): Micros {
    const count = pod.consecutiveErrors > 0 ? pod.consecutiveErrors : pod.unschedulableCount
    if (count === 0) return pod.timestamp
    pod.backoffExpiration ??= alignToWindow(pod.timestamp + this.duration(count))
    return pod.backoffExpiration
  }

  add(pod: QueuedPod): void {
    const isError = pod.unschedulablePlugins.size === 0 && pod.pendingPlugins.size === 0
    if (isError) this.erred.put(pod)
    else this.rejected.put(pod)
  }

  get(key: string): QueuedPod | undefined {
    return this.rejected.get(key) ?? this.erred.get(key)
  }

  /** To be called when an entry's Pod has changed. */
  reorder(pod: QueuedPod): void {
    const heap = this.rejected.get(queueKey(pod)) === undefined ? this.erred : this.rejected
    heap.put(pod)
  }

  remove(key: string): QueuedPod | undefined {
    return this.rejected.remove(key) ?? this.erred.remove(key)
  }

  /** The first of the rejected ones, before its time: nothing better is to be done. */
  popEarly(): QueuedPod | undefined {
    return this.rejected.pop()
  }

  get hasEarly(): boolean {
    return this.rejected.size > 0
  }

  popCompleted(now: Micros): readonly QueuedPod[] {
    const done: QueuedPod[] = []
    for (const heap of [this.rejected, this.erred]) {
      for (let first = heap.peek(); first !== undefined && !this.isBackingOff(first, now); first = heap.peek()) {
        heap.pop()
        done.push(first)
      }
    }
    return done
  }

  private duration(count: number): Micros {
    let duration = this.initial
    for (let i = 1; i < count; i++) {
      if (duration > this.longest - duration) return this.longest
      duration += duration
    }
    return duration
  }
}
