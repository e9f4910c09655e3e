import { assign, emit, setup } from 'xstate'
import type { Micros } from '../../../events/envelope.ts'

/** Source: pkg/controller/nodelifecycle/config/v1alpha1/defaults.go. */
export const GRACE_PERIOD: Micros = 50_000_000
export const STARTUP_GRACE_PERIOD: Micros = 60_000_000

export interface HealthContext {
  /** When this controller last saw a sign of life, by its own clock. */
  readonly probeAt: Micros
  /** A node that never reported a status gets longer. */
  readonly grace: Micros
}

export type HealthEvent =
  /** The Lease or the status changed since the last look. */
  { readonly type: 'SignOfLife'; readonly now: Micros } | { readonly type: 'Looked'; readonly now: Micros }

export type HealthEmitted =
  { readonly type: 'lostContact'; readonly silent: Micros } | { readonly type: 'backInContact' }

/**
 * Whether a node is heard of. `silent` begins when nothing was heard for the grace period; only a new sign of life ends
 * it. What the kubelet says of itself (Ready False) is another matter and stands in the node's status.
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
    graceOver: ({ context, event }) => event.now > context.probeAt + context.grace,
  },
  actions: {
    note: assign({ probeAt: ({ event }) => event.now, grace: GRACE_PERIOD }),
    reportSilence: emit(
      ({ context, event }) => ({ type: 'lostContact', silent: event.now - context.probeAt }) as const,
    ),
    reportReturn: emit({ type: 'backInContact' }),
  },
}).createMachine({
  id: 'node-health',
  initial: 'heard',
  context: ({ input }) => input,
  states: {
    heard: {
      on: {
        SignOfLife: { actions: 'note' },
        Looked: { guard: 'graceOver', target: 'silent' },
      },
    },
    silent: {
      entry: 'reportSilence',
      exit: 'reportReturn',
      on: { SignOfLife: { target: 'heard', actions: 'note' } },
    },
  },
})
