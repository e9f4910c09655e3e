import type { Micros } from '../../events/envelope.ts'

/** Since when nothing is wrong: actors leave work out in calm times (`quietFor`). */
export class Quiet {
  /** Faults in force. */
  private faults = 0
  /** When something last went wrong or right again. */
  private disturbedAt: Micros = 0

  disturb(now: Micros): void {
    this.disturbedAt = now
  }

  /** A fault begins (1) or ends (-1). */
  countFault(by: 1 | -1, now: Micros): void {
    this.faults += by
    this.disturb(now)
  }

  lastedUntil(now: Micros): Micros {
    return this.faults > 0 ? 0 : now - this.disturbedAt
  }
}
