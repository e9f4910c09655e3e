import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import { InvariantError, invariant } from '../invariant.ts'
import { createInertScope } from './inert.ts'
import type { InertScope } from './inert.ts'
import type { Chart, Emit, InterpreterMemory, Row } from './row.ts'
import { demandDeliverable } from './selection.ts'
import { findNode, LEAF_SEPARATOR, memoryOf, readSnapshot, stateOf } from './snapshot.ts'

/**
 * Runs a chart that the table form does not know in xstate's own interpreter, row by row, without an actor.
 *
 * The row is the truth and a snapshot is derived from it, so a row read back from a checkpoint runs on. The snapshot
 * last made for a row is remembered to save the derivation.
 */
export const interpret = <TContext, TEvent extends EventObject, TEmitted, TInput>(
  machine: AnyStateMachine,
  reason: string,
): Chart<TContext, TEvent, TEmitted, TInput> => {
  const scope: InertScope<TEmitted> = createInertScope(machine)
  const snapshots = new WeakMap<Row<TContext>, Remembered<TContext>>()

  const snapshotOf = (row: Row<TContext>): AnyMachineSnapshot => {
    const known = snapshots.get(row)
    if (known !== undefined && known.context === row.context && known.interpreter === row.interpreter) {
      return known.snapshot
    }
    if (row.interpreter === undefined) throw new InvariantError(`chart '${machine.id}' needs a row that it has started`)
    return remember(row, readSnapshot(machine, row.context, row.interpreter), row.interpreter)
  }

  const remember = (
    row: Row<TContext>,
    snapshot: AnyMachineSnapshot,
    interpreter: InterpreterMemory,
  ): AnyMachineSnapshot => {
    snapshots.set(row, { snapshot, context: row.context, interpreter })
    return snapshot
  }

  const show = (row: Row<TContext>, snapshot: AnyMachineSnapshot): void => {
    row.state = stateOf(snapshot)
    row.context = snapshot.context
    row.interpreter = memoryOf(snapshot)
    remember(row, snapshot, row.interpreter)
  }

  return {
    id: machine.id,
    compiled: false,
    reason,
    start(input, emit) {
      const { snapshot, emitted } = scope.run((inert) => machine.getInitialSnapshot(inert, input))
      // xstate keeps what a first action throws as a status; a chart that cannot start is a programmer's error.
      if (snapshot.status === 'error') throw snapshot.error
      const row: Row<TContext> = { state: '', context: snapshot.context }
      show(row, snapshot)
      emitInOrder(emitted, emit)
      return row
    },
    step(row, event, emit) {
      demandDeliverable(machine.id, event.type)
      const before = snapshotOf(row)
      if (before.status !== 'active') return false
      // A transition that only emits gives the same snapshot back, so identity alone does not tell.
      const taken = before.can(event)
      const { snapshot, emitted } = scope.run((inert) => machine.transition(before, event, inert))
      if (snapshot !== before) show(row, snapshot)
      emitInOrder(emitted, emit)
      return taken || snapshot !== before
    },
    can(row, event) {
      demandDeliverable(machine.id, event.type)
      const snapshot = snapshotOf(row)
      return snapshot.status === 'active' && snapshot.can(event)
    },
    matches(row, path) {
      if (row.state.split(LEAF_SEPARATOR).some((leaf) => leaf === path || leaf.startsWith(`${path}.`))) return true
      invariant(findNode(machine, path) !== undefined, `chart '${machine.id}' has no state '${path}'`)
      return false
    },
    isFinal: (row) => snapshotOf(row).status === 'done',
  }
}

interface Remembered<TContext> {
  readonly snapshot: AnyMachineSnapshot
  readonly context: TContext
  readonly interpreter: InterpreterMemory
}

const emitInOrder = <TEmitted>(emitted: readonly TEmitted[], emit: Emit<TEmitted>): void => {
  for (const one of emitted) emit(one)
}
