/** Receives what a chart emits, in the order in which the chart's actions stand, once the row shows the new state. */
export type Emit<TEmitted> = (emitted: TEmitted) => void

/**
 * One running instance of a chart, owned by whoever started it: a kubelet keeps one per pod.
 *
 * Plain data: it can be written to a checkpoint and read back. Its chart moves it in place by replacing the fields,
 * never by changing a context, so a context that was handed out stays as it was.
 */
export interface Row<TContext> {
  /**
   * Dotted path of the active leaf, `running.ready`. Empty for a chart without states. Leaves of parallel regions stand
   * side by side in document order: `link.up|power.on`.
   */
  state: string
  context: TContext
  /** Only for a chart that is interpreted. */
  interpreter?: InterpreterMemory
}

/** What xstate's interpreter knows beyond leaves and context. All strings are dotted state paths. */
export interface InterpreterMemory {
  /** Active states in the order in which they were entered: it decides whose `always` is taken first. */
  readonly active: readonly string[]
  /** What each history state remembers, by the id of the history state. */
  readonly history: Readonly<Record<string, readonly string[]>>
}

interface ChartOperations<TContext, TEvent, TEmitted, TInput, TPath extends string> {
  readonly id: string
  /** Enters the initial state, entry actions included. */
  start(input: TInput, emit: Emit<TEmitted>): Row<TContext>
  /**
   * Moves the row by one event and tells whether a transition was taken; a row in a final state takes none.
   * When an action throws, the row is as before and nothing has been emitted.
   */
  step(row: Row<TContext>, event: TEvent, emit: Emit<TEmitted>): boolean
  /** Whether `step` would take a transition that names a target or an action. */
  can(row: Row<TContext>, event: TEvent): boolean
  /** Whether the row is in that state or in one below it: `matches(row, 'running')` holds in `running.ready`. */
  matches(row: Row<TContext>, path: TPath): boolean
  /** Whether the chart is over: it has reached a final state of its top level. */
  isFinal(row: Row<TContext>): boolean
}

/** A statechart ready to run rows. `reason` says why a chart runs in xstate's interpreter, some 40 times slower. */
export type Chart<TContext, TEvent, TEmitted, TInput, TPath extends string = string> = ChartOperations<
  TContext,
  TEvent,
  TEmitted,
  TInput,
  TPath
> &
  ({ readonly compiled: true } | { readonly compiled: false; readonly reason: string })
