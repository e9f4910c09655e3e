/**
 * Goal: the equivalence property would notice a statechart compiler that is wrong in any one respect. Method:
 * compilers that are wrong on purpose, each blind to one thing that a chart may say; the same property, over the same
 * random charts, must fail for each of them within the number of runs in which the sound one holds.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StateMachine } from 'xstate'
import type { AnyStateMachine, EventObject } from 'xstate'
import type { InterpreterMemory } from '../../src/engine/statechart/row.ts'
import { writtenCharts } from '../properties/statechart.charts.ts'
import { equivalence } from '../properties/statechart.equivalence.ts'
import type { AnyChart, Implementation } from '../properties/statechart.equivalence.ts'
import { asRestoredRows, asRows } from '../properties/statechart.implementations.ts'
import { experiments } from '../properties/statechart.random.ts'

/** What the saboteurs know of a state's configuration. */
interface StateConfig {
  readonly entry?: readonly unknown[]
  readonly exit?: readonly unknown[]
  readonly initial?: { readonly target: string; readonly actions: readonly unknown[] }
  readonly type?: string
  readonly on: Readonly<Record<string, readonly TransitionConfig[] | undefined>>
  readonly states: Readonly<Record<string, StateConfig>>
}

interface TransitionConfig {
  readonly guard?: unknown
  readonly target?: string
  readonly reenter: boolean
  readonly actions: readonly unknown[]
}

/** A compiler that reads each state through `misread`. */
const misreading = (misread: (state: StateConfig) => StateConfig): Implementation => {
  const throughout = (state: StateConfig): StateConfig => {
    const read = misread(state)
    const states = Object.entries(read.states).map(([key, child]) => [key, throughout(child)])
    return { ...read, states: Object.fromEntries(states) }
  }
  return (machine) => {
    const config = throughout(machine.config as StateConfig)
    return asRows(new StateMachine(config as AnyStateMachine['config'], machine.implementations))
  }
}

type Reaction = readonly TransitionConfig[] | undefined

const misreadingReactions = (misread: (descriptor: string, reaction: Reaction) => readonly [string, Reaction][]) =>
  misreading((state) => ({
    ...state,
    on: Object.fromEntries(Object.entries(state.on).flatMap(([descriptor, reaction]) => misread(descriptor, reaction))),
  }))

const misreadingTransitions = (misread: (transition: TransitionConfig) => TransitionConfig) =>
  misreadingReactions((descriptor, reaction) => [[descriptor, reaction?.map(misread)]])

const misbehaving =
  (misbehave: (chart: AnyChart) => Partial<AnyChart>): Implementation =>
  (machine) => {
    const chart = asRows(machine)
    return { ...chart, ...misbehave(chart) } as AnyChart
  }

const withoutParams = (action: unknown): unknown =>
  typeof action === 'object' && action !== null ? { ...action, params: { by: 0 } } : action

const broken: Readonly<Record<string, Implementation>> = {
  'ignores entry actions': misreading((state) => ({ ...state, entry: [] })),
  'ignores exit actions': misreading((state) => ({ ...state, exit: [] })),
  'ignores the actions of initial transitions': misreading((state) =>
    state.initial === undefined ? state : { ...state, initial: { ...state.initial, actions: [] } },
  ),
  'runs the entry actions of a state backwards': misreading((state) => ({
    ...state,
    entry: state.entry?.toReversed() ?? [],
  })),
  'does not know final states': misreading((state) => ({ ...state, type: undefined })),
  'asks the last guard first': misreadingReactions((descriptor, reaction) => [[descriptor, reaction?.toReversed()]]),
  'takes the first candidate without asking': misreadingTransitions((transition) => ({
    ...transition,
    guard: undefined,
  })),
  'ignores reenter': misreadingTransitions((transition) => ({ ...transition, reenter: false })),
  'always re-enters': misreadingTransitions((transition) => ({ ...transition, reenter: true })),
  'ignores transition actions': misreadingTransitions((transition) => ({ ...transition, actions: [] })),
  'ignores transitions without a target': misreadingReactions((descriptor, reaction) => [
    [descriptor, reaction?.filter((transition) => transition.target !== undefined)],
  ]),
  'ignores parameters': misreadingTransitions((transition) => ({
    ...transition,
    actions: transition.actions.map(withoutParams),
  })),
  'ignores the wildcard': misreadingReactions((descriptor, reaction) =>
    descriptor === '*' ? [] : [[descriptor, reaction]],
  ),
  'takes a partial wildcard for an exact type': misreadingReactions((descriptor, reaction) => [
    [descriptor === 'image.*' ? 'image' : descriptor, reaction],
  ]),
  'lets a forbidden event through': misreadingReactions((descriptor, reaction) =>
    reaction === undefined ? [] : [[descriptor, reaction]],
  ),
  'emits backwards': misbehaving((chart) => ({
    step(row, event, emit) {
      const emitted: EventObject[] = []
      const taken = chart.step(row, event, (one) => void emitted.unshift(one))
      emitted.forEach(emit)
      return taken
    },
  })),
  'says that every event was taken': misbehaving((chart) => ({
    step(row, event, emit) {
      chart.step(row, event, emit)
      return true
    },
  })),
  'lives on in a final state': misbehaving(() => ({ isFinal: () => false })),
  'sees only the leaf': misbehaving(() => ({ matches: (row, path) => row.state === path })),
}

/** Rows read back from a checkpoint that lost something. */
const forgetting =
  (forget: (memory: InterpreterMemory) => InterpreterMemory): Implementation =>
  (machine) => {
    const chart = asRows(machine)
    return {
      ...chart,
      step(row, event, emit) {
        if (row.interpreter !== undefined) row.interpreter = forget(row.interpreter)
        return chart.step(row, event, emit)
      },
    }
  }

const forgetful: Readonly<Record<string, Implementation>> = {
  'what history states remember': forgetting((memory) => ({ ...memory, history: {} })),
  'in which order regions were entered': forgetting((memory) => ({ ...memory, active: memory.active.toSorted() })),
}

const RUNS = { seed: 7, numRuns: 400, endOnFailure: true }

describe('a statechart compiler is caught that', () => {
  test.each(Object.entries(broken))('%s', (_, implementation) => {
    expect(fc.check(equivalence(implementation, experiments(false)), RUNS).failed).toBe(true)
  })
})

describe('a checkpoint of interpreted rows is caught that loses', () => {
  const interpreted = fc.oneof(...writtenCharts.map((chart) => chart.experiments))

  test.each(Object.entries(forgetful))('%s', (_, implementation) => {
    expect(fc.check(equivalence(implementation, interpreted), RUNS).failed).toBe(true)
  })

  test('nothing: that one is not caught', () => {
    expect(fc.check(equivalence(asRestoredRows, interpreted), RUNS).failed).toBe(false)
  })
})

test('the sound compiler is not caught', () => {
  expect(fc.check(equivalence(asRows, experiments(false)), RUNS).failed).toBe(false)
})
