/**
 * What a plugin says about a Pod, or about a Pod on a node.
 *
 * `undefined` is success everywhere: the hot path then neither allocates nor compares texts.
 * Source: staging/src/k8s.io/kube-scheduler/framework/interface.go, Status (v1.36).
 */
export type Code =
  /** Something went wrong; the attempt ends and is retried after a backoff. */
  | 'Error'
  /** Not now: another event, or preemption, may help. */
  | 'Unschedulable'
  /** Not on this node as it is: preemption cannot help. */
  | 'UnschedulableAndUnresolvable'
  /** Permit wants to wait. */
  | 'Wait'
  /** The plugin has nothing to do for this Pod. */
  | 'Skip'
  /** Waits for something outside that the plugin itself has started. */
  | 'Pending'

export interface Status {
  readonly code: Code
  /** The plugin that speaks. */
  readonly plugin: string
  /** Each of them is counted over the nodes in the message that people see. */
  readonly reasons: readonly string[]
}

/** A status whose texts never change is made once, so that equal rejections are the same object. */
export const unschedulable = (plugin: string, ...reasons: string[]): Status => ({
  code: 'Unschedulable',
  plugin,
  reasons,
})

export const unresolvable = (plugin: string, ...reasons: string[]): Status => ({
  code: 'UnschedulableAndUnresolvable',
  plugin,
  reasons,
})

export const pending = (plugin: string, ...reasons: string[]): Status => ({ code: 'Pending', plugin, reasons })

export const failure = (plugin: string, message: string): Status => ({ code: 'Error', plugin, reasons: [message] })

export const SKIP: Status = { code: 'Skip', plugin: '', reasons: [] }

/** As Go's `Status.Message()`. */
export const messageOf = (status: Status | undefined): string => (status === undefined ? '' : status.reasons.join(', '))

/** A verdict about the Pod, as opposed to success or a fault of the scheduler. */
export const isRejection = (status: Status): boolean =>
  status.code === 'Unschedulable' || status.code === 'UnschedulableAndUnresolvable' || status.code === 'Pending'
