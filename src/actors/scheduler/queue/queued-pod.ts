import type { Micros, Seq } from '../../../events/envelope.ts'
import type { PodInfo } from '../framework/pod-info.ts'

/** A Pod that waits to be scheduled, with its history. Source: pkg/scheduler/framework/types.go, QueuedPodInfo (v1.36). */
export interface QueuedPod {
  info: PodInfo
  /** The event that made it wait: what a later decision names as its cause. */
  cause: Seq
  /** When it was put into the queue, last. */
  timestamp: Micros
  /** Tells apart what came at one time. */
  arrival: number
  attempts: number
  /** Attempts that plugins rejected. */
  unschedulableCount: number
  /** Attempts in a row that failed for other reasons. */
  consecutiveErrors: number
  /** Undefined until asked for. */
  backoffExpiration: Micros | undefined
  readonly unschedulablePlugins: Set<string>
  readonly pendingPlugins: Set<string>
  /** The PreEnqueue plugin that keeps it out of the active queue; '' for none. */
  gatingPlugin: string
}

export const queuedPod = (info: PodInfo, now: Micros, arrival: number, cause: Seq): QueuedPod => ({
  info,
  cause,
  timestamp: now,
  arrival,
  attempts: 0,
  unschedulableCount: 0,
  consecutiveErrors: 0,
  backoffExpiration: undefined,
  unschedulablePlugins: new Set(),
  pendingPlugins: new Set(),
  gatingPlugin: '',
})

export const queueKey = ({ info }: QueuedPod): string => info.key

export type Less = (a: QueuedPod, b: QueuedPod) => boolean
