import { assign, emit, setup } from 'xstate'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import type { Emit } from '../../src/engine/statechart/row.ts'

/** What the unit tests of statecharts share: a chart that the table form knows. */
export interface LampContext {
  readonly watts: number
  readonly switched: number
}

const lampMachine = setup({
  types: {
    context: {} as LampContext,
    events: {} as { type: 'On'; watts: number } | { type: 'Dim'; by: number } | { type: 'Off' } | { type: 'Break' },
    emitted: {} as { type: 'Lit'; watts: number } | { type: 'Dark' },
    input: {} as { watts: number },
  },
  guards: { stays: ({ context, event }) => event.type === 'Dim' && event.by < context.watts },
}).createMachine({
  id: 'lamp',
  context: ({ input }) => ({ watts: input.watts, switched: 0 }),
  initial: 'off',
  on: { Break: '.broken' },
  states: {
    off: {
      entry: emit({ type: 'Dark' }),
      on: { On: { target: 'on', actions: assign({ watts: ({ event }) => event.watts }) }, Off: undefined },
    },
    on: {
      initial: 'bright',
      entry: [
        assign({ switched: ({ context }) => context.switched + 1 }),
        emit(({ context }) => ({ type: 'Lit', watts: context.watts })),
      ],
      on: { Off: 'off' },
      states: {
        bright: {
          on: {
            Dim: {
              guard: 'stays',
              target: 'dimmed',
              actions: assign(({ context, event }) => ({ watts: context.watts - event.by })),
            },
          },
        },
        dimmed: {},
      },
    },
    broken: { type: 'final' },
  },
})

export const lamp = compileChart(lampMachine)
export const ignore: Emit<unknown> = () => {}
