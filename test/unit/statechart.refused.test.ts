/**
 * Goal: no chart reaches out of itself: timers and messages belong to the kernel, effects to the log.
 * Method: one small chart per way out; each refusal must name the cause in the words its reader needs.
 */
import { describe, expect, test } from 'vitest'
import { and, assign, createMachine, emit, enqueueActions, fromCallback, log, raise, sendTo, setup } from 'xstate'
import { InvariantError } from '../../src/engine/invariant.ts'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import { ignore } from './statechart.lamp.ts'

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
