import type { ActorLogic, ActorScope, AnyActorScope, EventObject, Snapshot } from 'xstate'
import { InvariantError, invariant } from '../invariant.ts'
import type { Chart, Row } from './row.ts'

/** Snapshot of an actor that is one chart: a row that nobody changes, with the status xstate asks for. */
export type ChartSnapshot<TContext> = Snapshot<undefined> & Readonly<Row<TContext>>

type AnySystem = AnyActorScope['system']

/** Makes one chart a whole actor. What it emits reaches `actor.on(...)`, after the snapshot shows the new state. */
export const chartLogic = <TContext, TEvent extends EventObject, TEmitted extends EventObject, TInput>(
  chart: Chart<TContext, TEvent, TEmitted, TInput>,
): ActorLogic<ChartSnapshot<TContext>, TEvent, TInput, AnySystem, TEmitted> => ({
  getInitialSnapshot: (scope, input) => snapshotOf(chart, chart.start(input, deferring(scope))),
  transition(snapshot, event, scope) {
    if (snapshot.status !== 'active') return snapshot
    if (isStop(event)) return { ...snapshot, status: 'stopped', output: undefined, error: undefined }
    const row = rowOf(snapshot)
    return chart.step(row, event, deferring(scope)) ? snapshotOf(chart, row) : snapshot
  },
  getPersistedSnapshot: (snapshot) => snapshot,
  restoreSnapshot(persisted) {
    invariant(hasRow<TContext>(persisted), `a snapshot of chart '${chart.id}' must hold its state and context`)
    const { status } = persisted
    if (status === 'error') throw new InvariantError(`chart '${chart.id}' cannot go on after an error`)
    const snapshot = snapshotOf(chart, rowOf(persisted))
    return status === 'stopped' ? { ...snapshot, status, output: undefined, error: undefined } : snapshot
  },
})

/** xstate tells a logic that its actor stops. Widened, because no chart declares the type. */
const isStop = (event: EventObject): boolean => event.type === 'xstate.stop'

const hasRow = <TContext>(snapshot: Snapshot<unknown>): snapshot is Snapshot<unknown> & Row<TContext> =>
  'state' in snapshot && typeof snapshot.state === 'string' && 'context' in snapshot

const rowOf = <TContext>({ state, context, interpreter }: Readonly<Row<TContext>>): Row<TContext> =>
  interpreter === undefined ? { state, context } : { state, context, interpreter }

const snapshotOf = <TContext, TEvent, TEmitted, TInput>(
  chart: Chart<TContext, TEvent, TEmitted, TInput>,
  row: Row<TContext>,
): ChartSnapshot<TContext> =>
  chart.isFinal(row)
    ? { status: 'done', output: undefined, error: undefined, ...row }
    : { status: 'active', output: undefined, error: undefined, ...row }

const deferring =
  <TSnapshot extends Snapshot<unknown>, TEvent extends EventObject, TEmitted extends EventObject>(
    scope: ActorScope<TSnapshot, TEvent, AnySystem, TEmitted>,
  ) =>
  (emitted: TEmitted): void =>
    scope.defer(() => scope.emit(emitted))
