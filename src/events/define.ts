import type * as t from 'io-ts'

/**
 * What an event is to the world:
 * `fact` past tense and already true; `command` imperative, one addressee, may be refused; `message` carries protocol
 * traffic that the seed regenerates; `timer` an actor's own alarm; `fault` a fact that only chaos records.
 */
export type EventClass = 'fact' | 'command' | 'message' | 'timer' | 'fault'

/** One row of the catalogue. */
export interface EventDefinition<C extends t.Mixed = t.Mixed> {
  readonly class: EventClass
  /** Current schema version. */
  readonly v: number
  /** One sentence for the reference table. */
  readonly doc: string
  /** Codec of `data` as it stands in a recording. */
  readonly data: C
  /** `data` of version v to version v + 1, by v; needed from version 2 on. */
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>
  /**
   * The part of `data` that is written and hashed, where it is not all of it: protocol traffic that carries a payload
   * which another event of the log already holds writes a reference to it instead.
   */
  readonly encode?: (data: t.TypeOf<C>) => unknown
}

/** Adds a row to the catalogue; exists so that the codec's type is inferred. */
export const defineEvent = <C extends t.Mixed>(definition: EventDefinition<C>): EventDefinition<C> => definition
