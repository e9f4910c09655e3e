import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'

/** Source: pkg/kubelet/kubelet.go, genericPlegRelistPeriod. */
const RELIST_PERIOD: Micros = seconds(1)

/**
 * When the pod lifecycle event generator looks at the runtime: once a second, in a phase of its own.
 *
 * Only looks that can find something are events: the runtime tells of every change, and the look that would have found it
 * is set then. Source: pkg/kubelet/pleg/generic.go, Relist (v1.36).
 * Abridged: a look takes no time, so the phase does not drift.
 */
export class Relist {
  private readonly phase: Micros

  constructor(phase: Micros) {
    this.phase = phase % RELIST_PERIOD
  }

  /** A phase drawn for a kubelet. */
  static drawPhase(random: { below(n: number): number }): Micros {
    return random.below(RELIST_PERIOD)
  }

  /** The last look at or before `now`. */
  last(now: Micros): Micros {
    const since = (now - this.phase) % RELIST_PERIOD
    return now - (since < 0 ? since + RELIST_PERIOD : since)
  }

  /** The next look after `now`. */
  next(now: Micros): Micros {
    return this.last(now) + RELIST_PERIOD
  }
}
