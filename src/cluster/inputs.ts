import type { EventData } from '../events/catalogue/index.ts'
import type { ActorId, Micros } from '../events/envelope.ts'
import type { Fault } from './fault.ts'

type SentType =
  | 'ApiRequested'
  | 'WatchRequested'
  | 'WatchCancelled'
  | 'CallRequested'
  | 'EndTask'
  | 'WebhookAnswered'
  | 'BackendStateRequested'
  | 'UsageRequested'

interface Sent<T extends SentType> {
  readonly type: T
  readonly data: EventData<T>
  /** The API server that gets it, the machine on which somebody inside a Pod makes a call or ends a process, or the kubelet that is asked. */
  readonly to: ActorId
}

/** What comes from outside the cluster, as over HTTP: from a client of the API, or from a webhook. What is answered is addressed to `outside`. */
export type OutsideMessage = { readonly [T in SentType]: Sent<T> }[SentType]

/** What comes from outside: what people do and what chaos does. With seed and options it determines the whole log. */
export type Input = { readonly at: Micros } & (
  | { readonly kind: 'kubectl'; readonly invocation: EventData<'KubectlInvoked'> }
  | { readonly kind: 'message'; readonly message: OutsideMessage }
  /** `fault` numbers are given in the order in which faults begin. */
  /** Without `lasts` it goes on until an input ends it. */
  | { readonly kind: 'begin'; readonly fault: Fault; readonly lasts?: Micros }
  | { readonly kind: 'end'; readonly faultNumber: number }
)

/**
 * Inputs in order of time, those of one instant in the order in which they were planned. An input happens after everything
 * that was due at its instant, so that it does not matter how a run is cut into pieces.
 */
export class InputQueue {
  private readonly planned: Input[] = []
  private done = 0

  /** Everything planned so far, past and future. */
  all(): readonly Input[] {
    return this.planned
  }

  add(input: Input): void {
    let index = this.planned.length
    while (index > this.done && (this.planned[index - 1]?.at ?? 0) > input.at) index--
    this.planned.splice(index, 0, input)
  }

  /** The next input that is due by `until`. */
  take(until: Micros): Input | undefined {
    const input = this.planned[this.done]
    if (input === undefined || input.at > until) return undefined
    this.done++
    return input
  }
}
