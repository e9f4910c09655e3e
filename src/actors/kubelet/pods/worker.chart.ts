import { emit, setup } from 'xstate'

export type WorkerEvent =
  | { readonly type: 'Admitted' }
  | { readonly type: 'Rejected' }
  /** It is time to look at the Pod. */
  | { readonly type: 'WorkDue' }
  /** Its deletion was asked for, or it is gone from the API. */
  | { readonly type: 'Deleted' }
  /** All its containers have ended for good, or it must not go on. */
  | { readonly type: 'Completed' }
  /** No container of it runs any more. */
  | { readonly type: 'Stopped' }
  /** Nothing of it is left on the node. */
  | { readonly type: 'CleanedUp' }

/** Which of the three syncs is to run. */
export type WorkerEmitted =
  { readonly type: 'sync pod' } | { readonly type: 'sync terminating pod' } | { readonly type: 'sync terminated pod' }

/**
 * The life of one Pod on a node. It only ever goes forward: a Pod that terminates never runs again under its uid.
 * Source: pkg/kubelet/pod_workers.go, PodWorkType and the comment on podWorkers (v1.36).
 */
export const workerChart = setup({
  types: { context: {} as Record<string, never>, events: {} as WorkerEvent, emitted: {} as WorkerEmitted },
}).createMachine({
  id: 'pod-worker',
  context: {},
  initial: 'admitting',
  states: {
    admitting: { on: { Admitted: 'syncing', Rejected: 'rejected', Deleted: 'terminating' } },
    rejected: { on: { Deleted: 'terminating' } },
    syncing: {
      on: {
        WorkDue: { actions: emit({ type: 'sync pod' }) },
        Deleted: 'terminating',
        Completed: 'terminating',
      },
    },
    terminating: {
      on: { WorkDue: { actions: emit({ type: 'sync terminating pod' }) }, Stopped: 'terminated' },
    },
    terminated: {
      on: { WorkDue: { actions: emit({ type: 'sync terminated pod' }) }, CleanedUp: 'finished' },
    },
    finished: { type: 'final' },
  },
})
