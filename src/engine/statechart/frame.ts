import { InvariantError } from '../invariant.ts'

const unavailable = (what: string): never => {
  throw new InvariantError(`a chart has no \`${what}\`: it knows its context and the event, and acts by emitting`)
}

/**
 * What xstate hands to guards, assigners, emitters and parameter functions, without the ways out of the chart: reading
 * `self`, `system` or `spawn` throws. A new context is a new frame, so one frame serves every function that may see it.
 */
export class Frame<TContext, TEvent> {
  readonly context: TContext
  readonly event: TEvent

  constructor(context: TContext, event: TEvent) {
    this.context = context
    this.event = event
  }

  get self(): never {
    return unavailable('self')
  }

  get system(): never {
    return unavailable('system')
  }

  get spawn(): never {
    return unavailable('spawn')
  }
}

/** What a chart's `context: ({ input }) => ...` receives. */
export class InputFrame<TInput> {
  readonly input: TInput

  constructor(input: TInput) {
    this.input = input
  }

  get self(): never {
    return unavailable('self')
  }

  get spawn(): never {
    return unavailable('spawn')
  }
}
