import { assign, emit, setup } from 'xstate'
import type { Micros } from '../../events/envelope.ts'
import type { WorkloadModel } from '../../kubernetes/workload/model.ts'
import { withMemoryLimit, type Run } from '../../kubernetes/workload/run.ts'

export interface TaskContext {
  readonly model: WorkloadModel
  readonly run: Run
  /** When SIGTERM came. */
  readonly stoppingSince: Micros | undefined
  readonly exitCode: number
  readonly outOfMemory: boolean
}

export interface TaskInput {
  readonly model: WorkloadModel
  readonly run: Run
}

export type TaskEvent =
  | { readonly type: 'SIGTERM'; readonly now: Micros }
  | { readonly type: 'SIGKILL'; readonly now: Micros }
  /** It may have this much memory from now on. */
  | { readonly type: 'MemoryLimited'; readonly now: Micros; readonly memoryLimitBytes: number }
  /** Whoever sat at its standard input has let it end. */
  | { readonly type: 'InputEnded'; readonly now: Micros; readonly exitCode: number }
  /** What its run or its shutdown had planned is due. */
  | { readonly type: 'EndDue'; readonly now: Micros }

/** `plan`: ask again at that moment. `exited`: its processes are gone. */
export type TaskEmitted = { readonly type: 'plan'; readonly at: Micros } | { readonly type: 'exited' }

/** 128 + SIGKILL. */
const KILLED = 137

/**
 * The processes of one container: they run until they end by themselves, run out of memory, are asked to stop and do so,
 * or are killed. Whether they listen or are ready is not a mode but a matter of time: see `kubernetes/workload/run.ts`.
 */
export const taskChart = setup({
  types: {
    context: {} as TaskContext,
    input: {} as TaskInput,
    events: {} as TaskEvent,
    emitted: {} as TaskEmitted,
  },
  guards: {
    handlesTerm: ({ context }) => context.run.shutdown !== undefined,
    stopsSooner: ({ context, event }) =>
      context.run.shutdown !== undefined &&
      (context.run.endsAt === undefined || event.now + context.run.shutdown < context.run.endsAt),
  },
  actions: {
    planEnd: emit(({ context }) => ({ type: 'plan' as const, at: context.run.endsAt ?? -1 })),
    planShutdown: emit(({ context, event }) => ({
      type: 'plan' as const,
      at: (event as TaskEvent).now + (context.run.shutdown ?? 0),
    })),
    limitMemory: assign(({ context, event }) =>
      'memoryLimitBytes' in event ? withMemoryLimit(context, event.memoryLimitBytes, event.now) : {},
    ),
    noteTerm: assign({ stoppingSince: ({ event }) => event.now }),
    endByItself: assign({
      exitCode: ({ context }) => context.run.exitCode,
      outOfMemory: ({ context }) => context.run.outOfMemory,
    }),
    endByTerm: assign({ exitCode: 0 }),
    endByInput: assign({ exitCode: ({ event }) => ('exitCode' in event ? event.exitCode : 0) }),
    endByKill: assign({ exitCode: KILLED }),
    tell: emit({ type: 'exited' }),
  },
}).createMachine({
  id: 'task',
  context: ({ input }) => ({
    model: input.model,
    run: input.run,
    stoppingSince: undefined,
    exitCode: 0,
    outOfMemory: false,
  }),
  initial: 'running',
  on: { InputEnded: { target: '.exited', actions: 'endByInput' } },
  states: {
    running: {
      entry: 'planEnd',
      on: {
        SIGTERM: [
          { guard: 'stopsSooner', target: 'stopping', actions: ['noteTerm', 'planShutdown'] },
          // Its own end comes first: it goes on shutting down until then.
          { guard: 'handlesTerm', target: 'ending', actions: 'noteTerm' },
        ],
        SIGKILL: { target: 'exited', actions: 'endByKill' },
        EndDue: { target: 'exited', actions: 'endByItself' },
        MemoryLimited: { actions: ['limitMemory', 'planEnd'] },
      },
    },
    stopping: {
      on: {
        SIGKILL: { target: 'exited', actions: 'endByKill' },
        EndDue: { target: 'exited', actions: 'endByTerm' },
      },
    },
    ending: {
      on: {
        SIGKILL: { target: 'exited', actions: 'endByKill' },
        EndDue: { target: 'exited', actions: 'endByItself' },
      },
    },
    exited: { type: 'final', entry: 'tell' },
  },
})
