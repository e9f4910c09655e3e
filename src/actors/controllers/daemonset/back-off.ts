import type { Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'

/** Source: cmd/kube-controller-manager/app/apps.go: flowcontrol.NewBackOff(1 s, 15 min). */
const FIRST: Micros = seconds(1)
const MOST: Micros = minutes(15)

interface Entry {
  delay: Micros
  since: Micros
}

/**
 * How long a failed Pod of a daemon stays before it is deleted, by daemon, generation and node: the kubelet may refuse each
 * new one. Source: client-go/util/flowcontrol/backoff.go (v1.36).
 */
export class FailedPodBackOff {
  private readonly entries = new Map<string, Entry>()

  /** The delay that has not run out yet. */
  waiting(key: string, now: Micros): Micros | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || isForgotten(entry, now)) return undefined
    return now - entry.since < entry.delay ? entry.delay : undefined
  }

  next(key: string, now: Micros): void {
    const entry = this.entries.get(key)
    if (entry === undefined || isForgotten(entry, now)) {
      for (const [other, old] of this.entries) if (isForgotten(old, now)) this.entries.delete(other)
      this.entries.set(key, { delay: FIRST, since: now })
      return
    }
    entry.delay = Math.min(entry.delay * 2, MOST)
    entry.since = now
  }
}

const isForgotten = ({ since }: Entry, now: Micros): boolean => now - since > 2 * MOST
