import { assign, setup } from 'xstate'
import type { Row } from '../../../engine/statechart/row.ts'
import { compileChart } from '../../../engine/statechart/compile.ts'
import type { WaitingReason } from '../status/containers.ts'

export interface SlotContext {
  /** What the status says about why it waits. */
  readonly message: string
}

export type SlotEvent =
  /** A try to start it begins. */
  | { readonly type: 'Tried' }
  | { readonly type: 'Started' }
  | { readonly type: 'Exited' }
  | { readonly type: 'ErrImagePull'; readonly message: string }
  | { readonly type: 'ImagePullBackOff'; readonly message: string }
  | { readonly type: 'ErrImageNeverPull'; readonly message: string }
  | { readonly type: 'InvalidImageName'; readonly message: string }
  | { readonly type: 'CreateContainerConfigError'; readonly message: string }
  | { readonly type: 'RunContainerError'; readonly message: string }
  | { readonly type: 'CrashLoopBackOff'; readonly message: string }

/**
 * One container of a Pod as its kubelet sees it: why it waits, whether it runs. The states of `waiting` bear the names
 * that a container status gives as its reason. Source: pkg/kubelet/reason_cache.go; pkg/kubelet/container/sync_result.go,
 * pkg/kubelet/images/types.go (v1.36).
 */
export const slotChart = setup({
  types: { context: {} as SlotContext, events: {} as SlotEvent },
  actions: {
    note: assign({ message: ({ event }) => ('message' in event ? event.message : '') }),
  },
}).createMachine({
  id: 'container',
  context: { message: '' },
  initial: 'waiting',
  states: {
    waiting: {
      initial: 'creating',
      states: {
        creating: {},
        starting: {},
        ErrImagePull: {},
        ImagePullBackOff: {},
        ErrImageNeverPull: {},
        InvalidImageName: {},
        CreateContainerConfigError: {},
        RunContainerError: {},
        CrashLoopBackOff: {},
      },
    },
    running: { on: { Exited: 'terminated' } },
    terminated: {},
  },
  on: {
    Tried: { target: '.waiting.starting' },
    Started: { target: '.running', actions: 'note' },
    ErrImagePull: { target: '.waiting.ErrImagePull', actions: 'note' },
    ImagePullBackOff: { target: '.waiting.ImagePullBackOff', actions: 'note' },
    ErrImageNeverPull: { target: '.waiting.ErrImageNeverPull', actions: 'note' },
    InvalidImageName: { target: '.waiting.InvalidImageName', actions: 'note' },
    CreateContainerConfigError: { target: '.waiting.CreateContainerConfigError', actions: 'note' },
    RunContainerError: { target: '.waiting.RunContainerError', actions: 'note' },
    CrashLoopBackOff: { target: '.waiting.CrashLoopBackOff', actions: 'note' },
  },
})

const chart = compileChart(slotChart)

export type Slot = Row<SlotContext>

export const newSlot = (): Slot => chart.start(undefined, () => {})

export const moveSlot = (slot: Slot, event: SlotEvent): void => {
  chart.step(slot, event, () => {})
}

const WAITING = 'waiting.'
const WITHOUT_REASON: ReadonlySet<string> = new Set(['waiting.creating', 'waiting.starting'])

/** Why the last try to start it failed; undefined if none did. */
export const waitingReason = (slot: Slot | undefined): WaitingReason | undefined => {
  if (slot === undefined || !slot.state.startsWith(WAITING) || WITHOUT_REASON.has(slot.state)) return undefined
  return { reason: slot.state.slice(WAITING.length), message: slot.context.message }
}
