import type { Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { Expiry } from './expiry.ts'

/** A request waits for a seat no longer than this. Source: apiserver/pkg/server/config.go: a quarter of the request timeout. */
const WAIT_MAX: Micros = seconds(15)

export const SEAT_TIMER = 'seat'

/**
 * How many requests are worked on at once; the others wait in line, as long as the line is not too long.
 * Abridged: one priority level and one queue, first come, first served; upstream's priority and fairness has eight levels.
 */
export class Seats<T> {
  private readonly seats: number
  private readonly queueLength: number
  private readonly queue = new Map<T, number>()
  private readonly waits = new Expiry<T>(SEAT_TIMER, WAIT_MAX)
  private taken = 0

  constructor(seats: number, queueLength: number) {
    this.seats = seats
    this.queueLength = queueLength
  }

  /** Whether a request may be worked on now, has to wait, or is sent away. */
  request(context: ActorContext, item: T): 'now' | 'later' | 'never' {
    if (this.taken < this.seats) {
      this.taken++
      return 'now'
    }
    if (this.queue.size >= this.queueLength) return 'never'
    this.queue.set(item, this.waits.add(context, item))
    return 'later'
  }

  /** A seat is free: gives who has it now. */
  leave(): T | undefined {
    for (const [item, ticket] of this.queue) {
      this.queue.delete(item)
      this.waits.take(ticket)
      return item
    }
    this.taken--
    return undefined
  }

  /** Takes somebody out of the line; false when not in it. */
  withdraw(item: T): boolean {
    const ticket = this.queue.get(item)
    if (ticket === undefined) return false
    this.queue.delete(item)
    this.waits.take(ticket)
    return true
  }

  /** The alarm SEAT_TIMER fired: who has waited too long. */
  fired(context: ActorContext): readonly T[] {
    const gone = this.waits.fired(context)
    for (const item of gone) this.queue.delete(item)
    return gone
  }
}
