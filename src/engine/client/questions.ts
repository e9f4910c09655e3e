import type { ActorId, LogEvent, Seq } from '../../events/envelope.ts'
import type { ActorContext } from '../actor.ts'
import type { CloudAnswer, Question } from './sync.ts'

interface Open {
  readonly key: string
  readonly to: ActorId
  readonly answered: (answer: CloudAnswer) => void
}

/** A controller's questions to the cloud, and which key waits for each. */
export class Questions {
  private readonly context: ActorContext
  private readonly goOn: (key: string) => void
  private readonly open = new Map<number, Open>()
  private next = 1

  constructor(context: ActorContext, goOn: (key: string) => void) {
    this.context = context
    this.goOn = goOn
  }

  ask(key: string, { to, question, answered }: Question, cause: Seq): void {
    const call = this.next++
    this.open.set(call, { key, to, answered })
    this.context.emit('CloudRequested', { call, ...question }, { to, cause })
  }

  /** True when the event was an answer. A lost connection is one to all that were asked over it, and others' business too. */
  receive(event: LogEvent): boolean {
    if (event.type === 'CloudAnswered') {
      const { call, ...answer } = event.data
      this.settle(call, answer)
      return true
    }
    if (event.type === 'ConnectionLost' && this.open.size > 0) {
      const { peer } = event.data
      for (const [call, { to }] of [...this.open]) {
        if (to === peer) this.settle(call, { problem: `connection to ${peer} lost` })
      }
    }
    return false
  }

  private settle(call: number, answer: CloudAnswer): void {
    const waiting = this.open.get(call)
    if (waiting === undefined) return
    this.open.delete(call)
    waiting.answered(answer)
    this.goOn(waiting.key)
  }
}
