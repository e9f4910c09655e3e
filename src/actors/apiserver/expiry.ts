import type { Micros } from '../../events/envelope.ts'
import type { ActorContext } from '../../engine/actor.ts'

/**
 * Things that expire after one and the same time: what came first is due first, so one alarm serves all of them.
 *
 * What is done in time is only taken out of the table; the alarm, once set, fires and finds it gone. A request that takes a
 * millisecond thus costs no alarm of its own for its sixty seconds.
 */
export class Expiry<T> {
  private readonly timer: string
  private readonly after: Micros
  private readonly items = new Map<number, { readonly due: Micros; readonly item: T }>()
  private armed = false
  private next = 1

  /** @param timer Name of the alarm, unique within the actor. */
  constructor(timer: string, after: Micros) {
    this.timer = timer
    this.after = after
  }

  get size(): number {
    return this.items.size
  }

  /** Gives the ticket to `take` it back with. */
  add(context: ActorContext, item: T): number {
    const ticket = this.next++
    this.items.set(ticket, { due: context.monotonic + this.after, item })
    if (!this.armed) {
      this.armed = true
      context.setTimer(this.timer, '', this.after)
    }
    return ticket
  }

  /** Takes an item out before it expires; undefined when it has. */
  take(ticket: number): T | undefined {
    const entry = this.items.get(ticket)
    this.items.delete(ticket)
    return entry?.item
  }

  /** The alarm fired: takes out and gives what has expired, oldest first. */
  fired(context: ActorContext): readonly T[] {
    this.armed = false
    const expired: T[] = []
    for (const [ticket, { due, item }] of this.items) {
      if (due > context.monotonic) {
        this.armed = true
        context.setTimer(this.timer, '', due - context.monotonic)
        break
      }
      this.items.delete(ticket)
      expired.push(item)
    }
    return expired
  }
}
