import { assign, createActor, emit, setup } from 'xstate'
import type { EventFrom } from 'xstate'
import { compileChart } from '../src/engine/statechart/compile.ts'
import { chartLogic } from '../src/engine/statechart/logic.ts'

/** Nanoseconds per event, medians; every event takes a guarded transition that assigns, one in four emits. */
export interface StatechartFigures {
  /** One row. */
  readonly compiledNs: number
  /** 10,000 rows in turn, as in an owning actor: cache misses included. */
  readonly compiledManyRowsNs: number
  /** `chartLogic` in an xstate actor. */
  readonly compiledActorNs: number
  /** xstate's own machine actor. */
  readonly interpretedNs: number
  /** `interpretedNs / compiledNs`. */
  readonly ratio: number
}

const containerMachine = setup({
  types: {
    context: {} as { readonly id: string; readonly restarts: number; readonly passed: number },
    events: {} as { type: 'Pulled' } | { type: 'Started' } | { type: 'Probed'; ok: boolean } | { type: 'Exited' },
    emitted: {} as { type: 'ReadyChanged'; id: string; ready: boolean },
    input: {} as { id: string },
  },
  guards: {
    mayRestart: ({ context }, params: { limit: number }) => context.restarts < params.limit,
    passes: ({ event }) => event.type === 'Probed' && event.ok,
  },
  actions: { countRestart: assign({ restarts: ({ context }) => context.restarts + 1 }) },
}).createMachine({
  id: 'container',
  context: ({ input }) => ({ id: input.id, restarts: 0, passed: 0 }),
  initial: 'Waiting',
  states: {
    Waiting: { on: { Pulled: { target: 'Created', actions: assign({ passed: 0 }) } } },
    Created: { on: { Started: { target: 'Running', actions: assign(({ context }) => ({ passed: context.passed })) } } },
    Running: {
      initial: 'NotReady',
      on: {
        Exited: {
          guard: { type: 'mayRestart', params: { limit: Number.MAX_SAFE_INTEGER } },
          target: 'Waiting',
          actions: 'countRestart',
        },
      },
      states: {
        NotReady: {
          on: {
            Probed: {
              guard: 'passes',
              target: 'Ready',
              actions: assign({ passed: ({ context }) => context.passed + 1 }),
            },
          },
        },
        Ready: { entry: emit(({ context }) => ({ type: 'ReadyChanged', id: context.id, ready: true })) },
      },
    },
  },
})

/** One life of a container; the chart is back where it was after it. */
const LIFE: readonly EventFrom<typeof containerMachine>[] = [
  { type: 'Pulled' },
  { type: 'Started' },
  { type: 'Probed', ok: true },
  { type: 'Exited' },
]

const LIVES = 25_000
const ROWS = 10_000
const REPEATS = 5

export const benchStatechart = (): StatechartFigures => {
  const chart = compileChart(containerMachine)
  let heard = 0
  const hear = (): void => void heard++

  const compiledNs = medianNs(LIVES, LIFE.length, () => {
    const row = chart.start({ id: 'c' }, hear)
    return () => LIFE.forEach((event) => chart.step(row, event, hear))
  })
  const compiledManyRowsNs = medianNs(10, LIFE.length * ROWS, () => {
    const rows = Array.from({ length: ROWS }, (_, index) => chart.start({ id: `c${index}` }, hear))
    return () => LIFE.forEach((event) => rows.forEach((row) => chart.step(row, event, hear)))
  })
  const compiledActorNs = medianNs(LIVES, LIFE.length, () => {
    const actor = createActor(chartLogic(chart), { id: 'c', input: { id: 'c' } })
    actor.on('*', hear)
    actor.start()
    return () => LIFE.forEach((event) => actor.send(event))
  })
  const interpretedNs = medianNs(LIVES / 10, LIFE.length, () => {
    const actor = createActor(containerMachine, { id: 'c', input: { id: 'c' } })
    actor.on('*', hear)
    actor.start()
    return () => LIFE.forEach((event) => actor.send(event))
  })
  if (heard === 0) throw new Error('the charts under measurement must run')
  return {
    compiledNs,
    compiledManyRowsNs,
    compiledActorNs,
    interpretedNs,
    ratio: Math.round(interpretedNs / compiledNs),
  }
}

/** Median over the repeats of the time that one event takes; the first repeat warms up and is not counted. */
const medianNs = (rounds: number, eventsPerRound: number, prepare: () => () => void): number => {
  const times: number[] = []
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const round = prepare()
    const began = process.hrtime.bigint()
    for (let i = 0; i < rounds; i++) round()
    const tookNs = Number(process.hrtime.bigint() - began)
    if (repeat > 0) times.push(tookNs / (rounds * eventsPerRound))
  }
  return Math.round(times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? 0)
}
