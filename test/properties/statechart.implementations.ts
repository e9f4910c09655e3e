import { createActor } from 'xstate'
import type { AnyStateMachine } from 'xstate'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import { chartLogic } from '../../src/engine/statechart/logic.ts'
import type { Row } from '../../src/engine/statechart/row.ts'
import type { AnyChart, Implementation } from './statechart.equivalence.ts'

/** Rows as an owning actor keeps them. */
export const asRows: Implementation = (machine: AnyStateMachine): AnyChart => compileChart(machine)

/** The same, but each row is written down as JSON and read back before every event, as after a checkpoint. */
export const asRestoredRows: Implementation = (machine) => {
  const chart: AnyChart = compileChart(machine)
  return {
    ...chart,
    step(row, event, emit) {
      const restored: Row<unknown> = JSON.parse(JSON.stringify(row))
      const taken = chart.step(restored, event, emit)
      Object.assign(row, restored)
      return taken
    },
  }
}

/** One chart as a whole xstate actor. */
export const asActor: Implementation = (machine) => {
  const chart: AnyChart = compileChart(machine)
  const logic = chartLogic(chart)
  const actors = new WeakMap<Row<unknown>, ReturnType<typeof createActor<typeof logic>>>()
  return {
    ...chart,
    start(input, emit) {
      const actor = createActor(logic, { input, id: machine.id })
      actor.on('*', emit)
      actor.subscribe({ error: () => {} })
      actor.start()
      const snapshot = actor.getSnapshot()
      if (snapshot.status === 'error') throw snapshot.error
      const row = { ...snapshot }
      actors.set(row, actor)
      return row
    },
    step(row, event) {
      const actor = actors.get(row)
      const before = actor?.getSnapshot()
      actor?.send(event)
      const after = actor?.getSnapshot()
      if (after?.status === 'error') throw after.error
      Object.assign(row, after)
      return after !== before
    },
  }
}
