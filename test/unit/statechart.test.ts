/**
 * Goal: what a compiled chart offers its owner, beyond running as xstate would (see test/properties/statechart).
 * Method: one small chart, one sentence each.
 */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { assign, createMachine, emit, setup } from 'xstate'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import type { Emit, Row } from '../../src/engine/statechart/row.ts'
import { ignore, lamp } from './statechart.lamp.ts'
import type { LampContext } from './statechart.lamp.ts'

describe('a row', () => {
  test('starts in the initial state, with what that state emits', () => {
    const emitted: unknown[] = []
    const row = lamp.start({ watts: 60 }, (one) => emitted.push(one))

    expect(row).toEqual({ state: 'off', context: { watts: 60, switched: 0 } })
    expect(emitted).toEqual([{ type: 'Dark' }])
  })

  test('is moved in place, with a new context', () => {
    const row = lamp.start({ watts: 60 }, ignore)
    const before = row.context

    expect(lamp.step(row, { type: 'On', watts: 40 }, ignore)).toBe(true)
    expect(row).toEqual({ state: 'on.bright', context: { watts: 40, switched: 1 } })
    expect(before).toEqual({ watts: 60, switched: 0 })
  })

  test('stays as it is when no transition is taken', () => {
    const row = lamp.start({ watts: 60 }, ignore)
    const { state, context } = row

    expect(lamp.step(row, { type: 'Dim', by: 5 }, ignore)).toBe(false)
    expect(lamp.step(row, { type: 'Off' }, ignore)).toBe(false)
    expect(row.state).toBe(state)
    expect(row.context).toBe(context)
  })

  test('shows the new state to whoever hears what was emitted', () => {
    const row = lamp.start({ watts: 60 }, ignore)
    const seen: string[] = []
    lamp.step(row, { type: 'On', watts: 40 }, () => seen.push(`${row.state} ${row.context.watts}`))

    expect(seen).toEqual(['on.bright 40'])
  })

  test('may be stepped again from within emit', () => {
    const row = lamp.start({ watts: 60 }, ignore)
    lamp.step(row, { type: 'On', watts: 40 }, () => lamp.step(row, { type: 'Dim', by: 10 }, ignore))

    expect(row).toEqual({ state: 'on.dimmed', context: { watts: 30, switched: 1 } })
  })

  test('is plain data, so it runs on after it was written down', () => {
    const row = lamp.start({ watts: 60 }, ignore)
    lamp.step(row, { type: 'On', watts: 40 }, ignore)
    const restored: Row<LampContext> = JSON.parse(JSON.stringify(row))

    expect(lamp.step(restored, { type: 'Dim', by: 10 }, ignore)).toBe(true)
    expect(restored).toEqual({ state: 'on.dimmed', context: { watts: 30, switched: 1 } })
  })

  test('does nothing after its end', () => {
    const row = lamp.start({ watts: 60 }, ignore)
    lamp.step(row, { type: 'Break' }, ignore)

    expect(lamp.isFinal(row)).toBe(true)
    expect(lamp.can(row, { type: 'Break' })).toBe(false)
    expect(lamp.step(row, { type: 'Break' }, ignore)).toBe(false)
  })

  test('of a state that the chart does not have is refused', () => {
    const row = { state: 'on', context: { watts: 1, switched: 1 } }
    expect(() => lamp.step(row, { type: 'Off' }, ignore)).toThrow("chart 'lamp' has no leaf 'on'")
  })

  test('is as before when an action throws, and nothing was emitted', () => {
    const fail = (): { type: 'Left' } => {
      throw new Error('no')
    }
    const typed = setup({
      types: { context: {} as { n: number }, events: {} as { type: 'Go' }, emitted: {} as { type: 'Left' } },
    })
    const chart = compileChart(
      typed.createMachine({
        context: { n: 0 },
        initial: 'a',
        states: {
          a: { exit: [assign({ n: 1 }), emit({ type: 'Left' })], on: { Go: { target: 'b', actions: emit(fail) } } },
          b: {},
        },
      }),
    )
    const emitted: unknown[] = []
    const row = chart.start(undefined, ignore)

    expect(() => chart.step(row, { type: 'Go' }, (one) => emitted.push(one))).toThrow('no')
    expect(row).toEqual({ state: 'a', context: { n: 0 } })
    expect(emitted).toEqual([])
  })
})

describe('questions about a row', () => {
  const row = lamp.start({ watts: 60 }, ignore)
  lamp.step(row, { type: 'On', watts: 40 }, ignore)

  test('matches holds for the leaf and for what is around it', () => {
    expect(lamp.matches(row, 'on')).toBe(true)
    expect(lamp.matches(row, 'on.bright')).toBe(true)
    expect(lamp.matches(row, 'on.dimmed')).toBe(false)
    expect(lamp.matches(row, 'off')).toBe(false)
  })

  test('matches refuses a state that does not exist, by type and at run time', () => {
    // @ts-expect-error: the paths of the chart are known
    expect(() => lamp.matches(row, 'on.brihgt')).toThrow("has no state 'on.brihgt'")
  })

  test('can asks the guards and changes nothing', () => {
    expect(lamp.can(row, { type: 'Dim', by: 39 })).toBe(true)
    expect(lamp.can(row, { type: 'Dim', by: 40 })).toBe(false)
    expect(lamp.can(row, { type: 'On', watts: 1 })).toBe(false)
    expect(row.state).toBe('on.bright')
  })

  test('types come from the machine', () => {
    expectTypeOf(lamp.start).parameter(0).toEqualTypeOf<{ watts: number }>()
    expectTypeOf(lamp.start).parameter(1).toEqualTypeOf<Emit<{ type: 'Lit'; watts: number } | { type: 'Dark' }>>()
    expectTypeOf(lamp.start).returns.toEqualTypeOf<Row<LampContext>>()
    expectTypeOf(lamp.step)
      .parameter(1)
      .toEqualTypeOf<
        { type: 'On'; watts: number } | { type: 'Dim'; by: number } | { type: 'Off' } | { type: 'Break' }
      >()
    expectTypeOf(lamp.matches).parameter(1).toEqualTypeOf<'off' | 'on' | 'on.bright' | 'on.dimmed' | 'broken'>()
  })
})

describe('a chart is compiled', () => {
  test('when it needs nothing else', () => {
    expect(lamp.compiled).toBe(true)
  })

  test('also without states', () => {
    const chart = compileChart(createMachine({ context: { n: 0 }, on: { Add: { actions: assign({ n: 7 }) } } }))
    const row = chart.start(undefined, ignore)

    expect(chart.compiled).toBe(true)
    expect(chart.step(row, { type: 'Add' }, ignore)).toBe(true)
    expect(row).toEqual({ state: '', context: { n: 7 } })
  })

  test('with a nested end to which nobody reacts', () => {
    const chart = compileChart(
      createMachine({
        initial: 'a',
        states: { a: { initial: 'b', states: { b: { type: 'final' } }, on: { Go: 'c' } }, c: {} },
      }),
    )
    const row = chart.start(undefined, ignore)

    expect(chart.compiled).toBe(true)
    expect(chart.isFinal(row)).toBe(false)
    expect(chart.step(row, { type: 'Go' }, ignore)).toBe(true)
  })
})
