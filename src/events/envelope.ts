import type { EventData, EventType } from './catalogue/index.ts'

/** Position of an event in the log, from 1. 0 stands for "nothing in this log": the cause of what comes from outside. */
export type Seq = number
/** Virtual time in integer microseconds since the cluster's start. */
export type Micros = number
/** Who emits or receives: `kubelet/node-3`, `etcd/1`, `replicaset-controller/0`; `outside` for people and scripts. */
export type ActorId = string
/** By whom and to whom an event is that people and scripts send or get. */
export const OUTSIDE: ActorId = 'outside'

/**
 * One thing that happened: a line of the log.
 *
 * `cause` is the event that its actor was handling when it emitted this one, or an earlier one that the actor had kept
 * for this purpose (a queued key, a batched write). Always smaller than `seq`.
 */
export interface EventOf<T extends EventType> {
  readonly seq: Seq
  readonly at: Micros
  readonly by: ActorId
  /** The one addressee; absent for a fact that is told to nobody in particular. */
  readonly to?: ActorId
  readonly cause: Seq
  readonly type: T
  /** Schema version of `data`; an older one is lifted by the catalogue's upcaster when a recording is read. */
  readonly v: number
  readonly data: EventData<T>
}

/** Any event, discriminated by `type`. */
export type LogEvent = { readonly [T in EventType]: EventOf<T> }[EventType]
