import type { ActorId, LogEvent } from '../../events/envelope.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { EventData } from '../../events/catalogue/index.ts'

export type ContainerUsage = EventData<'UsageReported'>['containers'][number]

/**
 * What the kubelet answers on /metrics/resource: it knows of the containers' usage what its machine tells it.
 * Source: pkg/kubelet/server/server.go, metrics/resource; pkg/kubelet/stats (v1.36).
 */
export class UsageRelay {
  private readonly machine: ActorId
  private readonly context: ActorContext
  /** Who asked, and under what number, by ours. */
  private readonly open = new Map<number, { readonly by: ActorId; readonly scrape: number }>()
  /** The kubelet's own questions. */
  private readonly asked = new Map<number, (usage: readonly ContainerUsage[] | undefined) => void>()
  private next = 1

  constructor(machine: ActorId, context: ActorContext) {
    this.machine = machine
    this.context = context
  }

  /** Asks what the containers use now; undefined when the machine does not say. */
  ask(answer: (usage: readonly ContainerUsage[] | undefined) => void): void {
    const scrape = this.next++
    this.asked.set(scrape, answer)
    this.context.emit('UsageRequested', { scrape }, { to: this.machine })
  }

  /** True when the event was about usage. */
  receive(event: LogEvent): boolean {
    if (event.type === 'UsageRequested') {
      const scrape = this.next++
      this.open.set(scrape, { by: event.by, scrape: event.data.scrape })
      this.context.emit('UsageRequested', { scrape }, { to: this.machine })
      return true
    }
    if (event.type === 'ConnectionLost' && event.data.peer === this.machine) this.giveUp()
    if (event.type !== 'UsageReported') return false
    const answer = this.asked.get(event.data.scrape)
    if (answer !== undefined) {
      this.asked.delete(event.data.scrape)
      answer(event.data.containers)
      return true
    }
    const asked = this.open.get(event.data.scrape)
    this.open.delete(event.data.scrape)
    if (asked !== undefined) {
      this.context.emit('UsageReported', { ...event.data, scrape: asked.scrape }, { to: asked.by })
    }
    return true
  }

  private giveUp(): void {
    const asked = [...this.asked.values()]
    this.asked.clear()
    for (const answer of asked) answer(undefined)
  }
}
