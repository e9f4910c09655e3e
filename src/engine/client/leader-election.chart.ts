import { assign, emit, setup } from 'xstate'
import type { Micros } from '../../events/envelope.ts'

export interface ElectionContext {
  /** When the lease was last renewed by us, by our clock. */
  readonly renewedAt: Micros
}

export type ElectionEvent =
  | { readonly type: 'RetryDue' }
  /** The lease is written in our name. */
  | { readonly type: 'Held'; readonly now: Micros }
  /** Somebody else holds it, or the API server did not answer. */
  | { readonly type: 'Refused'; readonly now: Micros }

export type ElectionEmitted =
  { readonly type: 'tryToHold' } | { readonly type: 'lead' } | { readonly type: 'step down' }

/** A leader that could not renew for this long gives up. Source: client-go/tools/leaderelection, RenewDeadline default of the components. */
export const RENEW_DEADLINE: Micros = 10_000_000

/**
 * Who leads among the instances of a component: `standby` tries for the Lease, `leading` renews it, `lost` ends the process.
 * Source: client-go/tools/leaderelection/leaderelection.go, acquire and renew (v1.36).
 */
export const leaderElectionChart = setup({
  types: {
    context: {} as ElectionContext,
    events: {} as ElectionEvent,
    emitted: {} as ElectionEmitted,
  },
  guards: {
    deadlineOver: ({ context, event }) => event.type === 'Refused' && event.now - context.renewedAt >= RENEW_DEADLINE,
  },
  actions: {
    tryToHold: emit({ type: 'tryToHold' }),
    noteRenewal: assign({ renewedAt: ({ context, event }) => (event.type === 'Held' ? event.now : context.renewedAt) }),
  },
}).createMachine({
  id: 'leader-election',
  initial: 'standby',
  context: { renewedAt: 0 },
  states: {
    standby: {
      on: {
        RetryDue: { actions: 'tryToHold' },
        Held: { target: 'leading', actions: ['noteRenewal', emit({ type: 'lead' })] },
      },
    },
    leading: {
      on: {
        RetryDue: { actions: 'tryToHold' },
        Held: { actions: 'noteRenewal' },
        Refused: { guard: 'deadlineOver', target: 'lost' },
      },
    },
    lost: { type: 'final', entry: emit({ type: 'step down' }) },
  },
})
