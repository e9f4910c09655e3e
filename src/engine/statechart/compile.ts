import type { AnyStateMachine, ContextFrom, EmittedFrom, EventFrom, InputFrom, SnapshotFrom } from 'xstate'
import { interpret } from './interpret.ts'
import type { Chart } from './row.ts'
import { readMachine } from './source.ts'
import { createTable } from './table.ts'
import { unsupported } from './unsupported.ts'

/** The chart of a machine: `ChartOf<typeof podMachine>`. */
export type ChartOf<TMachine extends AnyStateMachine> = Chart<
  ContextFrom<TMachine>,
  EventFrom<TMachine>,
  EmittedFrom<TMachine>,
  InputFrom<TMachine>,
  StatePath<SnapshotFrom<TMachine>['value']>
>

/** Every state of a machine as a dotted path; any string where the machine's type does not tell. */
export type StatePath<TValue> = string extends TValue ? string : KnownPath<TValue>

type KnownPath<TValue> = TValue extends string
  ? TValue
  : TValue extends object
    ? { [K in keyof TValue & string]: K | `${K}.${KnownPath<TValue[K]>}` }[keyof TValue & string]
    : never

/**
 * Makes a chart that was written with xstate's `setup({...}).createMachine({...})` run rows.
 *
 * Nested states, entry, exit and initial actions, `reenter`, wildcards, guards with `and`, `or`, `not`, `stateIn`,
 * `assign`, `emit` and parameters are compiled into a table. Whatever else stays inside the chart (parallel and
 * history states, `always`, `onDone`, `raise`, `enqueueActions`, `log`) runs in xstate's interpreter behind the same
 * interface; `reason` says which it is.
 *
 * @throws InvariantError if the chart uses `after`, `invoke`, `spawn`, `sendTo`, a delay, an output or a bare function
 * as an action.
 */
export const compileChart = <TMachine extends AnyStateMachine>(machine: TMachine): ChartOf<TMachine> => {
  const source = readMachine<ContextFrom<TMachine>, EventFrom<TMachine>, EmittedFrom<TMachine>, InputFrom<TMachine>>(
    machine,
  )
  const reason = unsupported(source)
  return reason === undefined ? createTable(source) : interpret(machine, reason)
}
