import fc from 'fast-check'
import { and, assign, emit, enqueueActions, not, or, raise, setup, stateIn } from 'xstate'
import type { AnyStateMachine, EventObject } from 'xstate'
import type { Experiment } from './statechart.equivalence.ts'

interface PodContext {
  readonly restarts: number
  readonly limit: number
  readonly lastExit: number | undefined
}

type PodEvent =
  | { type: 'Bound'; node: string }
  | { type: 'image.Pulled' }
  | { type: 'image.Failed' }
  | { type: 'Probe'; ok: boolean }
  | { type: 'Exited'; code: number }
  | { type: 'Deleted' }

/**
 * Modes of a pod as a kubelet sees them: nested, guarded by parameters, with entry, exit, wildcard and final states.
 */
export const podMachine = setup({
  types: {
    context: {} as PodContext,
    events: {} as PodEvent,
    emitted: {} as
      | { type: 'PhaseChanged'; phase: string; restarts: number }
      | { type: 'ReadyChanged'; ready: boolean }
      | { type: 'Warned'; about: string },
    input: {} as { limit: number },
  },
  guards: {
    succeeded: ({ event }) => event.type === 'Exited' && event.code === 0,
    mayRestart: ({ context }, params: { margin: number }) => context.restarts + params.margin < context.limit,
    passes: ({ event }) => event.type === 'Probe' && event.ok,
    worthRestarting: and(['failed', { type: 'mayRestart', params: { margin: 0 } }]),
    failed: not('succeeded'),
  },
  actions: {
    phase: emit(({ context }, params: { phase: string }) => ({
      type: 'PhaseChanged',
      phase: params.phase,
      restarts: context.restarts,
    })),
    countRestart: assign({ restarts: ({ context }) => context.restarts + 1 }),
    rememberExit: assign((_, params: { code: number }) => ({ lastExit: params.code })),
    warn: emit((_, params: { about: string }) => ({ type: 'Warned', about: params.about })),
  },
}).createMachine({
  id: 'pod',
  context: ({ input }) => ({ restarts: 0, limit: input.limit, lastExit: undefined }),
  initial: 'Pending',
  on: {
    Deleted: { target: '#pod.Terminating', actions: { type: 'warn', params: ({ event }) => ({ about: event.type }) } },
    '*': { actions: { type: 'warn', params: { about: 'nobody expected this' } } },
  },
  states: {
    Pending: {
      initial: 'Unscheduled',
      entry: { type: 'phase', params: { phase: 'Pending' } },
      states: {
        Unscheduled: { on: { Bound: 'Pulling' } },
        Pulling: {
          on: {
            'image.Pulled': '#pod.Running',
            'image.*': { reenter: true, target: 'Pulling', actions: { type: 'warn', params: { about: 'image' } } },
          },
          exit: { type: 'warn', params: { about: 'left Pulling' } },
        },
      },
      on: { Probe: undefined },
    },
    Running: {
      initial: 'Starting',
      entry: { type: 'phase', params: { phase: 'Running' } },
      exit: emit({ type: 'ReadyChanged', ready: false }),
      on: {
        Exited: [
          { guard: 'succeeded', target: 'Succeeded' },
          {
            guard: 'worthRestarting',
            target: 'Running',
            reenter: true,
            actions: ['countRestart', { type: 'rememberExit', params: ({ event }) => ({ code: event.code }) }],
          },
          { target: 'Failed', actions: { type: 'rememberExit', params: { code: -1 } } },
        ],
        'image.Failed': '.Starting',
      },
      states: {
        Starting: { on: { Probe: { guard: 'passes', target: 'Ready' } } },
        Ready: {
          entry: emit({ type: 'ReadyChanged', ready: true }),
          on: { Probe: [{ guard: 'passes' }, { target: 'NotReady' }] },
        },
        NotReady: { on: { Probe: [{ guard: not('passes') }, { target: 'Ready' }] } },
      },
    },
    Terminating: {
      on: { Exited: [{ guard: 'succeeded', target: 'Succeeded' }, { target: 'Failed' }], '*': undefined },
    },
    Succeeded: { type: 'final', entry: { type: 'phase', params: { phase: 'Succeeded' } } },
    Failed: {
      type: 'final',
      entry: { type: 'phase', params: ({ context }) => ({ phase: context.lastExit === -1 ? 'Failed' : 'Deleted' }) },
      exit: { type: 'warn', params: { about: 'the end' } },
    },
  },
  exit: { type: 'warn', params: { about: 'the very end' } },
})

const podEvents: fc.Arbitrary<PodEvent> = fc.oneof(
  fc.record({ type: fc.constant('Bound' as const), node: fc.constantFrom('node-1', 'node-2') }),
  fc.constant<PodEvent>({ type: 'image.Pulled' }),
  fc.constant<PodEvent>({ type: 'image.Failed' }),
  fc.record({ type: fc.constant('Probe' as const), ok: fc.boolean() }),
  fc.record({ type: fc.constant('Exited' as const), code: fc.nat(1) }),
  { weight: 1, arbitrary: fc.constant<PodEvent>({ type: 'Deleted' }) },
)

/** Every odd turn that a transition can take between nested states. */
export const turnsMachine = setup({
  types: {
    context: {} as { readonly turns: number },
    events: {} as { type: 'Up' } | { type: 'Down' } | { type: 'Self' } | { type: 'Again' } | { type: 'Root' },
    emitted: {} as { type: 'Did'; what: string; turns: number },
    input: {} as Readonly<Record<string, never>>,
  },
  actions: {
    did: emit(({ context }, params: { what: string }) => ({ type: 'Did', what: params.what, turns: context.turns })),
    turn: assign({ turns: ({ context }) => context.turns + 1 }),
  },
  guards: { odd: ({ context }) => context.turns % 2 === 1 },
}).createMachine({
  id: 'turns',
  context: { turns: 0 },
  initial: 'outer',
  entry: [{ type: 'did', params: { what: 'enter root' } }, 'turn'],
  exit: { type: 'did', params: { what: 'leave root' } },
  on: {
    Root: [
      { guard: stateIn('outer.middle'), target: '.outer.other', reenter: true, actions: 'turn' },
      { guard: or([stateIn('#other'), 'odd']), target: '#turns', actions: 'turn' },
      { target: '#inner', actions: 'turn' },
    ],
  },
  states: {
    outer: {
      initial: { target: 'middle', actions: { type: 'did', params: { what: 'initial of outer' } } },
      entry: { type: 'did', params: { what: 'enter outer' } },
      exit: { type: 'did', params: { what: 'leave outer' } },
      on: {
        Self: { target: 'outer', actions: 'turn' },
        Again: { target: 'outer', reenter: true, actions: 'turn' },
        Down: { target: '.middle.inner', actions: 'turn' },
      },
      states: {
        middle: {
          initial: 'inner',
          entry: { type: 'did', params: { what: 'enter middle' } },
          exit: { type: 'did', params: { what: 'leave middle' } },
          on: {
            Up: { target: '#turns.outer', actions: 'turn' },
            Again: { guard: 'odd', target: '#inner', reenter: true },
          },
          states: {
            inner: {
              id: 'inner',
              entry: { type: 'did', params: { what: 'enter inner' } },
              exit: { type: 'did', params: { what: 'leave inner' } },
              on: { Self: { guard: 'odd', target: 'inner', actions: 'turn' }, Down: { guard: 'odd', actions: 'turn' } },
            },
          },
        },
        other: {
          id: 'other',
          entry: { type: 'did', params: { what: 'enter other' } },
          on: { Up: { target: '#turns', reenter: true, actions: 'turn' } },
        },
      },
    },
  },
})

/**
 * All that stays inside a chart but needs xstate's interpreter. When the count is full, whichever region has begun
 * first ends first: the order in which states were entered shows.
 */
export const interpretedMachine = setup({
  types: {
    context: {} as { readonly count: number },
    events: {} as
      | { type: 'Left' }
      | { type: 'Right' }
      | { type: 'Both' }
      | { type: 'Tick' }
      | { type: 'Pause' }
      | { type: 'Resume' },
    emitted: {} as { type: 'Did'; what: string; count: number },
    input: {} as { count: number },
  },
  actions: {
    did: emit(({ context }, params: { what: string }) => ({ type: 'Did', what: params.what, count: context.count })),
    count: assign({ count: ({ context }) => context.count + 1 }),
  },
  guards: { full: ({ context }) => context.count > 5 },
}).createMachine({
  id: 'interpreted',
  context: ({ input }) => ({ count: input.count }),
  initial: 'work',
  states: {
    work: {
      type: 'parallel',
      on: {
        Pause: 'paused',
        Tick: { actions: 'count' },
        Both: { actions: [raise({ type: 'Right' }), raise({ type: 'Left' })] },
      },
      onDone: { target: 'over', actions: { type: 'did', params: { what: 'work' } } },
      states: {
        left: {
          initial: 'idle',
          states: {
            idle: { on: { Left: 'busy' } },
            busy: {
              always: { guard: 'full', target: 'done', actions: { type: 'did', params: { what: 'left' } } },
              on: { Left: 'idle' },
            },
            done: { type: 'final' },
          },
        },
        right: {
          initial: 'idle',
          states: {
            idle: { on: { Right: 'busy' } },
            busy: {
              entry: enqueueActions(({ enqueue, context, check }) => {
                if (!check('full')) enqueue('count')
                enqueue.emit({ type: 'Did', what: 'queued', count: context.count })
              }),
              always: { guard: 'full', target: 'done', actions: { type: 'did', params: { what: 'right' } } },
            },
            done: { type: 'final' },
          },
        },
        hist: { type: 'history', history: 'deep' },
      },
    },
    paused: { on: { Resume: 'work.hist', Tick: { actions: 'count' } } },
    over: { on: { Left: { target: 'work', actions: assign({ count: 0 }) }, Right: 'end' } },
    end: { type: 'final', entry: { type: 'did', params: { what: 'end' } } },
  },
})

const typesOf = <T extends string>(...types: readonly T[]): fc.Arbitrary<EventObject> =>
  fc.constantFrom(...types).map((type) => ({ type }))

const experimentsOn = (
  machine: AnyStateMachine,
  inputs: fc.Arbitrary<unknown>,
  events: fc.Arbitrary<EventObject>,
): fc.Arbitrary<Experiment> =>
  fc.record({ machine: fc.constant(machine), input: inputs, events: fc.array(events, { maxLength: 25 }) })

/** The charts above, with events that make them move. */
export const writtenCharts: readonly { readonly name: string; readonly experiments: fc.Arbitrary<Experiment> }[] = [
  { name: 'pod', experiments: experimentsOn(podMachine, fc.record({ limit: fc.nat(3) }), podEvents) },
  {
    name: 'turns',
    experiments: experimentsOn(turnsMachine, fc.constant({}), typesOf('Up', 'Down', 'Self', 'Again', 'Root')),
  },
  {
    name: 'interpreted',
    experiments: experimentsOn(
      interpretedMachine,
      fc.record({ count: fc.nat(4) }),
      typesOf('Left', 'Right', 'Both', 'Tick', 'Pause', 'Resume'),
    ),
  },
]
