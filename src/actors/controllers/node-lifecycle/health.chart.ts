import { assign, emit, setup } from 'xstate'
import type { Micros } from '../../../events/envelope.ts'

export interface HealthContext {
  /** When this controller last saw a sign of life, by a clock of its own that nobody can set. */
  readonly probeAt: Micros
}

export type HealthEvent =
  /** The Lease or the status changed since the last look. */
  | { readonly type: 'SignOfLife'; readonly at: Micros }
  /** A look: how long may a node be silent? */
  | { readonly type: 'Looked'; readonly at: Micros; readonly grace: Micros }

export type HealthEmitted = { readonly type: 'lostContact'; readonly silent: Micros }

/**
 * Whether a node is heard of. `silent` begins when nothing was heard for the grace period; only a new sign of life ends
 * it. What the kubelet says of itself (Ready False) is another matter and stands in the node's status.
 * Upstream asks for more than the grace period, and each of its looks is a little more than five seconds after the one
 * before; ours are not, so here the grace period itself is enough.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, tryUpdateNodeHealth (v1.36).
 */
export const nodeHealthChart = setup({
  types: {
    context: {} as HealthContext,
    events: {} as HealthEvent,
    emitted: {} as HealthEmitted,
    input: {} as HealthContext,
  },
  guards: {
    isOver: ({ context, event }) => event.type === 'Looked' && event.at >= context.probeAt + event.grace,
  },
  actions: {
    note: assign({ probeAt: ({ event }) => event.at }),
    reportSilence: emit(({ context, event }) => ({ type: 'lostContact', silent: event.at - context.probeAt }) as const),
  },
}).createMachine({
  id: 'node-health',
  initial: 'heard',
  context: ({ input }) => input,
  states: {
    heard: {
      on: {
        SignOfLife: { actions: 'note' },
        Looked: { guard: 'isOver', target: 'silent', actions: 'reportSilence' },
      },
    },
    silent: {
      on: { SignOfLife: { target: 'heard', actions: 'note' } },
    },
  },
})
