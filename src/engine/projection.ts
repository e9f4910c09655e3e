import type { EventType } from '../events/catalogue/index.ts'
import type { EventOf, LogEvent } from '../events/envelope.ts'
import type { Json } from '../events/json.ts'

/** What a projection does with the events it names; the state is its own and may be changed in place, events may not. */
export type Handlers<S> = { readonly [T in EventType]?: (state: S, event: EventOf<T>) => void }

/** State folded from the log: a pure function of the events, never stored beside them. */
export interface Projection<S> {
  readonly name: string
  readonly initial: () => S
  readonly on: Handlers<S>
  /** A copy of the state as data, for checkpoints and comparison. */
  readonly checkpoint?: (state: S) => Json
}

/** Exists so that the state's type is inferred. */
export const defineProjection = <S>(projection: Projection<S>): Projection<S> => projection

type AnyHandler<S> = (state: S, event: LogEvent) => void

// A handler is only ever called with events of the type under whose name it stands.
const handlerOf = <S>(projection: Projection<S>, type: EventType): AnyHandler<S> | undefined =>
  projection.on[type] as AnyHandler<S> | undefined

/** Folds one event into a state. */
export const foldEvent = <S>(projection: Projection<S>, state: S, event: LogEvent): void => {
  handlerOf(projection, event.type)?.(state, event)
}

/** Folds events into a new state, or goes on with the one given. */
export const foldAll = <S>(
  projection: Projection<S>,
  events: Iterable<LogEvent>,
  state: S = projection.initial(),
): S => {
  for (const event of events) foldEvent(projection, state, event)
  return state
}

/** Several projections over one log. An event costs one look-up and the handlers that name its type. */
export class Projections {
  private readonly byType = new Map<EventType, ((event: LogEvent) => void)[]>()

  /** Adds a projection and gives its state. Those added first are folded first. */
  add<S>(projection: Projection<S>): S {
    const state = projection.initial()
    for (const type of Object.keys(projection.on) as EventType[]) {
      const handler = handlerOf(projection, type)
      if (handler === undefined) continue
      const handlers = this.byType.get(type)
      const bound = (event: LogEvent): void => handler(state, event)
      if (handlers === undefined) this.byType.set(type, [bound])
      else handlers.push(bound)
    }
    return state
  }

  readonly fold = (event: LogEvent): void => {
    const handlers = this.byType.get(event.type)
    if (handlers === undefined) return
    for (const handler of handlers) handler(event)
  }
}
