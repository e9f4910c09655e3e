/**
 * Goal: what a chart offers its owner, and what it refuses, beyond running as xstate would (see
 * test/properties/statechart). Method: one small chart per sentence; refusals are checked by the words that lead their
 * reader to the cause.
 */
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  and,
  assign,
  createActor,
  createMachine,
  emit,
  enqueueActions,
  fromCallback,
  log,
  raise,
  sendTo,
  setup,
} from 'xstate'
import { InvariantError } from '../../src/engine/invariant.ts'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import { chartLogic } from '../../src/engine/statechart/logic.ts'
import type { Emit, Row } from '../../src/engine/statechart/row.ts'

interface LampContext {
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

const lamp = compileChart(lampMachine)
const ignore: Emit<unknown> = () => {}

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

describe('a chart is refused that reaches out of itself', () => {
  const nothing = fromCallback(() => {})

  test.each([
    ['after', createMachine({ initial: 'a', states: { a: { after: { 100: 'b' } }, b: {} } }), 'after'],
    ['invoke', createMachine({ initial: 'a', states: { a: { invoke: { src: nothing } } } }), 'invoke'],
    ['sendTo', createMachine({ entry: sendTo('other', { type: 'A' }) }), 'xstate.sendTo'],
    ['a delayed raise', createMachine({ entry: raise({ type: 'A' }, { delay: 1 }) }), 'delay'],
    ['a bare function', createMachine({ entry: () => {} }), 'bare function'],
    ['a named bare function', createMachine({ exit: 'act' }, { actions: { act: () => {} } }), 'bare function'],
    ['an action without implementation', createMachine({ entry: 'act' }), 'not implemented'],
    ['a guard without implementation', createMachine({ on: { A: { guard: 'may' } } }), 'must be implemented'],
    [
      'a hidden guard without implementation',
      createMachine({ on: { A: { guard: and(['may']) } } }),
      'must be implemented',
    ],
    ['an output', createMachine({ output: 1 }), 'output'],
    ['a state with a dot in its name', createMachine({ initial: 'v1.2', states: { 'v1.2': {} } }), "'v1.2'"],
  ])('%s', (_, machine, words) => {
    expect(() => compileChart(machine)).toThrow(InvariantError)
    expect(() => compileChart(machine)).toThrow(words)
  })

  test('a guard that refers to itself', () => {
    const machine = setup({ guards: { a: and(['b']), b: and(['a']) } }).createMachine({ on: { A: { guard: 'a' } } })
    expect(() => compileChart(machine)).toThrow('must not refer to itself')
  })

  test('spawn and self are out of reach of what it computes', () => {
    const spawning = createMachine({
      context: { child: undefined as unknown },
      on: { Go: { actions: assign({ child: ({ spawn }) => spawn(nothing) }) } },
    })
    const asking = createMachine({ entry: emit(({ self }) => ({ type: self.id })) })
    const born = createMachine({ context: ({ spawn }) => ({ child: spawn(nothing) }) })
    const chart = compileChart(spawning)
    const row = chart.start(undefined, ignore)

    expect(() => chart.step(row, { type: 'Go' }, ignore)).toThrow('a chart has no `spawn`')
    expect(() => compileChart(asking).start(undefined, ignore)).toThrow('a chart has no `self`')
    expect(() => compileChart(born).start(undefined, ignore)).toThrow('a chart has no `spawn`')
  })

  test.each([
    ['spawn', enqueueActions(({ enqueue }) => enqueue.spawnChild(nothing)), 'must not spawn an actor'],
    ['send', enqueueActions(({ enqueue, self }) => enqueue.sendTo(self, { type: 'A' })), 'must not send an event'],
    ['delay', enqueueActions(({ enqueue }) => enqueue.raise({ type: 'A' }, { delay: 5 })), 'must not set a timer'],
    ['cancel', enqueueActions(({ enqueue }) => enqueue.cancel('x')), 'must not cancel a timer'],
    ['act by side effect', enqueueActions(({ enqueue }) => enqueue(() => {})), 'must not run the bare function'],
    [
      'spawn in assign',
      [log('interpreted'), assign(({ spawn }) => ({ child: spawn(nothing) }))],
      'must not spawn an actor',
    ],
  ])('nor may it %s where no look beforehand can tell', (_, actions, words) => {
    const chart = compileChart(createMachine({ id: 'm', on: { Go: { actions } } }))
    const row = chart.start(undefined, ignore)

    expect(() => chart.step(row, { type: 'Go' }, ignore)).toThrow(words)
    expect(row.state).toBe('')
  })

  test('signals of xstate are no events, however wide the wildcard', () => {
    const machine = createMachine({ on: { '*': { actions: assign({ heard: true }) } } })
    const compiled = compileChart(machine)
    const interpreted = compileChart(createMachine({ ...machine.config, type: 'parallel', states: { a: {}, b: {} } }))

    for (const chart of [compiled, interpreted]) {
      const row = chart.start(undefined, ignore)
      expect(() => chart.step(row, { type: 'xstate.stop' }, ignore)).toThrow('signal of xstate')
      expect(() => chart.step(row, { type: '*' }, ignore)).toThrow('signal of xstate')
    }
  })
})

describe('a chart as a whole actor', () => {
  const logic = chartLogic(lamp)
  const create = () => createActor(logic, { id: 'lamp', input: { watts: 60 } })

  test('emits what its initial state emits, then what its events make it emit', () => {
    const actor = create()
    const emitted: unknown[] = []
    actor.on('*', (one) => emitted.push([one.type, actor.getSnapshot().state]))
    actor.start()
    actor.send({ type: 'On', watts: 40 })

    expect(emitted).toEqual([
      ['Dark', 'off'],
      ['Lit', 'on.bright'],
    ])
  })

  test('hands out snapshots that no later event changes', () => {
    const actor = create().start()
    const first = actor.getSnapshot()
    actor.send({ type: 'On', watts: 40 })

    expect(first).toMatchObject({ status: 'active', state: 'off', context: { watts: 60 } })
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', state: 'on.bright', context: { watts: 40 } })
  })

  test('keeps its snapshot when an event is not taken', () => {
    const actor = create().start()
    const first = actor.getSnapshot()
    actor.send({ type: 'Off' })

    expect(actor.getSnapshot()).toBe(first)
  })

  test('is done in a final state and stopped when stopped', () => {
    const broken = create().start()
    broken.send({ type: 'Break' })
    expect(broken.getSnapshot().status).toBe('done')

    const stopped = create().start()
    stopped.stop()
    expect(stopped.getSnapshot().status).toBe('stopped')
  })

  test('runs on from a persisted snapshot without starting again', () => {
    const actor = create().start()
    actor.send({ type: 'On', watts: 40 })
    const written = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()))
    const emitted: unknown[] = []
    const restored = createActor(logic, { id: 'lamp', input: { watts: 0 }, snapshot: written })
    restored.on('*', (one) => emitted.push(one))
    restored.start()
    restored.send({ type: 'Dim', by: 15 })

    expect(emitted).toEqual([])
    expect(restored.getSnapshot()).toMatchObject({ state: 'on.dimmed', context: { watts: 25, switched: 1 } })
  })

  test('has the types of its machine', () => {
    const actor = create()
    expectTypeOf(actor.getSnapshot().context).toEqualTypeOf<LampContext>()
    // @ts-expect-error: no such event
    expect(() => actor.send({ type: 'Explode' })).not.toThrow()
  })
})
