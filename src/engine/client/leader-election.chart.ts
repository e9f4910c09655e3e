import { emit, setup } from 'xstate'

export type ElectionEvent =
  | { readonly type: 'TryDue' }
  /** The Lease is written in our name. */
  | { readonly type: 'Held' }
  /** Nothing has renewed the Lease for too long. */
  | { readonly type: 'DeadlineOver' }

export type ElectionEmitted =
  { readonly type: 'try to hold' } | { readonly type: 'lead' } | { readonly type: 'step down' }

/**
 * Who leads among the instances of a component: `standby` tries for the Lease, `leading` renews it, `lost` ends the process.
 * Source: client-go/tools/leaderelection/leaderelection.go, acquire and renew (v1.36).
 */
export const leaderElectionChart = setup({
  types: {
    events: {} as ElectionEvent,
    emitted: {} as ElectionEmitted,
  },
}).createMachine({
  id: 'leader-election',
  initial: 'standby',
  on: { TryDue: { actions: emit({ type: 'try to hold' }) } },
  states: {
    standby: {
      on: { Held: { target: 'leading', actions: emit({ type: 'lead' }) } },
    },
    leading: {
      on: { DeadlineOver: 'lost' },
    },
    lost: { type: 'final', entry: emit({ type: 'step down' }) },
  },
})
