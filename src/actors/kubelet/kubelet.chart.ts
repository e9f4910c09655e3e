import { emit, setup } from 'xstate'

export type KubeletEvent =
  /** The container runtime has said what it holds. */
  | { readonly type: 'RuntimeListed' }
  | { readonly type: 'RuntimeLost' }
  /** The node is an object of the API. */
  | { readonly type: 'Registered' }

export type KubeletEmitted =
  | { readonly type: 'connect to runtime' }
  | { readonly type: 'register node' }
  /** Watch the node's Pods and run them. */
  | { readonly type: 'take pods' }
  /** The runtime is back: what happened meanwhile shows. */
  | { readonly type: 'catch up' }

/**
 * A kubelet's modes: it finds its runtime, registers its node, then runs Pods, with its runtime or while that is away.
 * Source: pkg/kubelet/kubelet.go, Run and syncLoop; kubelet_node_status.go, registerWithAPIServer (v1.36).
 */
export const kubeletChart = setup({
  types: { context: {} as Record<string, never>, events: {} as KubeletEvent, emitted: {} as KubeletEmitted },
}).createMachine({
  id: 'kubelet',
  context: {},
  initial: 'starting',
  states: {
    starting: {
      entry: emit({ type: 'connect to runtime' }),
      on: { RuntimeListed: 'registering', RuntimeLost: { actions: emit({ type: 'connect to runtime' }) } },
    },
    registering: {
      entry: emit({ type: 'register node' }),
      on: { Registered: 'running', RuntimeLost: { actions: emit({ type: 'connect to runtime' }) } },
    },
    running: {
      entry: emit({ type: 'take pods' }),
      initial: 'ready',
      states: {
        ready: { on: { RuntimeLost: 'withoutRuntime' } },
        withoutRuntime: {
          entry: emit({ type: 'connect to runtime' }),
          on: {
            RuntimeListed: { target: 'ready', actions: emit({ type: 'catch up' }) },
            RuntimeLost: { actions: emit({ type: 'connect to runtime' }) },
          },
        },
      },
    },
  },
})
