/**
 * Goal: a chart beyond the table form says why it is interpreted, and runs behind the same interface.
 * Method: one small chart per reason; states and emitted events after each step.
 */
import { describe, expect, test } from 'vitest'
import { assign, createMachine, emit, enqueueActions, log, raise } from 'xstate'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import { ignore } from './statechart.lamp.ts'

describe('a chart is interpreted, and says why', () => {
  const reasonOf = (machine: Parameters<typeof compileChart>[0]): string => {
    const chart = compileChart(machine)
    return chart.compiled ? 'compiled' : chart.reason
  }

  test.each([
    [
      'parallel states',
      createMachine({ id: 'm', type: 'parallel', states: { a: {}, b: {} } }),
      "state 'm' is parallel",
    ],
    [
      'history states',
      createMachine({ id: 'm', initial: 'a', states: { a: {}, h: { type: 'history' } } }),
      "state 'm.h' is a history state",
    ],
    [
      'always',
      createMachine({ id: 'm', initial: 'a', states: { a: { always: 'b' }, b: {} } }),
      "state 'm.a' has an `always` transition",
    ],
    [
      'onDone',
      createMachine({
        id: 'm',
        initial: 'a',
        states: { a: { initial: 'b', states: { b: { type: 'final' } }, onDone: 'c' }, c: {} },
      }),
      "state 'm.a.b' is final and a state around it reacts, by onDone or a wildcard",
    ],
    [
      'enqueueActions',
      createMachine({ id: 'm', entry: enqueueActions(() => {}) }),
      "state 'm' uses the action xstate.enqueueActions",
    ],
    ['raise', createMachine({ id: 'm', exit: raise({ type: 'A' }) }), "state 'm' uses the action xstate.raise"],
    ['log', createMachine({ id: 'm', on: { A: { actions: log('x') } } }), "state 'm' uses the action xstate.log"],
  ])('%s', (_, machine, reason) => {
    expect(reasonOf(machine)).toBe(reason)
  })

  test('always runs before step returns, and what is emitted comes in order', () => {
    const chart = compileChart(
      createMachine({
        context: { n: 0 },
        initial: 'a',
        states: {
          a: { exit: emit({ type: 'LeftA' }), on: { Go: { target: 'b', actions: assign({ n: 1 }) } } },
          b: { entry: emit({ type: 'InB' }), always: { guard: ({ context }) => context.n > 0, target: 'c' } },
          c: { entry: emit({ type: 'InC' }) },
        },
      }),
    )
    const seen: unknown[] = []
    const row = chart.start(undefined, ignore)
    chart.step(row, { type: 'Go' }, ({ type }) => seen.push([type, row.state]))

    expect(seen).toEqual([
      ['LeftA', 'c'],
      ['InB', 'c'],
      ['InC', 'c'],
    ])
  })

  test('onDone of parallel states comes when the last region ends', () => {
    const region = { initial: 'busy', states: { busy: { on: {} }, done: { type: 'final' } } } as const
    const chart = compileChart(
      createMachine({
        initial: 'work',
        states: {
          work: {
            type: 'parallel',
            onDone: 'rest',
            states: { left: { ...region, on: { Left: '.done' } }, right: { ...region, on: { Right: '.done' } } },
          },
          rest: { type: 'final' },
        },
      }),
    )
    const row = chart.start(undefined, ignore)
    expect(row.state).toBe('work.left.busy|work.right.busy')

    chart.step(row, { type: 'Left' }, ignore)
    expect(row.state).toBe('work.left.done|work.right.busy')
    expect(chart.matches(row, 'work.right')).toBe(true)
    expect(chart.matches(row, 'rest')).toBe(false)
    expect(() => chart.matches(row, 'wrok')).toThrow("has no state 'wrok'")
    expect(chart.isFinal(row)).toBe(false)

    chart.step(row, { type: 'Right' }, ignore)
    expect(row.state).toBe('rest')
    expect(chart.isFinal(row)).toBe(true)
  })

  test('a transition that only emits counts as taken', () => {
    const chart = compileChart(
      createMachine({ type: 'parallel', states: { a: {}, b: {} }, on: { Ping: { actions: emit({ type: 'Pong' }) } } }),
    )
    const row = chart.start(undefined, ignore)

    expect(chart.step(row, { type: 'Ping' }, ignore)).toBe(true)
    expect(chart.step(row, { type: 'Pang' }, ignore)).toBe(false)
  })

  test('log is mute', () => {
    const chart = compileChart(createMachine({ entry: [log('x'), emit({ type: 'Entered' })] }))
    const emitted: unknown[] = []
    chart.start(undefined, (one) => emitted.push(one))

    expect(emitted).toEqual([{ type: 'Entered' }])
  })

  test('a row that another chart started is refused', () => {
    const chart = compileChart(createMachine({ id: 'm', type: 'parallel', states: { a: {}, b: {} } }))
    expect(() => chart.step({ state: 'a|b', context: {} }, { type: 'A' }, ignore)).toThrow(
      'needs a row that it has started',
    )
  })

  test('what a first action throws is thrown', () => {
    const chart = compileChart(
      createMachine({
        type: 'parallel',
        states: { a: {}, b: {} },
        entry: emit(() => {
          throw new Error('no')
        }),
      }),
    )
    expect(() => chart.start(undefined, ignore)).toThrow('no')
  })
})
